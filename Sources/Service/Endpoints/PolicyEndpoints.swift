import HTTP
import Passwords

/// The password rule: what it is, and what it says of a password.
enum PolicyEndpoints {
    static let routes: [Route] = [
        Route(
            method: "GET", template: "/v1/password-policy", access: .anyone, answer: show),
        Route(
            method: "POST", template: "/v1/password-checks", access: .application, answer: check),
    ]

    private static func show(_ call: Call) throws(Problem) -> Work {
        try call.node.refreshPolicies()
        let policy = call.node.policy
        var members: [JSONValue.Member] = [
            .init(name: "name", value: .string(policy.name)),
            .init(name: "version", value: .integer(Int64(policy.version))),
            .init(name: "title", value: .string(policy.title)),
            .init(name: "cnil_case", value: .integer(Int64(policy.cnilCase.rawValue))),
            .init(name: "min_length", value: .integer(Int64(policy.charactersMin))),
            .init(name: "max_length", value: .integer(Int64(PasswordPolicy.scalarsMax))),
            .init(
                name: "required_classes",
                value: .array(policy.requiredClasses.names.map(JSONValue.string))),
        ]
        if policy.wordsMin > 0 {
            members.append(.init(name: "min_words", value: .integer(Int64(policy.wordsMin))))
        }
        return .done(answer(200, .object(members)))
    }

    private static func check(_ call: Call) throws(Problem) -> Work {
        let node = call.node
        try node.refreshPolicies()
        let fields = try Fields(call.request, allowed: ["password", "email", "display_name"])
        let text = try fields.text("password")
        let email = try fields.optionalText("email")
        let displayName = try fields.optionalText("display_name")
        let violations = node.verdict(on: text, email: email, displayName: displayName)
        return .done(
            answer(
                200, ["accepted": .boolean(violations.isEmpty), "violations": .array(violations)]))
    }
}

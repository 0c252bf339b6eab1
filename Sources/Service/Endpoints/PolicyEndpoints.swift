import HTTP
import Passwords

/// The password rule: what it is, and what it says of a password.
enum PolicyEndpoints {
    static let routes: [Route] = [
        // Anybody may ask, so it costs no look into the database: housekeeping looks every second.
        Route(
            method: "GET", template: "/v1/password-policy", access: .anyone, asksDatabase: false,
            answer: show),
        Route(
            method: "POST", template: "/v1/password-checks", access: .application, answer: check),
    ]

    private static func show(_ call: Call) throws(Problem) -> Work {
        let policy = call.node.policy
        let language = Language(call.request)
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
        members += [
            .init(name: "text", value: .string(policy.summary(in: language))),
            .init(
                name: "passwordrules",
                value: policy.passwordRules.map(JSONValue.string) ?? .null),
        ]
        return .done(answer(200, .object(members), in: language))
    }

    private static func check(_ call: Call) throws(Problem) -> Work {
        let node = call.node
        try node.refreshPolicies()
        let fields = try Fields(call.request, allowed: ["password", "email", "display_name"])
        let text = try fields.text("password")
        let email = try fields.optionalText("email")
        let displayName = try fields.optionalText("display_name")
        let language = Language(call.request)
        let violations = try node.verdict(
            on: text, email: email, displayName: displayName, in: language)
        let value: JSONValue = [
            "accepted": .boolean(violations.isEmpty), "violations": .array(violations),
        ]
        return .done(answer(200, value, in: language))
    }
}

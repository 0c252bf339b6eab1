package import Accounts
import HTTP
import Storage

/// The versions of the privacy policy: listed for applications, read word by word, added by the data
/// protection officer, and who accepted which.
enum PrivacyPolicyEndpoints {
    static let routes: [Route] = [
        Route(
            method: "GET", template: "/v1/privacy-policies", access: .application, answer: list),
        Route(
            method: "GET", template: "/v1/privacy-policies/{version}/{locale}",
            access: .application, answer: read),
        Route(
            method: "GET", template: "/v1/admin/privacy-policies",
            access: .administrator([.dpo, .auditor]), answer: list),
        Route(
            method: "POST", template: "/v1/admin/privacy-policies",
            access: .administrator([.dpo]), answer: add),
        Route(
            method: "POST", template: "/v1/admin/privacy-policies/{version}/acceptances",
            access: .administrator([.dpo]), answer: acceptances),
    ]

    private static func list(_ call: Call) throws(Problem) -> Work {
        let node = call.node
        let all = try node.withProblems { () throws(DatabaseError) in
            try PrivacyPolicies(node, actor: call.actor).all()
        }
        return .done(
            answer(
                200,
                [
                    "policies": .array(
                        all.versions.map {
                            encode($0, isCurrent: $0.version == all.current?.version)
                        })
                ]))
    }

    private static func read(_ call: Call) throws(Problem) -> Work {
        let node = call.node
        guard call.segments.count == 2, let version = PolicyVersion(call.segments[0]),
            let locale = LanguageTag(call.segments[1])
        else { throw .notFound }
        let content = try node.withProblems { () throws(DatabaseError) in
            try PrivacyPolicies(node, actor: call.actor).content(of: version, in: locale)
        }
        guard let content else { throw .notFound }
        return .done(
            Response(
                status: 200,
                headers: [
                    (name: "Content-Type", value: "text/plain; charset=utf-8"),
                    (name: "Content-Language", value: locale.text),
                    (name: "X-Content-Type-Options", value: "nosniff"),
                ], body: content))
    }

    private static func add(_ call: Call) throws(Problem) -> Work {
        let node = call.node
        let wish = try PrivacyPolicyWish(
            Fields(call.request, allowed: PrivacyPolicyWish.fields))
        let policies = PrivacyPolicies(node, actor: call.actor)
        return .write { () throws(Problem) in
            let outcome = try node.withProblems { () throws(DatabaseError) in
                try policies.add(
                    wish.version, effectiveAt: wish.effectiveAt, texts: wish.texts)
            }
            let now = node.clock()
            switch outcome {
            case .added(let record):
                return answer(201, encode(record, isCurrent: record.effectiveAt <= now))
            case .isThere(let record):
                return answer(200, encode(record, isCurrent: record.effectiveAt <= now))
            case .isAnother:
                throw Problem(
                    .policyVersionExists,
                    "version: \(wish.version.text) is there with another text or date, and versions "
                        + "never change; give what has changed another version.",
                    extra: [.init(name: "field", value: "version")])
            case .tooMany:
                throw Problem(
                    .limitReached, "There are \(PrivacyPolicies.versionsMax) versions already.")
            }
        }
    }

    private static func acceptances(_ call: Call) throws(Problem) -> Work {
        let node = call.node
        guard let version = PolicyVersion(call.segments[0]) else { throw .notFound }
        let fields = try Fields(call.request, allowed: ["reason", "after", "max"])
        let reason = try fields.remark("reason")
        let countMax = try fields.optionalInteger("max", in: 1...PrivacyPolicies.pageMax) ?? 100
        var last: AccountID?
        if let text = try fields.optionalText("after") {
            last = AccountID(parsing: text)
            guard last != nil else {
                throw .invalid(field: "after", expected: "the last account of the page before")
            }
        }
        let policies = PrivacyPolicies(node, actor: call.actor)
        return .write { [last] () throws(Problem) in
            let page = try node.withProblems { () throws(DatabaseError) in
                try policies.acceptances(
                    of: version, after: last, countMax: countMax, reason: reason)
            }
            guard let page else { throw .notFound }
            return answer(200, ["acceptances": .array(page.map(encode))])
        }
    }
}

/// A version as the data protection officer adds it: `{"version", "effective_at", "texts": {"fr": "…"}}`.
package struct PrivacyPolicyWish: Equatable, Sendable {
    package let version: PolicyVersion
    package let effectiveAt: Timestamp
    package let texts: [PrivacyPolicies.NewText]

    package static let fields = ["version", "effective_at", "texts"]

    /// - Throws: 400 naming the field.
    package init(_ fields: Fields) throws(Problem) {
        guard let version = PolicyVersion(try fields.text("version")) else {
            throw .invalid(field: "version", expected: PolicyVersion.expected)
        }
        guard let time = Timestamp(dayOrTime: try fields.text("effective_at")) else {
            throw .invalid(
                field: "effective_at", expected: "a day or a time such as 2027-01-31T08:00:00Z")
        }
        var texts: [PrivacyPolicies.NewText] = []
        for (name, text) in try fields.textsByName("texts", countMax: PrivacyPolicies.textsMax) {
            guard let locale = LanguageTag(name) else {
                throw .invalid(field: "texts", expected: "names such as fr or en-GB")
            }
            guard let new = PrivacyPolicies.NewText(locale: locale, content: Array(text.utf8))
            else {
                throw .invalid(
                    field: "texts.\(locale.text)",
                    expected: "1 to \(PrivacyPolicies.textBytesMax) bytes of UTF-8")
            }
            texts.append(new)
        }
        self.version = version
        effectiveAt = time
        self.texts = texts
    }
}

import Accounts
import HTTP
import Storage

/// Consents: given and withdrawn through an application, by the person, or by hand from paper; and the
/// one question of an application, may I?
enum ConsentEndpoints {
    static let routes: [Route] = [
        Route(
            method: "GET", template: "/v1/accounts/{id}/permissions", access: .application,
            answer: permission),
        Route(
            method: "GET", template: "/v1/accounts/{id}/consents", access: .application
        ) { call throws(Problem) in try show(call, account(call)) },
        Route(
            method: "POST", template: "/v1/accounts/{id}/consents", access: .application
        ) { call throws(Problem) in try give(call, account(call), [.site, .app, .paper]) },
        Route(
            method: "DELETE", template: "/v1/accounts/{id}/consents/{purpose}",
            access: .application
        ) { call throws(Problem) in try withdraw(call, account(call), [.site, .app, .paper]) },
        Route(
            method: "POST", template: "/v1/accounts/{id}/policy-acceptances", access: .application
        ) { call throws(Problem) in try accept(call, account(call), [.site, .app, .paper]) },

        Route(method: "GET", template: "/v1/account/consents", access: .session) {
            call throws(Problem) in try show(call, call.session().accountID)
        },
        Route(method: "POST", template: "/v1/account/consents", access: .session) {
            call throws(Problem) in try give(call, call.session().accountID, [.site, .app])
        },
        // Withdrawing is never held up, not even by a password that must be changed.
        Route(
            method: "DELETE", template: "/v1/account/consents/{purpose}", access: .session,
            takesRestricted: true
        ) { call throws(Problem) in try withdraw(call, call.session().accountID, [.site, .app]) },
        Route(method: "POST", template: "/v1/account/policy-acceptances", access: .session) {
            call throws(Problem) in try accept(call, call.session().accountID, [.site, .app])
        },

        Route(
            method: "POST", template: "/v1/admin/accounts/{id}/consents",
            access: .administrator([.dpo])
        ) { call throws(Problem) in try give(call, account(call), [.paper]) },
        Route(
            method: "DELETE", template: "/v1/admin/accounts/{id}/consents/{purpose}",
            access: .administrator([.dpo])
        ) { call throws(Problem) in try withdraw(call, account(call), [.paper]) },
    ]

    private static func permission(_ call: Call) throws(Problem) -> Work {
        let node = call.node
        let query = try QueryParameters(call.request, allowed: ["purpose"])
        let purpose = try anyPurpose(query["purpose"] ?? "")
        let book = ConsentBook(node, actor: call.actor)
        // Nonsense for an id is nobody's.
        let id = AccountID(parsing: call.segments[0])
        let permission = try node.withProblems { () throws(DatabaseError) in
            try book.permission(for: purpose, of: id)
        }
        return .done(answer(200, encode(permission)))
    }

    private static func show(_ call: Call, _ account: AccountID) throws(Problem) -> Work {
        let node = call.node
        let book = ConsentBook(node, actor: call.actor)
        let held = try node.withProblems { () throws(DatabaseError) in
            try book.held(of: account)
        }
        guard let held else { throw .unknownAccount }
        return .done(answer(200, encode(held)))
    }

    private static func give(
        _ call: Call, _ account: AccountID, _ channels: [ConsentChannel]
    ) throws(Problem) -> Work {
        let node = call.node
        let wish = try ConsentWish(
            Fields(call.request, allowed: ConsentWish.fields), channels: channels,
            at: node.clock())
        let book = ConsentBook(node, actor: call.actor)
        return .write { () throws(Problem) in
            try response(
                to: try node.withProblems { () throws(DatabaseError) in
                    try book.give(wish, by: account)
                }, version: wish.pin.policyVersion)
        }
    }

    private static func withdraw(
        _ call: Call, _ account: AccountID, _ channels: [ConsentChannel]
    ) throws(Problem) -> Work {
        let node = call.node
        guard let text = call.segments.last else { throw .notFound }
        let purpose = try consentPurpose(text)
        let wish = try WithdrawalWish(
            Fields(call.request, allowed: WithdrawalWish.fields, mayBeEmpty: true),
            channels: channels)
        let book = ConsentBook(node, actor: call.actor)
        return .write { () throws(Problem) in
            try response(
                to: try node.withProblems { () throws(DatabaseError) in
                    try book.withdraw(purpose, wish, by: account)
                }, version: nil)
        }
    }

    private static func accept(
        _ call: Call, _ account: AccountID, _ channels: [ConsentChannel]
    ) throws(Problem) -> Work {
        let node = call.node
        let wish = try AcceptanceWish(
            Fields(call.request, allowed: AcceptanceWish.fields), channels: channels)
        let policies = PrivacyPolicies(node, actor: call.actor)
        return .write { () throws(Problem) in
            let outcome = try node.withProblems { () throws(DatabaseError) in
                try policies.accept(wish, by: account)
            }
            switch outcome {
            case .accepted(let time, let isNew):
                return answer(
                    isNew ? 201 : 200,
                    [
                        "version": .string(wish.version.text),
                        "accepted_at": .string(time.rfc3339()),
                    ])
            case .unknownAccount: throw .unknownAccount
            case .unknownVersion: throw .unknownPolicyVersion(wish.version)
            }
        }
    }

    private static func response(
        to outcome: ConsentBook.Outcome, version: PolicyVersion?
    ) throws(Problem) -> Response {
        switch outcome {
        case .recorded(let record, let isNew):
            return answer(isNew ? 201 : 200, ["consent": encode(record)])
        case .unknownAccount: throw .unknownAccount
        case .unknownVersion: throw .unknownPolicyVersion(version)
        case .notInEffect(let time):
            throw Problem(
                .unknownPolicyVersion,
                "policy_version: this version takes effect at \(time.rfc3339()), later than the "
                    + "consent.", extra: [.init(name: "field", value: "policy_version")])
        case .tooMany:
            throw Problem(
                .limitReached,
                "This consent was given and withdrawn \(ConsentBook.actsMax) times; it can only be "
                    + "withdrawn now.")
        }
    }

    /// The account that the path names.
    private static func account(_ call: Call) throws(Problem) -> AccountID {
        guard let id = AccountID(parsing: call.segments[0]) else { throw .unknownAccount }
        return id
    }
}

extension Call {
    /// Who acts, for histories and the audit log: the person of a session, else the key's holder.
    var actor: String {
        if case .session(let session) = caller { return session.accountID.text }
        return application
    }
}

extension Problem {
    /// The same for an account that is closed.
    static let unknownAccount = Problem(.notFound, "There is no such account.")

    static func unknownPolicyVersion(_ version: PolicyVersion?) -> Problem {
        Problem(
            .unknownPolicyVersion,
            "policy_version: there is no privacy policy \(version?.text ?? ""); it is added with "
                + "loquet privacy-policy add.",
            extra: [.init(name: "field", value: "policy_version")])
    }
}

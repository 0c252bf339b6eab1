import Accounts
import HTTP
import Passwords
import Storage

/// `/v1/admin/accounts`: finding people's accounts with a reason, and what is decided about them.
enum AccountAdminEndpoints {
    static let routes: [Route] = [
        route("/v1/admin/accounts/search", [.operator, .dpo], search),
        route("/v1/admin/accounts", [.operator], invite),
        route("/v1/admin/accounts/{id}/suspend", [.operator], suspend),
        route("/v1/admin/accounts/{id}/reinstate", [.operator], reinstate),
        route("/v1/admin/accounts/{id}/temporary-password", [.operator], setPassword),
        route("/v1/admin/accounts/{id}/close", [.dpo], close),
        route("/v1/admin/accounts/{id}/return", [.dpo], takeBack),
    ]

    private static func route(
        _ template: StaticString, _ roles: [Role],
        _ answer: @escaping @Sendable (Call) throws(Problem) -> Work
    ) -> Route {
        Route(method: "POST", template: template, access: .administrator(roles), answer: answer)
    }

    // MARK: Reading

    private static func search(_ call: Call) throws(Problem) -> Work {
        let fields = try Fields(
            call.request,
            allowed: [
                "reason", "id", "email", "state", "created_from", "created_until", "after", "max",
            ])
        let question = try question(fields)
        let countMax =
            try fields.optionalInteger("max", in: 1...AccountAdministration.pageMax)
            ?? AccountAdministration.pageMax
        let work = try administration(call, fields)
        return .write { () throws(Problem) in
            let found = try problems(work) { work throws(AccountAdministration.Failure) in
                try work.search(question, countMax: countMax)
            }
            var members: [JSONValue.Member] = [
                .init(name: "accounts", value: .array(found.map(shown)))
            ]
            if case .state = question, found.count == countMax, let last = found.last {
                let place = "\(last.createdAt.microseconds)/\(last.id.text)"
                members.append(.init(name: "next", value: .string(place)))
            }
            return answer(200, .object(members))
        }
    }

    private static func question(
        _ fields: Fields
    ) throws(Problem) -> AccountAdministration.Question {
        let ways = ["id", "email", "state"].filter(fields.has)
        guard ways.count == 1 else {
            throw .invalid(field: "id", expected: "exactly one of id, email and state")
        }
        if let email = try fields.optionalText("email") {
            return .identifier(.ofAttempt(email))
        }
        if let id = try fields.optionalText("id") { return .id(try accountID(id, "id")) }
        let state = try fields.text("state")
        let states = ["invited", "active", "suspended", "closed", "erased"]
        guard states.contains(state) else {
            throw .invalid(field: "state", expected: "one of \(states.joined(separator: ", "))")
        }
        let from = try time(fields, "created_from") ?? .epoch
        let until = try time(fields, "created_until") ?? Timestamp(microseconds: .max)
        var place: AccountAdminStore.Place?
        if let after = try fields.optionalText("after") {
            let parts = after.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count == 2, let microseconds = Int64(parts[0]),
                let id = AccountID(parsing: String(parts[1]))
            else { throw .invalid(field: "after", expected: "what the page before gave as next") }
            place = .init(createdAt: Timestamp(microseconds: microseconds), id: id)
        }
        return .state(state, from: from, until: until, after: place)
    }

    private static func time(_ fields: Fields, _ name: String) throws(Problem) -> Timestamp? {
        guard let text = try fields.optionalText(name) else { return nil }
        guard let time = Timestamp(rfc3339: text) else {
            throw .invalid(field: name, expected: "a time such as 2026-11-24T17:00:00Z")
        }
        return time
    }

    // MARK: Changing

    private static func invite(_ call: Call) throws(Problem) -> Work {
        let fields = try Fields(
            call.request, allowed: ["reason", "email", "display_name", "application"])
        let email = try emailAddress(fields.text("email"))
        let displayName = try fields.optionalText("display_name").map(displayName)
        let application = try fields.text("application")
        let work = try administration(call, fields)
        let node = call.node
        return .write { () throws(Problem) in
            let isKnown = try node.withProblems { () throws(DatabaseError) in
                try node.database.read { reader throws(DatabaseError) in
                    try APIKeyStore.all(.application, reader).contains {
                        $0.id == application && $0.isValid(at: node.clock())
                    }
                }
            }
            guard isKnown else {
                throw .invalid(field: "application", expected: "the id of a valid application")
            }
            return try changed(work, 201) { work throws(AccountAdministration.Failure) in
                try work.invite(email, displayName: displayName, application: application)
            }
        }
    }

    private static func suspend(_ call: Call) throws(Problem) -> Work {
        try change(call) { work, id throws(AccountAdministration.Failure) in
            try work.suspend(id)
        }
    }

    private static func reinstate(_ call: Call) throws(Problem) -> Work {
        try change(call) { work, id throws(AccountAdministration.Failure) in
            try work.reinstate(id)
        }
    }

    private static func close(_ call: Call) throws(Problem) -> Work {
        let id = try accountID(call)
        let fields = try Fields(call.request, allowed: ["reason", "closure_reason"])
        let closure = try fields.optionalText("closure_reason") ?? ClosureReason.other.rawValue
        guard let closure = ClosureReason(rawValue: closure) else {
            let words = ClosureReason.allCases.map(\.rawValue).joined(separator: ", ")
            throw .invalid(field: "closure_reason", expected: "one of \(words)")
        }
        let work = try administration(call, fields)
        return .write { () throws(Problem) in
            try changed(work) { work throws(AccountAdministration.Failure) in
                try work.close(id, for: closure)
            }
        }
    }

    private static func takeBack(_ call: Call) throws(Problem) -> Work {
        let id = try accountID(call)
        let fields = try Fields(call.request, allowed: ["reason", "email"])
        let email = try emailAddress(fields.text("email"))
        let work = try administration(call, fields)
        return .write { () throws(Problem) in
            try changed(work) { work throws(AccountAdministration.Failure) in
                try work.takeBack(id, as: email)
            }
        }
    }

    /// The password comes from the request, or is made here and shown once.
    private static func setPassword(_ call: Call) throws(Problem) -> Work {
        let id = try accountID(call)
        let fields = try Fields(call.request, allowed: ["reason", "password"])
        let given = try fields.optionalText("password")
        let work = try administration(call, fields)
        let node = call.node
        let request = call.request
        return .hash(
            HashingWork(hashes: 1, client: .stranger) { () throws(Problem) in
                guard let account = try node.account(id) else { throw .notFound }
                let email = account.profile?.email
                let name = account.profile?.displayName
                let text: String
                if let given {
                    text = given
                } else {
                    text = try node.temporaryPassword(email: email, displayName: name)
                }
                let held = try node.newPassword(
                    text, field: "password", email: email, displayName: name, for: request)
                return .hash { arena in
                    let phc = node.hashed(held, in: &arena)
                    return { () throws(Problem) in
                        let hash = try phc.get()
                        return try changed(work, password: given == nil ? text : nil) {
                            work throws(AccountAdministration.Failure) in
                            try work.setTemporaryPassword(of: id, hash)
                        }
                    }
                }
            })
    }

    private static func change(
        _ call: Call,
        _ body:
            @escaping @Sendable (AccountAdministration, AccountID)
            throws(AccountAdministration.Failure) -> AccountStore.Record
    ) throws(Problem) -> Work {
        let id = try accountID(call)
        let work = try administration(call, try Fields(call.request, allowed: ["reason"]))
        return .write { () throws(Problem) in
            try changed(work) { work throws(AccountAdministration.Failure) in try body(work, id) }
        }
    }

    // MARK: Common

    private static func accountID(_ call: Call) throws(Problem) -> AccountID {
        guard let text = call.segments.first, let id = AccountID(parsing: text) else {
            throw .notFound
        }
        return id
    }

    private static func accountID(_ text: String, _ field: String) throws(Problem) -> AccountID {
        guard let id = AccountID(parsing: text) else {
            throw .invalid(field: field, expected: "an account's id, as acc_…")
        }
        return id
    }

    private static func administration(
        _ call: Call, _ fields: Fields
    ) throws(Problem) -> AccountAdministration {
        let reason = try fields.text("reason")
        guard isReason(reason) else {
            throw .invalid(field: "reason", expected: "1 to 200 characters on one line")
        }
        return AccountAdministration(call.node, actor: call.application, reason: reason)
    }

    private static func changed(
        _ work: AccountAdministration, _ status: Int = 200, password: String? = nil,
        _ body: (AccountAdministration) throws(AccountAdministration.Failure) ->
            AccountStore.Record
    ) throws(Problem) -> Response {
        let account = try problems(work, body)
        var members: [JSONValue.Member] = [.init(name: "account", value: shown(account))]
        if let password { members.append(.init(name: "password", value: .string(password))) }
        return answer(status, .object(members))
    }

    private static func shown(_ record: AccountStore.Record) -> JSONValue {
        guard case .object(var members) = account(record) else { return .null }
        if let time = record.state.time {
            let name: String? =
                switch record.state {
                case .invited: "invited_until"
                case .closed: "closed_at"
                case .erased: "erased_at"
                case .active, .suspended: nil
                }
            if let name { members.append(.init(name: name, value: .string(time.rfc3339()))) }
        }
        if let password = record.password {
            members.append(
                .init(name: "password_change_required", value: .boolean(password.mustChange)))
        }
        return .object(members)
    }

    private static func problems<Answer>(
        _ work: AccountAdministration,
        _ body: (AccountAdministration) throws(AccountAdministration.Failure) -> Answer
    ) throws(Problem) -> Answer {
        do {
            return try body(work)
        } catch {
            switch error {
            case .notFound: throw .notFound
            case .refused(let refusal):
                throw Problem(.accountState, AccountAdministration.text(of: refusal))
            case .taken: throw Registration.identifierUnavailable
            case .notTheOwner: throw Problem(.notTheOwner, AccountAdministration.notTheOwner)
            case .conflict:
                throw Problem(.accountState, "Somebody else changed this account; look again.")
            case .database(let error): throw work.node.problem(of: error)
            case .problem(let problem): throw problem
            }
        }
    }
}

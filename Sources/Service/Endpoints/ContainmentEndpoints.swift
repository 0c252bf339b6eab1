import Accounts
import HTTP
import Incidents
import Storage

/// Limiting the damage, and telling people of it: work on many accounts, with a figure of how far it is.
enum ContainmentEndpoints {
    static let routes: [Route] = [
        Route(
            method: "POST", template: "/v1/admin/containments",
            access: .administrator([.operator, .dpo])
        ) { call throws(Problem) in try ask(call, allowed: setFields) { _ in .containment } },
        Route(
            method: "GET", template: "/v1/admin/containments/{id}",
            access: .administrator([.operator, .dpo])
        ) { call throws(Problem) in try show(call, .containment) },
        Route(
            method: "POST", template: "/v1/admin/breach-notices", access: .administrator([.dpo])
        ) { call throws(Problem) in
            if call.node.notices.delivery == .none { throw .mailNotConfigured }
            return try ask(call, allowed: setFields + ["subject", "text"], words)
        },
        Route(
            method: "GET", template: "/v1/admin/breach-notices/{id}",
            access: .administrator([.dpo])
        ) { call throws(Problem) in try show(call, .breachNotice) },
    ]

    private static let setFields = ["accounts", "incident", "source", "since", "until", "reason"]

    private static func ask(
        _ call: Call, allowed: [String], _ task: (Fields) throws(Problem) -> AccountTask
    ) throws(Problem) -> Work {
        let fields = try Fields(call.request, allowed: allowed)
        let request = AccountTaskRequest(
            call.node, actor: call.application, set: try set(fields, call.node),
            task: try task(fields),
            reason: try text(fields, "reason", scalarsMax: AccountTaskRequest.reasonMax),
            key: try key(call.request))
        return .write { () throws(Problem) in
            do throws(AccountTaskRequest.Refusal) {
                return answer(202, ["id": .string(try request.ask())])
            } catch {
                throw problem(error, call.node)
            }
        }
    }

    private static func problem(
        _ refusal: AccountTaskRequest.Refusal, _ node: Node
    ) -> Problem {
        switch refusal {
        case .unknownAccount(let index):
            .invalid(field: "accounts[\(index)]", expected: "the id of an account")
        case .unknownIncident:
            .invalid(field: "incident", expected: "the id of an incident")
        case .keyReused:
            Problem(
                .idempotencyKeyReused, "This Idempotency-Key was used for another request.")
        case .database(let error): node.problem(of: error)
        }
    }

    private static func set(_ fields: Fields, _ node: Node) throws(Problem) -> AccountSet {
        let isNamed = fields.isGiven("accounts")
        let isChosen =
            fields.isGiven("since") || fields.isGiven("source") || fields.isGiven("until")
        let isConcerned = fields.isGiven("incident")
        guard [isNamed, isChosen, isConcerned].count(where: \.self) == 1 else {
            throw .invalid(
                field: "accounts",
                expected: "one of accounts, incident, and since with source or until")
        }
        if isConcerned {
            guard let incident = IncidentID(parsing: try fields.text("incident")) else {
                throw .invalid(field: "incident", expected: "the id of an incident")
            }
            return .affected(by: incident)
        }
        if isNamed {
            let texts = try fields.texts("accounts", countMax: AccountTaskRequest.accountsMax)
            var accounts: [AccountID] = []
            for (index, text) in texts.enumerated() {
                guard let id = AccountID(parsing: text) else {
                    throw .invalid(field: "accounts[\(index)]", expected: "the id of an account")
                }
                accounts.append(id)
            }
            return .named(accounts)
        }
        let source = try fields.optionalText("source")
        if let source, SourcePrefix(parsing: source) == nil {
            throw .invalid(
                field: "source", expected: "an address or a network such as 203.0.113.0/24")
        }
        let since = try time(fields, "since")
        guard let since else {
            throw .invalid(field: "since", expected: "a time such as 2026-11-23T09:00:00Z")
        }
        let until = try time(fields, "until") ?? node.clock()
        guard since < until else { throw .invalid(field: "until", expected: "a time after since") }
        return .signedIn(.init(source: source, since: since, until: until))
    }

    private static func time(_ fields: Fields, _ name: String) throws(Problem) -> Timestamp? {
        guard let text = try fields.optionalText(name) else { return nil }
        guard let time = Timestamp(rfc3339: text) else {
            throw .invalid(field: name, expected: "a time such as 2026-11-23T09:00:00Z")
        }
        return time
    }

    private static func words(_ fields: Fields) throws(Problem) -> AccountTask {
        let subject = try text(fields, "subject", scalarsMax: AccountTaskRequest.subjectMax)
        guard !subject.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
        else { throw .invalid(field: "subject", expected: "one line without control characters") }
        let text = try text(fields, "text", scalarsMax: AccountTaskRequest.textMax)
        guard
            !text.unicodeScalars.contains(where: {
                $0.properties.generalCategory == .control && $0 != "\n"
            })
        else { throw .invalid(field: "text", expected: "lines without control characters") }
        return .breachNotice(subject: subject, text: text)
    }

    private static func text(
        _ fields: Fields, _ name: String, scalarsMax: Int
    ) throws(Problem) -> String {
        let text = try fields.text(name)
        guard (1...scalarsMax).contains(text.unicodeScalars.count),
            !text.unicodeScalars.allSatisfy(\.properties.isWhitespace)
        else { throw .invalid(field: name, expected: "1 to \(scalarsMax) characters") }
        return text
    }

    private static func key(_ request: Request) throws(Problem) -> String? {
        guard let key = request.header("Idempotency-Key") else { return nil }
        guard (1...255).contains(key.utf8.count), key.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else {
            throw .invalid(
                field: "Idempotency-Key", expected: "1 to 255 visible ASCII characters")
        }
        return key
    }

    private static func show(_ call: Call, _ kind: AccountTaskStore.Kind) throws(Problem) -> Work {
        let node = call.node
        guard let id = call.segments.first, EventID(parsing: id) != nil else { throw .notFound }
        let progress = try node.withProblems { () throws(DatabaseError) in
            try node.taskProgress(id)
        }
        guard let progress, progress.task.kind == kind else { throw .notFound }
        return .done(answer(200, progress.json))
    }
}

import Accounts
import HTTP
import Incidents
import Storage

/// Password audits for administrators: asked for, made beside everything else, read when done. Reports
/// are numbers; who is concerned is read with `loquet audit --list`, with a reason.
enum PasswordAuditEndpoints {
    static let routes: [Route] = [
        Route(
            method: "POST", template: "/v1/admin/password-audits",
            access: .administrator([.auditor, .dpo]), answer: ask),
        Route(
            method: "GET", template: "/v1/admin/password-audits",
            access: .administrator([.auditor, .dpo]), answer: list),
        Route(
            method: "GET", template: "/v1/admin/password-audits/{id}",
            access: .administrator([.auditor, .dpo]), answer: show),
    ]

    private static func ask(_ call: Call) throws(Problem) -> Work {
        let node = call.node
        _ = try Fields(call.request, allowed: [], mayBeEmpty: true)
        let actor = call.application
        return .write { () throws(Problem) in
            let now = node.clock()
            let id = node.eventID(at: now).text
            let open = try node.withProblems { () throws(DatabaseError) in
                try node.database.transaction { transaction throws(DatabaseError) in
                    let open = try PasswordAuditStore.ask(id, by: actor, at: now, transaction)
                    if open == nil {
                        try node.audit(
                            action: "password_audit.asked", of: id, by: actor, at: now,
                            transaction)
                    }
                    return open
                }
            }
            if let open {
                throw Problem(
                    .auditInProgress, "Another audit is under way; one is made at a time.",
                    extra: [.init(name: "id", value: .string(open))])
            }
            return answer(202, ["id": .string(id), "state": "waiting"])
        }
    }

    private static func list(_ call: Call) throws(Problem) -> Work {
        let node = call.node
        let records = try node.withProblems { () throws(DatabaseError) in
            try node.database.read { reader throws(DatabaseError) in
                try PasswordAuditStore.latest(countMax: PasswordAuditing.keptMax, reader)
            }
        }
        return .done(
            answer(200, ["audits": .array(records.map { .object(members($0)) })]))
    }

    /// As JSON; as a page or as CSV for who accepts one of these and not JSON. Reading is recorded
    /// before it is answered.
    private static func show(_ call: Call) throws(Problem) -> Work {
        let node = call.node
        guard let id = call.segments.first, EventID(parsing: id) != nil else { throw .notFound }
        let accept = call.request.header("Accept")?.lowercased() ?? ""
        let actor = call.application
        return .write { () throws(Problem) in
            let now = node.clock()
            let found = try node.withProblems { () throws(DatabaseError) in
                try node.database.transaction { transaction throws(DatabaseError) in
                    let found = try PasswordAuditStore.find(id, transaction)
                    if found?.report != nil {
                        try node.audit(
                            action: "password_audit.read", of: id, by: actor, at: now,
                            transaction)
                    }
                    return found
                }
            }
            guard let found else { throw .notFound }
            return try response(found, accept)
        }
    }

    private static func response(
        _ record: PasswordAuditStore.Record, _ accept: String
    ) throws(Problem) -> Response {
        guard let json = record.report else { return answer(200, .object(members(record))) }
        let isForPrograms = accept.contains("application/json") || accept.contains("*/*")
        if !isForPrograms, accept.contains("text/html") || accept.contains("text/csv") {
            guard let report = AuditReport(json: json) else { throw .internalError }
            return accept.contains("text/html")
                ? text("text/html; charset=utf-8", report.html)
                : text("text/csv; charset=utf-8", report.csv)
        }
        do {
            let report = try JSONReader.read(json)
            return answer(
                200, .object(members(record) + [.init(name: "report", value: report)]))
        } catch {
            throw .internalError
        }
    }

    private static func text(_ type: String, _ body: String) -> Response {
        Response(
            status: 200,
            headers: [
                (name: "Content-Type", value: type), (name: "Cache-Control", value: "no-store"),
                (name: "X-Content-Type-Options", value: "nosniff"),
            ],
            body: Array(body.utf8))
    }

    private static func members(_ record: PasswordAuditStore.Record) -> [JSONValue.Member] {
        [
            .init(name: "id", value: .string(record.id)),
            .init(name: "state", value: .string(record.state.rawValue)),
            .init(name: "asked_by", value: .string(record.actor)),
            .init(name: "asked_at", value: .string(record.askedAt.rfc3339())),
            .init(
                name: "finished_at",
                value: record.finishedAt.map { .string($0.rfc3339()) } ?? .null),
        ]
    }
}

import Accounts
import HTTP
import Incidents
import Storage

/// Incidents for administrators: the register, what people do with one, its dossier and whose accounts
/// it concerns.
enum IncidentEndpoints {
    private static let readers: [Role] = [.auditor, .operator, .dpo]
    private static let workers: [Role] = [.operator, .dpo]

    static let routes: [Route] = [
        get("/v1/admin/incidents", list),
        post("/v1/admin/incidents", report),
        get("/v1/admin/incidents/{id}", show),
        post("/v1/admin/incidents/{id}/confirm") { call throws(Problem) in
            let fields = try Fields(call.request, allowed: ["reason", "aware_at"])
            let awareAt = try time("aware_at", fields) ?? call.node.clock()
            return try step(call, .confirmed(awareAt: awareAt), reason(fields))
        },
        post("/v1/admin/incidents/{id}/dismiss") { call throws(Problem) in
            try step(call, .dismissed, reason(Fields(call.request, allowed: ["reason"])))
        },
        post("/v1/admin/incidents/{id}/close") { call throws(Problem) in
            try step(call, .closed, reason(Fields(call.request, allowed: ["reason"])))
        },
        post("/v1/admin/incidents/{id}/notified", notified),
        // A reading that is recorded, with a reason that belongs into no URL.
        Route(
            method: "POST", template: "/v1/admin/incidents/{id}/affected",
            access: .administrator(readers), answer: affected),
        get("/v1/admin/incidents/{id}/dossier") { call throws(Problem) in
            let id = try id(call)
            return try dossier(call) { book throws(IncidentBook.Failure) in try book.dossier(id) }
        },
        Route(
            method: "PATCH", template: "/v1/admin/incidents/{id}/dossier",
            access: .administrator(workers), answer: note),
        get("/v1/admin/incidents/{id}/dossier-versions", versions),
        post("/v1/admin/incidents/{id}/dossier-versions", save),
        get("/v1/admin/incidents/{id}/dossier-versions/{number}") { call throws(Problem) in
            let id = try id(call)
            guard let number = Int64(call.segments[1]), number > 0 else { throw .notFound }
            return try dossier(call) { book throws(IncidentBook.Failure) in
                try book.dossier(id, version: number)
            }
        },
    ]

    private static func get(
        _ template: StaticString, _ answer: @escaping @Sendable (Call) throws(Problem) -> Work
    ) -> Route {
        Route(
            method: "GET", template: template, access: .administrator(readers), answer: answer)
    }

    private static func post(
        _ template: StaticString, _ answer: @escaping @Sendable (Call) throws(Problem) -> Work
    ) -> Route {
        Route(
            method: "POST", template: template, access: .administrator(workers), answer: answer)
    }

    private static func list(_ call: Call) throws(Problem) -> Work {
        let query = try IncidentQuery(call.request.query ?? "")
        let now = call.node.clock()
        let records = try run { () throws(IncidentBook.Failure) in
            try book(call).list(state: query.state, after: query.after, limit: query.max + 1)
        }
        let shown = records.prefix(query.max)
        let next = records.count > query.max ? shown.last?.incident.id.text : nil
        return .done(
            answer(
                200,
                [
                    "incidents": .array(shown.map { $0.json(at: now) }),
                    "next": next.map(JSONValue.string) ?? .null,
                ]))
    }

    private static func show(_ call: Call) throws(Problem) -> Work {
        let id = try id(call)
        let file = try run { () throws(IncidentBook.Failure) in try book(call).file(id) }
        return .done(answer(200, file.json(at: call.node.clock())))
    }

    private static func report(_ call: Call) throws(Problem) -> Work {
        let fields = try Fields(call.request, allowed: ["summary", "processor", "reported_at"])
        let summary = try fields.text("summary")
        guard let plain = DossierField.description.value(parsing: summary) else {
            throw .invalid(field: "summary", expected: DossierField.description.expected)
        }
        let processor = try short("processor", fields) ?? ""
        let since = try time("reported_at", fields)
        let book = book(call)
        return .write { () throws(Problem) in
            let record = try run { () throws(IncidentBook.Failure) in
                try book.report(plain, processor: processor, since: since)
            }
            return answer(201, record.json(at: book.node.clock()))
        }
    }

    /// `{"audience": "authority" | "people" | "processor", "at"?, "reason"?}`, or `{"audience",
    /// "waived_because"}` for who is not told. `processor` means that a processor told us.
    private static func notified(_ call: Call) throws(Problem) -> Work {
        let fields = try Fields(
            call.request, allowed: ["audience", "at", "reason", "waived_because"])
        let word = try fields.text("audience")
        let at = try time("at", fields) ?? call.node.clock()
        let reason = try short("reason", fields) ?? ""
        let waived = try short("waived_because", fields)
        switch (IncidentAudience(rawValue: word), waived) {
        case (let audience?, let because?):
            return try step(call, .waived(audience), because)
        case (let audience?, nil): return try step(call, .told(audience, at: at), reason)
        case (nil, nil) where word == "processor":
            return try step(call, .processorTold(at: at), reason)
        default:
            throw .invalid(
                field: "audience",
                expected: waived == nil
                    ? "authority, people or processor" : "authority or people, who may be waived")
        }
    }

    private static func step(
        _ call: Call, _ step: IncidentStep, _ reason: String
    ) throws(Problem) -> Work {
        let id = try id(call)
        let book = book(call)
        return .write { () throws(Problem) in
            let record = try run { () throws(IncidentBook.Failure) in
                try book.take(step, on: id, because: reason)
            }
            return answer(200, record.json(at: book.node.clock()))
        }
    }

    private static func affected(_ call: Call) throws(Problem) -> Work {
        let id = try id(call)
        let fields = try Fields(call.request, allowed: ["reason", "after", "max"])
        let reason = try reason(fields)
        let limit =
            try fields.optionalInteger("max", in: IncidentBook.accountsRange)
            ?? IncidentBook.accountsDefault
        var after: AccountID?
        if let text = try fields.optionalText("after") {
            guard let account = AccountID(parsing: text) else {
                throw .invalid(field: "after", expected: "the next of the page before")
            }
            after = account
        }
        let book = book(call)
        return .write { [after] () throws(Problem) in
            let page = try run { () throws(IncidentBook.Failure) in
                try book.affected(id, after: after, limit: limit, because: reason)
            }
            return answer(200, page.json)
        }
    }

    private static func note(_ call: Call) throws(Problem) -> Work {
        let id = try id(call)
        let fields = try Fields(call.request, allowed: DossierField.allCases.map(\.rawValue))
        var values: [DossierField: String?] = [:]
        for field in DossierField.allCases where fields.has(field.rawValue) {
            guard let text = try fields.optionalText(field.rawValue) else {
                values[field] = .some(nil)
                continue
            }
            guard let value = field.value(parsing: text) else {
                throw .invalid(field: field.rawValue, expected: field.expected)
            }
            values[field] = value
        }
        let book = book(call)
        return .write { [values] () throws(Problem) in
            let copy = try run { () throws(IncidentBook.Failure) in
                try book.note(values, on: id)
                return try book.dossier(id)
            }
            return answer(200, copy.json)
        }
    }

    /// As JSON; as a page for who accepts that and not JSON.
    private static func dossier(
        _ call: Call,
        _ find: (IncidentBook) throws(IncidentBook.Failure) -> IncidentBook.DossierCopy
    ) throws(Problem) -> Work {
        let book = book(call)
        let copy = try run { () throws(IncidentBook.Failure) in try find(book) }
        let accept = call.request.header("Accept")?.lowercased() ?? ""
        let isForPrograms = accept.contains("application/json") || accept.contains("*/*")
        guard !isForPrograms, accept.contains("text/html") else {
            return .done(answer(200, copy.json))
        }
        return .done(
            Response(
                status: 200,
                headers: [
                    (name: "Content-Type", value: "text/html; charset=utf-8"),
                    (name: "Cache-Control", value: "no-store"),
                    (name: "X-Content-Type-Options", value: "nosniff"),
                ],
                body: Array(copy.html.utf8)))
    }

    private static func versions(_ call: Call) throws(Problem) -> Work {
        let id = try id(call)
        let versions = try run { () throws(IncidentBook.Failure) in
            try book(call).versions(of: id)
        }
        return .done(answer(200, ["versions": .array(versions.map(\.json))]))
    }

    private static func save(_ call: Call) throws(Problem) -> Work {
        let id = try id(call)
        _ = try Fields(call.request, allowed: [], mayBeEmpty: true)
        let book = book(call)
        return .write { () throws(Problem) in
            let version = try run { () throws(IncidentBook.Failure) in try book.saveDossier(id) }
            return answer(201, version.json)
        }
    }
}

extension IncidentEndpoints {
    private static func book(_ call: Call) -> IncidentBook {
        IncidentBook(call.node, actor: call.application)
    }

    private static func id(_ call: Call) throws(Problem) -> IncidentID {
        guard let text = call.segments.first, let id = IncidentID(parsing: text) else {
            throw .notFound
        }
        return id
    }

    private static func time(_ name: String, _ fields: Fields) throws(Problem) -> Timestamp? {
        guard let text = try fields.optionalText(name) else { return nil }
        guard let time = Timestamp(rfc3339: text) else {
            throw .invalid(field: name, expected: "a time as 2026-11-22T22:04:31Z")
        }
        return time
    }

    /// A reason, or a name; `nil` when it is missing.
    private static func short(_ name: String, _ fields: Fields) throws(Problem) -> String? {
        guard let text = try fields.optionalText(name) else { return nil }
        guard let short = IncidentBook.reason(parsing: text) else {
            throw .invalid(
                field: name,
                expected: "a text of at most \(IncidentBook.reasonMax) characters on one line")
        }
        return short
    }

    private static func reason(_ fields: Fields) throws(Problem) -> String {
        guard let reason = try short("reason", fields), !reason.isEmpty else {
            throw Problem(
                .reasonRequired, "Say why.", extra: [.init(name: "field", value: "reason")])
        }
        return reason
    }

    private static func run<Answer>(
        _ body: () throws(IncidentBook.Failure) -> Answer
    ) throws(Problem) -> Answer {
        do {
            return try body()
        } catch {
            throw Problem(error)
        }
    }
}

extension Problem {
    init(_ failure: IncidentBook.Failure) {
        switch failure {
        case .notFound: self = .notFound
        case .full: self = Problem(.incidentState, failure.text)
        case .database(.unavailable): self = .unavailable
        case .database: self = .internalError
        case .refused(let error):
            let field = { (name: String) in [JSONValue.Member(name: "field", value: .string(name))]
            }
            switch error {
            case .state(let state):
                self = Problem(
                    .incidentState, failure.text,
                    extra: [.init(name: "state", value: .string(state.rawValue))])
            case .unsettled: self = Problem(.incidentUnsettled, failure.text)
            case .reasonMissing, .lateReasonMissing:
                self = Problem(.reasonRequired, failure.text, extra: field("reason"))
            case .future, .beforeIncident:
                self = Problem(.invalidRequest, failure.text, extra: field("at"))
            }
        }
    }
}

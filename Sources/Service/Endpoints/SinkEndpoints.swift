import HTTP
import Incidents
import Storage

/// How sinks stand, and what administrators do about them.
enum SinkEndpoints {
    static let routes: [Route] = [
        Route(
            method: "GET", template: "/v1/admin/incident-queue",
            access: .administrator([.operator, .dpo, .auditor]), answer: status),
        route("/v1/admin/incident-queue/{sink}/redrive", redrive),
        route("/v1/admin/incident-queue/{sink}/pause", pause),
        route("/v1/admin/incident-queue/{sink}/resume", resume),
    ]

    /// Event ids in one call. Without any, all dead letters are made ready.
    private static let eventIDsMax = 1_000

    private static func route(
        _ template: StaticString, _ answer: @escaping @Sendable (Call) throws(Problem) -> Work
    ) -> Route {
        Route(
            method: "POST", template: template, access: .administrator([.operator, .dpo]),
            answer: answer)
    }

    private static func status(_ call: Call) throws(Problem) -> Work {
        let node = call.node
        let all = try node.withProblems { () throws(DatabaseError) in
            try node.database.read { reader throws(DatabaseError) in
                try SinkStatus.all(configured: node.sinks, reader)
            }
        }
        return .done(answer(200, ["sinks": .array(all.map(\.json))]))
    }

    private static func redrive(_ call: Call) throws(Problem) -> Work {
        let node = call.node
        let sink = try sink(call)
        let fields = try Fields(call.request, allowed: ["event_ids"], mayBeEmpty: true)
        let ids = try fields.optionalTexts("event_ids", countMax: eventIDsMax)
        let control = QueueControl(actor: call.application, at: node.clock())
        return .write { () throws(Problem) in
            let count = try node.withProblems { () throws(DatabaseError) in
                try control.redrive(sink, eventIDs: ids, on: node.database)
            }
            return answer(200, ["redriven": .integer(Int64(count))])
        }
    }

    private static func pause(_ call: Call) throws(Problem) -> Work {
        let sink = try sink(call)
        let fields = try Fields(call.request, allowed: ["reason"])
        let reason = try fields.text("reason")
        guard (1...QueueControl.reasonMax).contains(reason.unicodeScalars.count) else {
            throw .invalid(
                field: "reason", expected: "1 to \(QueueControl.reasonMax) characters")
        }
        return change(call) { control, transaction throws(DatabaseError) in
            try control.pause(sink, reason: reason, transaction)
        }
    }

    private static func resume(_ call: Call) throws(Problem) -> Work {
        let sink = try sink(call)
        _ = try Fields(call.request, allowed: [], mayBeEmpty: true)
        return change(call) { control, transaction throws(DatabaseError) in
            try control.resume(sink, transaction)
        }
    }

    private static func change(
        _ call: Call,
        _ body:
            @escaping @Sendable (QueueControl, borrowing Transaction) throws(DatabaseError) -> Bool
    ) -> Work {
        let node = call.node
        let control = QueueControl(actor: call.application, at: node.clock())
        return .write { () throws(Problem) in
            _ = try node.withProblems { () throws(DatabaseError) in
                try node.database.transaction { transaction throws(DatabaseError) in
                    try body(control, transaction)
                }
            }
            return Response(status: 204)
        }
    }

    /// Any sink there can be: one that was taken out of the configuration still has its dead letters.
    private static func sink(_ call: Call) throws(Problem) -> Sink {
        guard let name = call.segments.first, let sink = Sink(rawValue: name) else {
            throw .notFound
        }
        return sink
    }
}

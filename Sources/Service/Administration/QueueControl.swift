package import Accounts
package import Incidents
import Secrets
package import Storage

/// What administrators do with a sink, audited: pause, resume, redrive.
package struct QueueControl: Sendable {
    private let actor: String
    private let now: Timestamp

    /// Characters of a reason.
    package static let reasonMax = 200
    /// Deliveries made ready again in one transaction, so that nobody waits long behind it.
    private static let batchMax = 1_000

    /// - Parameter actor: an administrator's id, `cli:<uid>` or `service`, for the audit log.
    package init(actor: String, at now: Timestamp) {
        self.actor = actor
        self.now = now
    }

    /// Nothing is handed out or sent any more; events go on being enqueued.
    ///
    /// - Parameter reason: what others read; cut to one line of ``reasonMax`` characters.
    /// - Returns: `false` when it was paused already.
    @discardableResult
    package func pause(
        _ sink: Sink, reason: String, _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> Bool {
        var line = String.UnicodeScalarView()
        for scalar in reason.unicodeScalars.prefix(Self.reasonMax) {
            line.append(scalar.properties.generalCategory == .control ? " " : scalar)
        }
        let pause = SinkStore.Pause(since: now, by: actor, reason: String(line))
        guard try SinkStore.pause(sink, pause, transaction) else { return false }
        try audit("sink.paused", sink, transaction)
        return true
    }

    /// - Returns: `false` when it was not paused.
    @discardableResult
    package func resume(
        _ sink: Sink, _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> Bool {
        guard try SinkStore.resume(sink, transaction) else { return false }
        try audit("sink.resumed", sink, transaction)
        return true
    }

    /// Makes dead letters ready again, with all their attempts.
    ///
    /// - Parameter eventIDs: `nil` for all there are.
    /// - Returns: how many.
    package func redrive(
        _ sink: Sink, eventIDs: [String]?, on database: any Database
    ) throws(DatabaseError) -> Int {
        if let eventIDs {
            return try database.transaction { transaction throws(DatabaseError) in
                var count = 0
                for id in eventIDs
                where try IncidentQueue.redrive(eventID: id, sink, at: now, transaction) {
                    count += 1
                }
                if count > 0 { try audit("sink.redriven", sink, transaction) }
                return count
            }
        }
        var total = 0
        while true {
            let isFirst = total == 0
            let count = try database.transaction { transaction throws(DatabaseError) in
                let count = try IncidentQueue.redrive(
                    sink, countMax: Self.batchMax, at: now, transaction)
                if count > 0, isFirst { try audit("sink.redriven", sink, transaction) }
                return count
            }
            total += count
            if count < Self.batchMax { return total }
        }
    }

    private func audit(
        _ action: String, _ sink: Sink, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try AuditStore.append(
            .init(
                id: EventID(at: now, random: SystemRandom.bytes(count: 10)).text, at: now,
                actor: actor, action: action, object: "sink/" + sink.rawValue), transaction)
    }
}

/// How a sink stands.
package struct SinkStatus: Sendable {
    package let sink: Sink
    /// Whether this node's configuration has it. What waits in one that was taken out stays until it is
    /// configured again.
    package let isConfigured: Bool
    package let pause: SinkStore.Pause?
    package var ready: Int64 = 0
    package var leased: Int64 = 0
    package var dead: Int64 = 0
    /// When the oldest delivery that still waits was enqueued.
    package let oldest: Timestamp?

    /// Those that are configured, and those that still hold something.
    package static func all(
        configured: [Sink], _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [SinkStatus] {
        let depth = try IncidentQueue.depth(reading)
        var all: [SinkStatus] = []
        for sink in Sink.allCases {
            let own = depth.filter { $0.sink == sink.rawValue }
            guard configured.contains(sink) || !own.isEmpty else { continue }
            var status = SinkStatus(
                sink: sink, isConfigured: configured.contains(sink),
                pause: try SinkStore.pause(of: sink, reading),
                oldest: try IncidentQueue.oldestWaiting(sink: sink.rawValue, reading))
            for row in own {
                switch row.state {
                case .ready: status.ready = row.count
                case .leased: status.leased = row.count
                case .dead: status.dead = row.count
                case .done: break
                }
            }
            all.append(status)
        }
        return all
    }

    /// Names and values as the interface has them.
    package var json: JSONValue {
        [
            "sink": .string(sink.rawValue), "configured": .boolean(isConfigured),
            "ready": .integer(ready), "leased": .integer(leased), "dead": .integer(dead),
            "oldest_waiting": oldest.map { .string($0.rfc3339()) } ?? .null,
            "paused": pause.map { pause in
                [
                    "since": .string(pause.since.rfc3339()), "by": .string(pause.by),
                    "reason": .string(pause.reason),
                ]
            } ?? .null,
        ]
    }
}

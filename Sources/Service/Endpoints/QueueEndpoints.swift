import Accounts
import HTTP
import Incidents
import Secrets
package import Storage

/// The incident queue's `pull` sink: lease, then ack, nack or extend.
enum QueueEndpoints {
    static let routes: [Route] = [
        route("/v1/admin/incident-queue/{sink}/lease", lease),
        route("/v1/admin/incident-queue/{sink}/ack") { call throws(Problem) in
            try settle(call, .acknowledge)
        },
        route("/v1/admin/incident-queue/{sink}/nack") { call throws(Problem) in
            try settle(call, .giveBack)
        },
        route("/v1/admin/incident-queue/{sink}/extend") { call throws(Problem) in
            try settle(call, .extend)
        },
    ]

    /// The raw value is the metrics' word for it.
    fileprivate enum Settlement: String, Sendable {
        case acknowledge = "acknowledged"
        case giveBack = "given_back"
        case extend = "extended"
    }

    private static func route(
        _ template: StaticString, _ answer: @escaping @Sendable (Call) throws(Problem) -> Work
    ) -> Route {
        Route(
            method: "POST", template: template, access: .administrator([.operator, .dpo]),
            answer: answer)
    }

    private static func lease(_ call: Call) throws(Problem) -> Work {
        let node = call.node
        let sink = try sink(call)
        let fields = try Fields(
            call.request, allowed: ["max", "lease_seconds"], mayBeEmpty: true)
        let countMax =
            try fields.optionalInteger("max", in: DeliverySchedule.batchRange)
            ?? DeliverySchedule.batchDefault
        let duration = try leaseDuration(fields)
        return .write { () throws(Problem) in
            let now = node.clock()
            let token = SystemRandom.bytes(count: 16)
            let (leased, died) = try node.withProblems { () throws(DatabaseError) in
                try node.database.transaction { transaction throws(DatabaseError) in
                    let died = try node.bury(sink: sink, at: now, transaction)
                    let leased = try IncidentQueue.lease(
                        sink: sink, token: token, until: now + duration, countMax: countMax,
                        at: now, transaction)
                    return (leased, died)
                }
            }
            node.noteDead(sink: sink, died)
            node.metrics.add(.deliveries, "sink=\"\(sink)\",outcome=\"leased\"", leased.count)
            return answer(leased: leased, under: token)
        }
    }

    /// The event is JSON already, and is put in as it was written.
    private static func answer(leased: [IncidentQueue.Delivery], under token: [UInt8]) -> Response {
        var body = Array("{\"deliveries\":[".utf8)
        for (index, delivery) in leased.enumerated() {
            if index > 0 { body.append(UInt8(ascii: ",")) }
            let lease = LeaseToken(token: token, eventID: delivery.eventID)
            body +=
                "{\"lease_token\":\"\(lease.text)\",\"attempt\":\(delivery.attempt),\"event\":".utf8
            body += delivery.body
            body.append(UInt8(ascii: "}"))
        }
        body += "]}".utf8
        return Response(
            status: 200,
            headers: [
                (name: "Content-Type", value: "application/json"),
                (name: "Cache-Control", value: "no-store"),
            ],
            body: body)
    }

    private static func settle(_ call: Call, _ settlement: Settlement) throws(Problem) -> Work {
        let node = call.node
        let sink = try sink(call)
        let allowed = settlement == .extend ? ["lease_tokens", "lease_seconds"] : ["lease_tokens"]
        let fields = try Fields(call.request, allowed: allowed)
        let texts = try fields.texts(
            "lease_tokens", countMax: DeliverySchedule.batchRange.upperBound)
        let duration = settlement == .extend ? try leaseDuration(fields) : .zero
        return .write { () throws(Problem) in
            let now = node.clock()
            let stale = try node.withProblems { () throws(DatabaseError) in
                try node.database.transaction { transaction throws(DatabaseError) in
                    var stale: [String] = []
                    for text in texts {
                        guard let lease = LeaseToken(parsing: text)?.lease,
                            try node.settle(
                                lease, settlement, sink: sink, until: now + duration, at: now,
                                transaction)
                        else {
                            stale.append(text)
                            continue
                        }
                    }
                    return stale
                }
            }
            node.metrics.add(
                .deliveries, "sink=\"\(sink)\",outcome=\"\(settlement.rawValue)\"",
                texts.count - stale.count)
            guard stale.isEmpty else {
                throw Problem(
                    .staleLease,
                    "\(stale.count) of \(texts.count) leases are stale; the others are done.",
                    extra: [.init(name: "stale", value: .array(stale.map(JSONValue.string)))])
            }
            return Response(status: 204)
        }
    }

    private static func leaseDuration(_ fields: Fields) throws(Problem) -> Duration {
        let range = DeliverySchedule.leaseRange
        let seconds = try fields.optionalInteger(
            "lease_seconds", in: Int(range.lowerBound)...Int(range.upperBound))
        return seconds.map { .seconds($0) } ?? DeliverySchedule.leaseDefault
    }

    private static func sink(_ call: Call) throws(Problem) -> String {
        guard call.segments.first == pullSink else { throw .notFound }
        return pullSink
    }
}

extension Node {
    /// Turns into dead letters what was tried too often or waits too long.
    ///
    /// - Returns: how many, for ``noteDead(sink:_:)`` after the transaction.
    func bury(
        sink: String, at now: Timestamp, _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> Int {
        try IncidentQueue.bury(
            sink: sink, attemptsMax: deliveries.attemptsMax,
            abandonedSince: now - deliveries.abandonedAfter, at: now, transaction)
    }

    /// Says that deliveries died, after the transaction in which they did.
    func noteDead(sink: String, _ count: Int) {
        guard count > 0 else { return }
        metrics.add(.deliveries, "sink=\"\(sink)\",outcome=\"dead\"", count)
        log.warning("deliveries became dead letters", .count("deliveries", count))
    }

    /// - Returns: `false` when the lease is stale.
    fileprivate func settle(
        _ lease: IncidentQueue.Lease, _ settlement: QueueEndpoints.Settlement, sink: String,
        until: Timestamp, at now: Timestamp, _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> Bool {
        switch settlement {
        case .acknowledge:
            return try IncidentQueue.acknowledge(lease, sink: sink, at: now, transaction)
        case .extend:
            return try IncidentQueue.extend(
                lease, sink: sink, until: until, at: now, transaction)
        case .giveBack:
            guard
                let attempts = try IncidentQueue.attempts(
                    under: lease, sink: sink, at: now, transaction)
            else { return false }
            let random = SystemRandom.bytes(count: 8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            let next = deliveries.nextAttempt(afterAttempts: attempts, at: now, random: random)
            return try IncidentQueue.release(
                lease, sink: sink, as: next == nil ? .dead : .ready, notBefore: next ?? now,
                transaction)
        }
    }
}

/// One lease as clients carry it: the call's random token and the event, in one opaque text.
package struct LeaseToken: Equatable, Sendable {
    package let lease: IncidentQueue.Lease

    package init(token: [UInt8], eventID: String) {
        lease = IncidentQueue.Lease(token: token, eventID: eventID)
    }

    /// - Returns: `nil` for anything that ``text`` does not write.
    package init?(parsing text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let token = Base64.decode(parts[0].utf8, .url), token.count == 16,
            let event = EventID(parsing: String(parts[1]))
        else { return nil }
        self.init(token: token, eventID: event.text)
    }

    package var text: String { Base64.encode(lease.token, .url) + "." + lease.eventID }
}

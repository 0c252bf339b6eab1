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
        try onlyPull(call)
        let wish = try LeaseWish(
            try Fields(call.request, allowed: LeaseWish.fields, mayBeEmpty: true))
        return .write { () throws(Problem) in
            let now = node.clock()
            let token = SystemRandom.bytes(count: 16)
            let (leased, buried, pause) = try node.withProblems { () throws(DatabaseError) in
                try node.database.transaction { transaction throws(DatabaseError) in
                    let buried = try node.bury(sink: .pull, at: now, transaction)
                    let pause = try SinkStore.pause(of: .pull, transaction)
                    guard pause == nil else { return ([IncidentQueue.Delivery](), buried, pause) }
                    let leased = try IncidentQueue.lease(
                        sink: Sink.pull.rawValue, token: token, until: now + wish.duration,
                        countMax: wish.countMax, at: now, transaction)
                    return (leased, buried, nil)
                }
            }
            node.note(buried, in: .pull)
            if let pause {
                throw Problem(
                    .sinkPaused,
                    "The sink was paused at \(pause.since.rfc3339()); nothing is handed out.")
            }
            node.count(leased.count, "leased", in: .pull)
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
        try onlyPull(call)
        let wish = try SettlementWish(
            try Fields(
                call.request,
                allowed: settlement == .extend
                    ? SettlementWish.fieldsToExtend : SettlementWish.fields))
        return .write { () throws(Problem) in
            let now = node.clock()
            let until = now + wish.duration
            let (stale, buried) = try node.withProblems { () throws(DatabaseError) in
                try node.database.transaction { transaction throws(DatabaseError) in
                    var stale: [String] = []
                    var died: [String] = []
                    for text in wish.tokens {
                        let lease = LeaseToken(parsing: text)?.lease
                        let state = try lease.map { lease throws(DatabaseError) in
                            try node.settle(lease, settlement, until: until, at: now, transaction)
                        }
                        if case .dead(let type) = state { died.append(type) }
                        if state ?? .stale == .stale { stale.append(text) }
                    }
                    return (stale, try node.tell(died: died, in: .pull, at: now, transaction))
                }
            }
            node.note(buried, in: .pull)
            node.count(wish.tokens.count - stale.count, settlement.rawValue, in: .pull)
            guard stale.isEmpty else {
                throw Problem(
                    .staleLease,
                    "\(stale.count) of \(wish.tokens.count) leases are stale; the others are done.",
                    extra: [.init(name: "stale", value: .array(stale.map(JSONValue.string)))])
            }
            return Response(status: 204)
        }
    }

    /// The other sinks are brought their events.
    private static func onlyPull(_ call: Call) throws(Problem) {
        guard call.segments.first == Sink.pull.rawValue else { throw .notFound }
    }
}

extension Node {
    /// What became of a lease; anything but a dead letter and a stale one is `.ready`.
    fileprivate func settle(
        _ lease: IncidentQueue.Lease, _ settlement: QueueEndpoints.Settlement,
        until: Timestamp, at now: Timestamp, _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> GivenBack {
        let sink = Sink.pull
        switch settlement {
        case .acknowledge:
            return try IncidentQueue.acknowledge(
                lease, sink: sink.rawValue, at: now, transaction) ? .ready : .stale
        case .extend:
            return try IncidentQueue.extend(
                lease, sink: sink.rawValue, until: until, at: now, transaction)
                ? .ready : .stale
        case .giveBack:
            return try giveBack(
                lease, sink: sink, error: nil, notBefore: now, at: now, transaction)
        }
    }
}

/// What a consumer asks for: `{"max"?, "lease_seconds"?}`.
package struct LeaseWish: Equatable, Sendable {
    package let countMax: Int
    package let duration: Duration

    package static let fields = ["max", "lease_seconds"]

    /// - Throws: 400 for numbers out of range.
    package init(_ fields: Fields) throws(Problem) {
        countMax =
            try fields.optionalInteger("max", in: DeliverySchedule.batchRange)
            ?? DeliverySchedule.batchDefault
        duration = try leaseDuration(fields)
    }
}

/// What a consumer says of its leases: `{"lease_tokens", "lease_seconds"?}`.
package struct SettlementWish: Equatable, Sendable {
    /// 1 … 1 000, as they came: nonsense is stale.
    package let tokens: [String]
    /// For `extend`, counted from now.
    package let duration: Duration

    package static let fields = ["lease_tokens"]
    package static let fieldsToExtend = ["lease_tokens", "lease_seconds"]

    package init(_ fields: Fields) throws(Problem) {
        tokens = try fields.texts(
            "lease_tokens", countMax: DeliverySchedule.batchRange.upperBound)
        duration = try leaseDuration(fields)
    }
}

private func leaseDuration(_ fields: Fields) throws(Problem) -> Duration {
    let range = DeliverySchedule.leaseRange
    let seconds = try fields.optionalInteger(
        "lease_seconds", in: Int(range.lowerBound)...Int(range.upperBound))
    return seconds.map { .seconds($0) } ?? DeliverySchedule.leaseDefault
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

import Accounts
import Incidents
import Secrets
import Storage
import Threads

/// Brings events to one sink, on one thread. Couriers of several nodes work on one sink at a time:
/// each leases what it takes.
///
/// A delivery is done when the other side has it and that is committed. Killed in between, it is
/// delivered again, with the same id.
final class Courier: Sendable {
    private let isStopping: Guarded<Bool>
    private let thread: NamedThread

    /// Longer than any batch takes, so that no other courier sends what this one is sending.
    static let leaseTime = Duration.seconds(60)
    /// Between looks at the queue. An event is on its way within this.
    private static let pause = Duration.seconds(1)

    /// - Parameter carrier: makes the carrier, on the courier's thread. What it is given says whether to
    ///   give up what is under way.
    init(
        _ node: Node, sink: Sink,
        carrier: @escaping @Sendable (_ isCancelled: @escaping @Sendable () -> Bool) -> any Carrier
    ) {
        let isStopping = Guarded(false)
        self.isStopping = isStopping
        thread = NamedThread("courier-\(sink.rawValue)") {
            let isCancelled: @Sendable () -> Bool = { isStopping.withLock { $0 } }
            var round = CourierRound(node, sink, carrier(isCancelled), isCancelled)
            while isStopping.wait(atMost: Self.pause, until: { $0 ? true : nil }) == nil {
                round.run()
            }
        }
    }

    /// One for each sink that events are brought to.
    static func all(_ node: Node) -> [Courier] {
        var couriers: [Courier] = []
        if let endpoint = node.configuration.sinks.webhook {
            couriers.append(
                Courier(node, sink: .webhook) { WebhookCarrier(node, endpoint, $0) })
        }
        if let endpoint = node.configuration.sinks.amqp {
            couriers.append(Courier(node, sink: .amqp) { BrokerCarrier(node, endpoint, $0) })
        }
        return couriers
    }

    /// Makes the courier give up what is under way. Nothing is lost by it.
    func beginStopping() {
        isStopping.change { $0 = true }
    }

    /// Returns when its thread has ended.
    func stop() {
        beginStopping()
        thread.join()
    }
}

/// What a courier does once a second.
private struct CourierRound {
    private let node: Node
    private let sink: Sink
    private let carrier: any Carrier
    private let isCancelled: @Sendable () -> Bool
    private var rest = SinkRest()

    init(
        _ node: Node, _ sink: Sink, _ carrier: any Carrier,
        _ isCancelled: @escaping @Sendable () -> Bool
    ) {
        self.node = node
        self.sink = sink
        self.carrier = carrier
        self.isCancelled = isCancelled
    }

    /// Goes on until nothing is due, or the sink must rest.
    mutating func run() {
        carrier.idle()
        do {
            while !isCancelled(), try deliverBatch() {}
        } catch {
            node.log.warning(
                "a courier waits", .sink(sink), .reason(String(describing: error)))
        }
    }

    /// - Returns: whether there may be more.
    private mutating func deliverBatch() throws(DatabaseError) -> Bool {
        let now = node.clock()
        let countMax = rest.allowance(at: now, batchMax: carrier.batchMax)
        guard countMax > 0, try isDue(at: now) else { return false }
        let token = SystemRandom.bytes(count: 16)
        let batch = try lease(countMax, token, at: now)
        guard !batch.isEmpty else { return false }
        let carried = carrier.carry(batch)
        precondition(carried.outcomes.count == batch.count, "each delivery has one outcome")
        try settle(batch, carried, token)
        guard let reason = carried.restReason else {
            rest.succeeded()
            return carried.pauseReason == nil
        }
        node.log.warning("a sink does not take events", .sink(sink), .reason(reason))
        rest.failed(at: node.clock(), retryAfter: carried.retryAfter, random: Node.random())
        return true
    }

    private func isDue(at now: Timestamp) throws(DatabaseError) -> Bool {
        try node.database.read { reader throws(DatabaseError) in
            guard try SinkStore.pause(of: sink, reader) == nil else { return false }
            return try IncidentQueue.isDue(sink: sink.rawValue, at: now, reader)
        }
    }

    private func lease(
        _ countMax: Int, _ token: [UInt8], at now: Timestamp
    ) throws(DatabaseError) -> [IncidentQueue.Delivery] {
        let (batch, buried) = try node.database.transaction { transaction throws(DatabaseError) in
            let buried = try node.bury(sink: sink, at: now, transaction)
            // Asked again: it may have been paused since.
            guard try SinkStore.pause(of: sink, transaction) == nil else {
                return ([IncidentQueue.Delivery](), buried)
            }
            let batch = try IncidentQueue.lease(
                sink: sink.rawValue, token: token, until: now + Courier.leaseTime,
                countMax: countMax, at: now, transaction)
            return (batch, buried)
        }
        node.note(buried, in: sink)
        node.count(batch.count, "leased", in: sink)
        return batch
    }

    /// Writes down how it went, all in one transaction.
    private func settle(
        _ batch: [IncidentQueue.Delivery], _ carried: Carried, _ token: [UInt8]
    ) throws(DatabaseError) {
        let now = node.clock()
        let earliest = now + (carried.retryAfter ?? .zero)
        let (buried, isPaused) = try node.database.transaction {
            transaction throws(DatabaseError) in
            var died: [String] = []
            for (delivery, outcome) in zip(batch, carried.outcomes) {
                let lease = IncidentQueue.Lease(token: token, eventID: delivery.eventID)
                switch outcome {
                case .delivered:
                    // `false` when the lease has ended meanwhile: somebody delivers it again.
                    _ = try IncidentQueue.acknowledge(
                        lease, sink: sink.rawValue, at: now, transaction)
                case .refused(let reason), .unreachable(let reason):
                    let givenBack = try node.giveBack(
                        lease, sink: sink, error: reason, notBefore: earliest, at: now, transaction)
                    if case .dead(let type) = givenBack { died.append(type) }
                case .untried:
                    try IncidentQueue.putBack(lease, sink: sink.rawValue, transaction)
                }
            }
            let buried = try node.tell(died: died, in: sink, at: now, transaction)
            return (buried, try pause(carried.pauseReason, at: now, transaction))
        }
        node.note(buried, in: sink)
        if isPaused, let reason = carried.pauseReason {
            node.log.error("a sink was paused", .sink(sink), .reason(reason))
        }
        let delivered = carried.outcomes.count { $0 == .delivered }
        let untried = carried.outcomes.count { $0 == .untried }
        node.count(delivered, "acknowledged", in: sink)
        node.count(batch.count - delivered - untried, "failed", in: sink)
        node.count(untried, "untried", in: sink)
    }

    private func pause(
        _ reason: String?, at now: Timestamp, _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> Bool {
        guard let reason else { return false }
        let control = QueueControl(actor: "service", at: now)
        return try control.pause(sink, reason: reason, transaction)
    }
}

import Accounts
import Incidents
import Secrets
import Storage

extension Node {
    /// What became of a delivery that was given back.
    enum GivenBack: Equatable, Sendable {
        case stale
        case ready
        /// Its event's type.
        case dead(String)
    }

    /// Deliveries that became dead letters in one transaction.
    struct Buried: Sendable {
        var count = 0
        /// Whether an event says so already.
        var isTold = false
    }

    var sinks: [Sink] { configuration.sinks.configured }

    /// At most one event about dead letters of a sink in this time.
    private static let deadEventInterval = Duration.seconds(60)

    /// Writes an event with a delivery for each sink.
    ///
    /// - Parameter left: the one sink that is not told.
    func enqueue(
        _ event: Event, except left: Sink? = nil, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        let sequence = try IncidentQueue.nextSequence(transaction)
        try IncidentQueue.enqueue(
            eventID: event.id.text, type: event.type.rawValue, sequence: sequence,
            body: event.body(sequence: sequence),
            sinks: sinks.filter { $0 != left }.map(\.rawValue), at: event.time, transaction)
    }

    /// Gives a delivery back after a failed attempt: to be tried later, or as a dead letter.
    ///
    /// - Parameters:
    ///   - error: why, for the operator; `nil` when nobody said.
    ///   - earliest: not before this, whatever the schedule says.
    func giveBack(
        _ lease: IncidentQueue.Lease, sink: Sink, error: String?, notBefore earliest: Timestamp,
        at now: Timestamp, _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> GivenBack {
        let sinkName = sink.rawValue
        guard
            let attempts = try IncidentQueue.attempts(
                under: lease, sink: sinkName, at: now, transaction)
        else { return .stale }
        let next = deliveries.nextAttempt(
            afterAttempts: attempts.count, at: now, random: Self.random())
        guard
            try IncidentQueue.release(
                lease, sink: sinkName, as: next == nil ? .dead : .ready,
                notBefore: max(next ?? now, earliest), error: error, transaction)
        else { return .stale }
        return next == nil ? .dead(attempts.type) : .ready
    }

    /// Turns into dead letters what was tried too often or waits too long, and says so.
    func bury(
        sink: Sink, at now: Timestamp, _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> Buried {
        let types = try IncidentQueue.bury(
            sink: sink.rawValue, attemptsMax: deliveries.attemptsMax,
            abandonedSince: sink == .pull ? now - deliveries.abandonedAfter : nil, at: now,
            transaction)
        return try tell(died: types, in: sink, at: now, transaction)
    }

    /// Raises `loquet.delivery.dead.v1` through the other sinks, in the transaction in which
    /// deliveries died. What died within a minute is told in one event, by housekeeping at the latest.
    ///
    /// - Parameter types: of the events. Such an event that dies itself is told nobody: two sinks that
    ///   are both down would go on telling each other for ever.
    func tell(
        died types: [String], in sink: Sink, at now: Timestamp,
        _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> Buried {
        let count = types.filter { $0 != EventType.deliveryDead.rawValue }.count
        if count > 0 { try SinkStore.noteDead(count, in: sink, transaction) }
        let isTold = count > 0 ? try tellDead(of: sink, at: now, transaction) : false
        return Buried(count: types.count, isTold: isTold)
    }

    /// - Returns: whether there was something to tell, and an event was enqueued.
    func tellDead(
        of sink: Sink, at now: Timestamp, _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> Bool {
        let count = try SinkStore.takeDead(
            in: sink, interval: Self.deadEventInterval, at: now, transaction)
        guard let count else { return false }
        let event = Event(
            deadIn: sink, count: count, id: eventID(at: now), deployment: deployment, at: now)
        try enqueue(event, except: sink, transaction)
        return true
    }

    /// Counts and logs, once the transaction is committed.
    func note(_ buried: Buried, in sink: Sink) {
        if buried.isTold { noteEnqueued(.deliveryDead) }
        guard buried.count > 0 else { return }
        count(buried.count, "dead", in: sink)
        log.warning(
            "deliveries became dead letters", .sink(sink), .count("deliveries", buried.count))
    }

    /// - Parameter outcome: a fixed word, for `loquet_deliveries_total`.
    func count(_ count: Int, _ outcome: String, in sink: Sink) {
        guard count > 0 else { return }
        metrics.add(.deliveries, "sink=\"\(sink.rawValue)\",outcome=\"\(outcome)\"", count)
    }

    /// 64 random bits.
    static func random() -> UInt64 {
        SystemRandom.bytes(count: 8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    }
}

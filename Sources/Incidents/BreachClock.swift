package import Accounts

/// The time by which the authority and the people concerned must know of a breach.
///
/// GDPR art. 33 counts from awareness; the company's promise counts from suspicion already, and a
/// processor's notice is awareness too. So the clock runs from the earliest of the three: early is
/// always lawful.
package struct BreachClock: Hashable, Sendable {
    /// A critical finding sets it at once.
    package var suspectedAt: Timestamp?
    /// A person confirmed the suspicion, or the finding is near-proof.
    package var awareAt: Timestamp?
    /// A processor told us (art. 33(2)).
    package var processorNotifiedAt: Timestamp?
    package let limit: BreachNotificationLimit
    package let start: BreachClockStart

    package init(
        suspectedAt: Timestamp? = nil, awareAt: Timestamp? = nil,
        processorNotifiedAt: Timestamp? = nil, limit: BreachNotificationLimit = .gdpr,
        start: BreachClockStart = .suspicion
    ) {
        self.suspectedAt = suspectedAt
        self.awareAt = awareAt
        self.processorNotifiedAt = processorNotifiedAt
        self.limit = limit
        self.start = start
    }

    /// The clock that a finding starts, or a stopped one: only critical findings are suspicions of
    /// a breach, and near-proof is awareness.
    package init(
        startedBy finding: Finding, limit: BreachNotificationLimit = .gdpr,
        start: BreachClockStart = .suspicion
    ) {
        self.init(
            suspectedAt: finding.severity == .critical ? finding.lastTime : nil,
            awareAt: finding.type.row.isNearProof ? finding.lastTime : nil, limit: limit,
            start: start)
    }

    /// `nil` as long as nothing started the clock.
    package var notifyBy: Timestamp? {
        runsSince.map { $0 + limit.duration }
    }

    /// The earliest of the times that count; `nil` as long as nothing started the clock.
    package var runsSince: Timestamp? {
        let suspicion = start == .suspicion ? suspectedAt : nil
        return [suspicion, awareAt, processorNotifiedAt].compactMap(\.self).min()
    }

    /// Negative once the time is over; `nil` when the clock does not run.
    package func remaining(at now: Timestamp) -> Duration? {
        notifyBy.map { $0 - now }
    }

    /// At `notifyBy` exactly it is still in time.
    package func isMissed(at now: Timestamp) -> Bool {
        notifyBy.map { now > $0 } ?? false
    }
}

/// What starts the clock; a setting.
package enum BreachClockStart: String, CaseIterable, Hashable, Sendable {
    /// The company's promise: a suspicion already, awareness, or a processor's notice.
    case suspicion
    /// GDPR art. 33 alone: awareness, or a processor's notice, which is awareness too.
    case awareness
}

/// How long after awareness: hours on the UTC clock, weekends and daylight saving ignored.
package struct BreachNotificationLimit: Hashable, Sendable {
    /// 1 … 720.
    package let hours: Int

    /// 72 h = 259 200 s, GDPR art. 33(1). A setting, because 96 h has been proposed.
    package static let gdpr = BreachNotificationLimit(checked: 72)

    /// - Returns: `nil` outside 1 … 720; no rule gives more than a month.
    package init?(hours: Int) {
        guard (1...720).contains(hours) else { return nil }
        self.init(checked: hours)
    }

    private init(checked hours: Int) { self.hours = hours }

    package var duration: Duration { .hours(Int64(hours)) }
}

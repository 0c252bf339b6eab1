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

    package init(
        suspectedAt: Timestamp? = nil, awareAt: Timestamp? = nil,
        processorNotifiedAt: Timestamp? = nil, limit: BreachNotificationLimit = .gdpr
    ) {
        self.suspectedAt = suspectedAt
        self.awareAt = awareAt
        self.processorNotifiedAt = processorNotifiedAt
        self.limit = limit
    }

    /// The clock that a finding starts, or a stopped one: only critical findings are suspicions of
    /// a breach, and near-proof is awareness.
    package init(startedBy finding: Finding, limit: BreachNotificationLimit = .gdpr) {
        self.init(
            suspectedAt: finding.severity == .critical ? finding.lastTime : nil,
            awareAt: finding.type.row.isNearProof ? finding.lastTime : nil, limit: limit)
    }

    /// `nil` as long as nothing started the clock.
    package var notifyBy: Timestamp? {
        [suspectedAt, awareAt, processorNotifiedAt].compactMap(\.self).min().map {
            $0 + limit.duration
        }
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

package import Accounts

/// One event on its way to one sink. Rows are states, columns events; a dash is refused.
///
/// | state  | leased | acked | failed        | expired       | abandoned |
/// |--------|--------|-------|---------------|---------------|-----------|
/// | ready  | leased | -     | -             | -             | dead      |
/// | leased | -      | done  | ready or dead | ready or dead | -         |
/// | done   | -      | -     | -             | -             | -         |
/// | dead   | -      | -     | -             | -             | -         |
///
/// The attempt is counted when it is leased, so a consumer that dies each time comes to an end
/// too. The queue's statements in `Storage` take these steps, where they are atomic.
package enum DeliveryState: String, CaseIterable, Hashable, Sendable {
    case ready, leased, done, dead
}

/// The numbers of delivery.
package struct DeliverySchedule: Hashable, Sendable {
    /// 1 … 100, then dead. 20 attempts with the standard waits span 8 hours on average and 16 at
    /// most: a night without the consumer is survived, a dead endpoint is noticed within a day.
    package let attemptsMax: Int
    /// The first wait is random up to this; 1 s … 1 h. 2 s lets a restarting sink come up.
    package let firstDelay: Duration
    /// Where doubling ends; `firstDelay` … 24 h. After 2 h without an answer a sink is down, and
    /// asking more often finds out nothing.
    package let delayMax: Duration
    /// When the consumer names none: longer than any sane handler, short after a crash.
    package static let leaseDefault = Duration.seconds(30)
    /// Events per lease when the consumer names none.
    package static let batchDefault = 100
    /// A pull delivery that nobody fetched for so long is dead; its incident stays. 1 … 365 days.
    package let abandonedAfter: Duration

    /// Seconds: beyond an hour a crashed consumer would delay a breach notice too much.
    package static let leaseRange: ClosedRange<Int64> = 1...3_600
    /// 1 … 1 000: a thousand bodies are about 2 MB.
    package static let batchRange = 1...1_000

    package static let standard = DeliverySchedule(
        checkedAttemptsMax: 20, firstDelay: .seconds(2), delayMax: .hours(2),
        abandonedAfter: .days(30))

    package init(
        attemptsMax: Int, firstDelay: Duration, delayMax: Duration, abandonedAfter: Duration
    ) throws(DeliveryScheduleError) {
        guard (1...100).contains(attemptsMax) else { throw .attemptsMax }
        guard (.seconds(1)...Duration.hours(1)).contains(firstDelay) else { throw .firstDelay }
        guard delayMax >= firstDelay, delayMax <= .hours(24) else { throw .delayMax }
        guard (.days(1)...Duration.days(365)).contains(abandonedAfter) else {
            throw .abandonedAfter
        }
        self.init(
            checkedAttemptsMax: attemptsMax, firstDelay: firstDelay, delayMax: delayMax,
            abandonedAfter: abandonedAfter)
    }

    private init(
        checkedAttemptsMax: Int, firstDelay: Duration, delayMax: Duration, abandonedAfter: Duration
    ) {
        attemptsMax = checkedAttemptsMax
        self.firstDelay = firstDelay
        self.delayMax = delayMax
        self.abandonedAfter = abandonedAfter
    }

    /// When to try again after `attempts` failed ones: a random time up to `firstDelay` doubled for
    /// each attempt (full jitter), so that sinks which fail together do not come back together.
    ///
    /// - Parameter random: 64 random bits.
    /// - Returns: `nil` when it was the last attempt and the delivery is dead.
    package func nextAttempt(
        afterAttempts attempts: Int, at now: Timestamp, random: UInt64
    ) -> Timestamp? {
        guard attempts < attemptsMax else { return nil }
        let ceiling = UInt64(max(0, ceiling(afterAttempts: attempts).microseconds))
        // The high half of the product is random in 0 ... ceiling without the bias of a remainder.
        let wait = random.multipliedFullWidth(by: ceiling + 1).high
        return now + .microseconds(Int64(wait))
    }

    /// The longest that ``nextAttempt(afterAttempts:at:random:)`` waits.
    package func ceiling(afterAttempts attempts: Int) -> Duration {
        var ceiling = firstDelay
        for _ in 0..<max(0, attempts - 1) {
            guard ceiling < delayMax else { break }
            ceiling *= 2
        }
        return min(ceiling, delayMax)
    }
}

/// The number that is out of range.
package enum DeliveryScheduleError: Error, Equatable, Sendable {
    case attemptsMax, firstDelay, delayMax, abandonedAfter
}

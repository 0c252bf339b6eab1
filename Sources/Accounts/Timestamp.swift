/// A point on the UTC clock in whole microseconds since 1970-01-01T00:00:00Z, without leap seconds.
///
/// Always between ``earliest`` and ``latest``, the years 0000 to 9999: every timestamp has an
/// RFC 3339 text, and a sum of two cannot overflow. What would fall outside is held at the edge,
/// so a damaged database value gives a strange date and not a crash.
package struct Timestamp: Hashable, Comparable, Sendable {
    package let microseconds: Int64

    package static let epoch = Timestamp(microseconds: 0)
    /// 0000-01-01T00:00:00Z.
    package static let earliest = Timestamp(microseconds: .min)
    /// 9999-12-31T23:59:59.999999Z.
    package static let latest = Timestamp(microseconds: .max)

    private static let bounds: ClosedRange<Int64> =
        -62_167_219_200_000_000...253_402_300_799_999_999

    package init(microseconds: Int64) {
        self.microseconds = min(
            max(microseconds, Self.bounds.lowerBound), Self.bounds.upperBound)
    }

    package init(milliseconds: Int64) {
        self.init(microseconds: milliseconds.saturatingTimes(1_000))
    }

    package init(seconds: Int64) {
        self.init(microseconds: seconds.saturatingTimes(1_000_000))
    }

    /// Whole milliseconds since the epoch, rounded towards the past.
    package var milliseconds: Int64 { microseconds.flooredDivision(by: 1_000) }

    /// Whole seconds since the epoch, rounded towards the past.
    package var seconds: Int64 { microseconds.flooredDivision(by: 1_000_000) }

    package static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.microseconds < right.microseconds
    }

    /// A duration counts in whole microseconds here; what is finer is dropped.
    package static func + (time: Timestamp, duration: Duration) -> Timestamp {
        let (sum, overflow) = time.microseconds.addingReportingOverflow(duration.microseconds)
        guard overflow else { return Timestamp(microseconds: sum) }
        return duration.microseconds > 0 ? .latest : .earliest
    }

    package static func - (time: Timestamp, duration: Duration) -> Timestamp {
        let (rest, overflow) = time.microseconds.subtractingReportingOverflow(duration.microseconds)
        guard overflow else { return Timestamp(microseconds: rest) }
        return duration.microseconds < 0 ? .latest : .earliest
    }

    package static func - (later: Timestamp, earlier: Timestamp) -> Duration {
        .microseconds(later.microseconds - earlier.microseconds)
    }
}

extension Duration {
    /// Whole microseconds, rounded towards zero, held at the edges of `Int64` (292 000 years).
    package var microseconds: Int64 {
        let (seconds, attoseconds) = components
        let whole = seconds.saturatingTimes(1_000_000)
        let (sum, overflow) = whole.addingReportingOverflow(attoseconds / 1_000_000_000_000)
        return overflow ? whole : sum
    }

    /// Whole seconds, rounded towards zero.
    package var seconds: Int64 { components.seconds }

    package static func minutes(_ count: Int64) -> Duration { .seconds(count * 60) }
    package static func hours(_ count: Int64) -> Duration { .seconds(count * 3_600) }
    /// Days of exactly 24 hours; no calendar and no daylight saving is meant.
    package static func days(_ count: Int64) -> Duration { .seconds(count * 86_400) }
}

extension Int64 {
    /// Rounds towards negative infinity, as calendars need before 1970. `divisor` is positive.
    func flooredDivision(by divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }

    /// Never negative, unlike `%`.
    func flooredRemainder(by divisor: Int64) -> Int64 {
        let remainder = self % divisor
        return remainder < 0 ? remainder + divisor : remainder
    }

    fileprivate func saturatingTimes(_ factor: Int64) -> Int64 {
        let (product, overflow) = multipliedReportingOverflow(by: factor)
        guard overflow else { return product }
        return self < 0 ? .min : .max
    }
}

import Accounts

/// The thresholds of ``GuessingDetector``.
package struct GuessingSettings: Hashable, Sendable {
    /// 5 min … 60 min. Also the grain of the baseline.
    package var shortWindow = Span.minutes(10)
    /// 10 … 60 000 failures in `shortWindow`.
    package var shortCount = 200
    /// 2 … 100 times the baseline.
    package var shortFactor = 5
    /// 10 … 200 000 failures in 24 h.
    package var longCount = 1_000
    /// 2 … 100 times the baseline.
    package var longFactor = 3
    /// 2 … 1 000 narrow sources in 24 h.
    package var sources = 100
    /// 1 … 100. When so many of the failures are for accounts that do not exist, no outage explains
    /// them.
    package var unknownPercent = 30
    package var untagged = Untagged.repeated

    let longWindow = Span.hours(24)

    package static let standard = GuessingSettings()

    package init() {}
}

import Accounts

/// The thresholds of ``StuffingDetector``.
package struct StuffingSettings: Hashable, Sendable {
    /// 1 min … 24 h.
    package var shortWindow = Span.minutes(10)
    /// 2 … 500 accounts from one source.
    package var shortCount = 20
    /// 2 … 500 accounts from one source in 24 h.
    package var longCount = 50
    /// 1 … 100. Of the accounts tried, so many or more do not exist: the list was made elsewhere.
    package var unknownPercent = 30
    /// 1 … 100. Of the accounts tried, fewer than this were signed in to.
    package var successPercent = 20
    /// IPv4 addresses and IPv6 /64 followed at once.
    package var narrowMax = 8_192
    /// IPv4 /24 and IPv6 /48 followed at once.
    package var wideMax = 4_096

    let longWindow = Span.hours(24)

    package static let standard = StuffingSettings()

    package init() {}

    /// So many accounts are remembered for each source, 24 bytes each.
    var accountsMax: Int { 2 * max(shortCount, longCount) }
}

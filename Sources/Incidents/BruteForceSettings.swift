import Accounts

/// The thresholds of ``BruteForceDetector``.
package struct BruteForceSettings: Hashable, Sendable {
    /// 1 min … 24 h.
    package var shortWindow = Span.minutes(15)
    /// 2 … 500. People mistype three or four ways; ten in a quarter of an hour is somebody else.
    package var shortCount = 10
    /// 2 … 500 in 24 h; for the patient: twice what the throttle lets through in a day.
    package var longCount = 50
    /// 1 … 1 000 000. At 1.7 KB each at worst, the standard is 34 MB.
    package var accountsMax = 20_000
    package var untagged = Untagged.repeated

    let longWindow = Span.hours(24)

    /// The service's own.
    package static let standard = BruteForceSettings()

    package init() {}

    /// So many passwords are remembered for each account.
    var rememberedMax: Int { max(shortCount, longCount) }
}

/// What a failure without a tag is taken for.
package enum Untagged: Hashable, Sendable {
    /// When rebuilding from the log, where old tags were nulled: rather silent than wrong.
    case repeated
    /// In a replayed file, where every line without a tag is meant as another password.
    case distinct
}

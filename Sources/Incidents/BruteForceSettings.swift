import Accounts

/// The thresholds of ``BruteForceDetector``.
package struct BruteForceSettings: Hashable, Sendable {
    /// 1 min … `longWindow`.
    package let shortWindow: Duration
    /// 2 … `longCount`. People mistype three or four ways; ten in a quarter of an hour is somebody
    /// else.
    package let shortCount: Int
    /// Up to 7 days.
    package let longWindow: Duration
    /// Up to 500; for the patient: twice what the throttle lets through in a day. So many
    /// passwords are remembered per account.
    package let longCount: Int
    /// How long a flag lasts after its last event.
    package let flagLifetime: Duration
    /// 1 … 1 000 000. At 1.3 KB each at worst, the standard is 26 MB.
    package let accountsMax: Int
    package let untagged: Untagged

    /// What a failure without a tag is taken for.
    package enum Untagged: Hashable, Sendable {
        /// When rebuilding from the log, where old tags were nulled: rather silent than wrong.
        case repeated
        /// In a replayed file, where every line without a tag is meant as another password.
        case distinct
    }

    /// The service's own.
    package static let standard = BruteForceSettings(untagged: .repeated)
    /// For replaying a file.
    package static let replay = BruteForceSettings(untagged: .distinct)

    private init(untagged: Untagged) {
        shortWindow = .minutes(15)
        shortCount = 10
        longWindow = .hours(24)
        longCount = 50
        flagLifetime = .hours(24)
        accountsMax = 20_000
        self.untagged = untagged
    }

    package init(
        shortWindow: Duration, shortCount: Int, longWindow: Duration, longCount: Int,
        accountsMax: Int, untagged: Untagged
    ) throws(BruteForceSettingsError) {
        guard (.minutes(1)...Duration.days(7)).contains(longWindow) else { throw .longWindow }
        guard (.minutes(1)...longWindow).contains(shortWindow) else { throw .shortWindow }
        guard (2...500).contains(longCount) else { throw .longCount }
        guard (2...longCount).contains(shortCount) else { throw .shortCount }
        guard (1...1_000_000).contains(accountsMax) else { throw .accountsMax }
        self.shortWindow = shortWindow
        self.shortCount = shortCount
        self.longWindow = longWindow
        self.longCount = longCount
        flagLifetime = .hours(24)
        self.accountsMax = accountsMax
        self.untagged = untagged
    }
}

/// The threshold that is out of range.
package enum BruteForceSettingsError: Error, Equatable, Sendable {
    case shortWindow, shortCount, longWindow, longCount, accountsMax
}

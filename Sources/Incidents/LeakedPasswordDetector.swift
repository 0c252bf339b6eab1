package import Accounts

/// The thresholds of ``LeakedPasswordDetector``.
package struct LeakedPasswordSettings: Hashable, Sendable {
    /// 1 min … 24 h.
    package var window = Span.hours(1)
    /// 2 … 500.
    package var count = 10
    /// Accounts remembered, so that each is reported once a day.
    package var accountsMax = 8_192

    package static let standard = LeakedPasswordSettings()

    package init() {}
}

/// Notices sign-ins with a password that stands in a corpus of leaked ones (MITRE ATT&CK T1078).
///
/// | seen | finding |
/// |---|---|
/// | an account is signed in to with a leaked password | low, once a day for each account |
/// | 10 accounts in 1 h | high, about everybody together (`source/::/0`) |
/// | twice as many as last reported | that finding again |
///
/// **Memory is bounded**: 8 192 accounts of 150 bytes, 1.2 MB. A full table lets go of the stalest of
/// eight, which is then reported again at its next sign-in.
package struct LeakedPasswordDetector: Sendable {
    package let settings: LeakedPasswordSettings
    private var reported: WatchTable<AccountID, Timestamp>
    private var together = TriedAccounts()
    private var flag: Flag?

    package init(_ settings: LeakedPasswordSettings = .standard) {
        self.settings = settings
        reported = WatchTable(capacity: settings.accountsMax)
    }

    package mutating func observe(_ attempt: SignInAttempt, at now: Timestamp) -> [Finding] {
        guard attempt.isBreached, attempt.outcome == .success,
            case .known(let account) = attempt.account
        else { return [] }
        reported.sweep(steps: 2) { !$0.isNear(now, within: Flag.lifetime) }
        if reported[account]?.isNear(now, within: Flag.lifetime) == true { return [] }
        _ = reported.remove(account)
        if reported.isFull { _ = reported.takeLeast { $0 } }
        _ = reported.add(now, for: account)
        let subject = Subject.account(account)
        let single = Finding(
            uid: Finding.uid(.leakedPassword, subject, startTime: now), type: .leakedPassword,
            severity: .low, subject: subject, counted: .distinctAccounts(1), succeeded: 1,
            window: settings.window.duration, startTime: now, lastTime: now, source: attempt.source,
            isUpdate: false)
        return [single] + (countTogether(attempt, at: now).map { [$0] } ?? [])
    }

    private mutating func countTogether(_ attempt: SignInAttempt, at now: Timestamp) -> Finding? {
        together.note(
            TriedAccounts.Seen(attempt.account, .success, at: now), within: settings.window,
            capacity: settings.count * 2)
        if var live = flag, live.isLive(at: now) {
            let isDue = live.add(1, at: now)
            _ = live.succeed(at: now)
            flag = live
            return isDue ? finding(live, attempt.source, isUpdate: true) : nil
        }
        let tally = together.tally(at: now, within: settings.window)
        guard tally.accounts >= settings.count else { return nil }
        let raised = Flag(
            .leakedPassword, .source(.everywhere), startTime: tally.start, window: settings.window,
            count: tally.accounts, succeeded: tally.succeeded, at: now)
        flag = raised
        return finding(raised, attempt.source, isUpdate: false)
    }

    private func finding(_ flag: Flag, _ source: SourceAddress?, isUpdate: Bool) -> Finding {
        Finding(
            flag, .leakedPassword, severity: .high, subject: .source(.everywhere),
            counted: .distinctAccounts(flag.count), source: source, at: flag.lastTime,
            isUpdate: isUpdate)
    }
}

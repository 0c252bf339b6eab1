package import Accounts

/// Notices that somebody guesses at one account: many *different* wrong passwords. A client that
/// repeats one stale password is silent however often it does (MITRE ATT&CK T1110.001).
///
/// A fold over sign-in attempts: the same attempts in the same order give the same findings, on
/// every node and in a replay. Attempts that the throttle refused count too, or else the throttle
/// would hide the attack from us.
///
/// | seen on one account | finding |
/// |---|---|
/// | 10 passwords in 15 min, or 50 in 24 h | medium, the account is flagged |
/// | twice as many as last reported | the same finding again, with the new count |
/// | first success while flagged | the same finding again, critical |
///
/// A flag ends 24 h after the last event that was counted under it (a new password, or that first
/// success). Unknown accounts are ignored: nobody can get into them.
///
/// **Memory is bounded.** When the table is full, a new account takes the place of the stalest of
/// the next few that are not flagged. If all of those are flagged the new one is not followed and
/// ``untracked`` counts it: a flagged account is never forgotten. Trying that many accounts is
/// spraying or stuffing, which other detectors see by source.
package struct BruteForceDetector: Sendable {
    package let settings: BruteForceSettings
    /// Attempts not followed because the table was full of flagged accounts.
    package private(set) var untracked = 0
    private var accounts: BoundedTable<AccountID, TriedPasswords>

    package init(_ settings: BruteForceSettings = .standard) {
        self.settings = settings
        accounts = BoundedTable(capacity: settings.accountsMax)
    }

    /// - Returns: at most one finding.
    package mutating func observe(_ attempt: SignInAttempt, at now: Timestamp) -> [Finding] {
        guard case .known(let account) = attempt.account else { return [] }
        let settings = settings
        switch attempt.outcome {
        case .unknownAccount:
            return []
        case .success:
            let finding = accounts.change(account) { tried in
                tried.succeed(account, from: attempt.source, at: now, settings)
            }
            return (finding ?? nil).map { [$0] } ?? []
        case .failure, .throttled:
            guard makeRoom(for: account, at: now) else {
                untracked += 1
                return []
            }
            let finding = accounts.change(account) { tried in
                tried.fail(account, attempt, at: now, settings)
            }
            return (finding ?? nil).map { [$0] } ?? []
        }
    }

    /// Accounts followed now.
    package var accountCount: Int { accounts.count }

    private mutating func makeRoom(for account: AccountID, at now: Timestamp) -> Bool {
        let settings = settings
        accounts.sweep(steps: 2) { $0.isDead(at: now, settings) }
        if accounts[account] != nil { return true }
        if !accounts.hasRoom(for: account) {
            let removed = accounts.removeStalest(of: 8) { tried in
                tried.isFlagged(at: now, settings) ? nil : tried.lastSeen
            }
            guard removed else { return false }
        }
        return accounts.set(TriedPasswords(), for: account)
    }
}

/// One account's passwords, those seen last at the end, and its flag.
private struct TriedPasswords: Sendable {
    private struct Password: Sendable {
        /// Under the newest hour in which it was seen; `nil` matches nothing.
        var tag: PasswordTag?
        var lastSeen: Timestamp
    }

    private struct Flag: Sendable {
        let uid: FindingID
        let startTime: Timestamp
        let window: Duration
        var lastTime: Timestamp
        var passwords: Int
        var succeeded = 0
        /// Reported again at twice the last count, so that a long attack gives a handful of
        /// updates.
        var nextReport: Int
    }

    private var passwords: [Password] = []
    private var flag: Flag?
    private(set) var lastSeen = Timestamp.earliest

    func isFlagged(at now: Timestamp, _ settings: BruteForceSettings) -> Bool {
        flag.map { now - $0.lastTime < settings.flagLifetime } ?? false
    }

    func isDead(at now: Timestamp, _ settings: BruteForceSettings) -> Bool {
        now - lastSeen >= settings.longWindow && !isFlagged(at: now, settings)
    }

    mutating func fail(
        _ account: AccountID, _ attempt: SignInAttempt, at now: Timestamp,
        _ settings: BruteForceSettings
    ) -> Finding? {
        lastSeen = max(lastSeen, now)
        let fresh = remember(attempt, at: now, settings)
        guard isFlagged(at: now, settings), var flag else {
            return raiseFlag(account, attempt.source, at: now, settings)
        }
        guard fresh > 0 else { return nil }
        flag.lastTime = max(flag.lastTime, now)
        flag.passwords += fresh
        let isDue = flag.passwords >= flag.nextReport
        if isDue { flag.nextReport = flag.passwords * 2 }
        self.flag = flag
        return isDue ? finding(flag, account, attempt.source, isUpdate: true) : nil
    }

    mutating func succeed(
        _ account: AccountID, from source: SourceAddress?, at now: Timestamp,
        _ settings: BruteForceSettings
    ) -> Finding? {
        guard isFlagged(at: now, settings), var flag else { return nil }
        flag.succeeded += 1
        let isFirst = flag.succeeded == 1
        if isFirst { flag.lastTime = max(flag.lastTime, now) }
        self.flag = flag
        return isFirst ? finding(flag, account, source, isUpdate: true) : nil
    }

    /// - Returns: how many passwords were not among those remembered.
    private mutating func remember(
        _ attempt: SignInAttempt, at now: Timestamp, _ settings: BruteForceSettings
    ) -> Int {
        passwords.removeAll { now - $0.lastSeen >= settings.longWindow }
        var fresh = 0
        for tags in attempt.tags {
            let known = passwords.firstIndex { $0.tag == tags.current || $0.tag == tags.previous }
            if let known { passwords.remove(at: known) } else { fresh += 1 }
            passwords.append(Password(tag: tags.current, lastSeen: now))
        }
        if attempt.tags.isEmpty, settings.untagged == .distinct {
            fresh += attempt.count
            for _ in 0..<min(attempt.count, settings.longCount) {
                passwords.append(Password(tag: nil, lastSeen: now))
            }
        }
        passwords.removeFirst(max(0, passwords.count - settings.longCount))
        return fresh
    }

    private mutating func raiseFlag(
        _ account: AccountID, _ source: SourceAddress?, at now: Timestamp,
        _ settings: BruteForceSettings
    ) -> Finding? {
        let recent = passwords.drop { now - $0.lastSeen >= settings.shortWindow }
        let isShort = recent.count >= settings.shortCount
        guard isShort || passwords.count >= settings.longCount else { return nil }
        let counted = isShort ? recent : passwords[...]
        let startTime = counted.map(\.lastSeen).min() ?? now
        let raised = Flag(
            uid: Finding.uid(.bruteForce, .account(account), startTime: startTime),
            startTime: startTime,
            window: isShort ? settings.shortWindow : settings.longWindow, lastTime: now,
            passwords: counted.count, nextReport: counted.count * 2)
        flag = raised
        return finding(raised, account, source, isUpdate: false)
    }

    private func finding(
        _ flag: Flag, _ account: AccountID, _ source: SourceAddress?, isUpdate: Bool
    ) -> Finding {
        Finding(
            uid: flag.uid, type: .bruteForce, severity: flag.succeeded > 0 ? .critical : .medium,
            subject: .account(account), counted: .distinctPasswords(flag.passwords),
            succeeded: flag.succeeded, window: flag.window, startTime: flag.startTime,
            lastTime: flag.lastTime, source: source, isUpdate: isUpdate)
    }
}

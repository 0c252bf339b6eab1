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
    private var accounts: WatchTable<AccountID, TriedPasswords>

    package init(_ settings: BruteForceSettings = .standard) {
        self.settings = settings
        accounts = WatchTable(capacity: settings.accountsMax)
    }

    /// - Returns: at most one finding.
    package mutating func observe(_ attempt: SignInAttempt, at now: Timestamp) -> [Finding] {
        guard case .known(let account) = attempt.account else { return [] }
        var finding: Finding?
        switch attempt.outcome {
        case .unknownAccount: return []
        case .success:
            guard let slot = accounts.slot(of: account) else { return [] }
            finding = accounts[slot: slot].succeed(account, from: attempt.source, at: now)
        case .failure, .throttled:
            guard let slot = place(for: account, at: now) else {
                untracked += 1
                return []
            }
            finding = accounts[slot: slot].fail(account, attempt, at: now, settings)
        }
        return finding.map { [$0] } ?? []
    }

    /// Accounts followed now.
    package var accountCount: Int { accounts.count }

    private mutating func place(for account: AccountID, at now: Timestamp) -> Int? {
        let settings = settings
        accounts.sweep(steps: 2) { $0.isDead(at: now, settings) }
        if let slot = accounts.slot(of: account) { return slot }
        if accounts.isFull {
            let gone = accounts.takeLeast { $0.isFlagged(at: now) ? nil : $0.lastSeen }
            guard gone != nil else { return nil }
        }
        return accounts.add(TriedPasswords(), for: account)
    }
}

/// One account's passwords, those seen last at the end, and its flag.
private struct TriedPasswords: Sendable {
    private struct Password: Sendable {
        /// Under the newest hour in which it was seen; `nil` matches nothing.
        var tag: PasswordTag?
        var lastSeen: Timestamp
    }

    private var passwords: [Password] = []
    private var mark = Mark<Flag>.none
    private(set) var lastSeen = Timestamp.earliest

    func isFlagged(at now: Timestamp) -> Bool { mark.value?.isLive(at: now) ?? false }

    func isDead(at now: Timestamp, _ settings: BruteForceSettings) -> Bool {
        !lastSeen.isNear(now, within: settings.longWindow) && !isFlagged(at: now)
    }

    mutating func fail(
        _ account: AccountID, _ attempt: SignInAttempt, at now: Timestamp,
        _ settings: BruteForceSettings
    ) -> Finding? {
        lastSeen = now
        let fresh = remember(attempt, at: now, settings)
        guard var flag = mark.value, flag.isLive(at: now) else {
            return raiseFlag(account, attempt.source, at: now, settings)
        }
        guard fresh > 0 else { return nil }
        let isDue = flag.add(fresh, at: now)
        mark = .set(flag)
        return isDue ? finding(flag, account, attempt.source, isUpdate: true) : nil
    }

    mutating func succeed(
        _ account: AccountID, from source: SourceAddress?, at now: Timestamp
    ) -> Finding? {
        // The first one says it all; the owner's later ones must not keep the flag alive.
        guard var flag = mark.value, flag.isLive(at: now), flag.succeeded == 0 else { return nil }
        _ = flag.succeed(at: now)
        mark = .set(flag)
        return finding(flag, account, source, isUpdate: true)
    }

    /// - Returns: how many passwords were not among those remembered.
    private mutating func remember(
        _ attempt: SignInAttempt, at now: Timestamp, _ settings: BruteForceSettings
    ) -> Int {
        if !passwords.allSatisfy({ $0.lastSeen.isNear(now, within: settings.longWindow) }) {
            passwords.removeAll { !$0.lastSeen.isNear(now, within: settings.longWindow) }
        }
        var fresh = 0
        for tags in attempt.tags {
            let known = passwords.firstIndex { $0.tag == tags.current || $0.tag == tags.previous }
            if let known { passwords.remove(at: known) } else { fresh += 1 }
            passwords.append(Password(tag: tags.current, lastSeen: now))
        }
        let countMax = settings.rememberedMax
        if attempt.tags.isEmpty, settings.untagged == .distinct {
            fresh += attempt.count
            for _ in 0..<min(attempt.count, countMax) {
                passwords.append(Password(tag: nil, lastSeen: now))
            }
        }
        if passwords.count > countMax { passwords.removeFirst(passwords.count - countMax) }
        return fresh
    }

    private mutating func raiseFlag(
        _ account: AccountID, _ source: SourceAddress?, at now: Timestamp,
        _ settings: BruteForceSettings
    ) -> Finding? {
        guard passwords.count >= min(settings.shortCount, settings.longCount) else { return nil }
        let recent = passwords.filter { $0.lastSeen.isNear(now, within: settings.shortWindow) }
        let isShort = recent.count >= settings.shortCount
        guard isShort || passwords.count >= settings.longCount else { return nil }
        let counted = isShort ? recent : passwords
        let raised = Flag(
            .bruteForce, .account(account), startTime: counted.map(\.lastSeen).min() ?? now,
            window: isShort ? settings.shortWindow : settings.longWindow, count: counted.count,
            at: now)
        mark = .set(raised)
        return finding(raised, account, source, isUpdate: false)
    }

    private func finding(
        _ flag: Flag, _ account: AccountID, _ source: SourceAddress?, isUpdate: Bool
    ) -> Finding {
        Finding(
            flag, .bruteForce, severity: flag.succeeded > 0 ? .critical : .medium,
            subject: .account(account), counted: .distinctPasswords(flag.count), source: source,
            at: flag.lastTime, isUpdate: isUpdate)
    }
}

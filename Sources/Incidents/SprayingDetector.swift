package import Accounts

/// The thresholds of ``SprayingDetector``.
package struct SprayingSettings: Hashable, Sendable {
    /// 1 min … 1 h: a tag is known for the hour it is made in and the one after.
    package var window = Span.hours(1)
    /// 2 … 500.
    package var count = 15
    /// 1 … 100. Of the accounts tried, fewer than this have the password.
    package var successPercent = 5
    /// Passwords followed at once.
    package var tagsMax = 16_384

    package static let standard = SprayingSettings()

    package init() {}

    /// So many accounts are remembered for each password, 24 bytes each: of a password that many have,
    /// enough to see that they do.
    var accountsMax: Int { 4 * count }
}

/// Notices that one password is tried on many accounts, whoever tries it (MITRE ATT&CK T1110.003).
///
/// | seen of one password tag | finding |
/// |---|---|
/// | tried on 15 accounts in 1 h, under 5 % of them with success | high, the tag is flagged |
/// | twice as many accounts as last reported | the same finding again |
///
/// An initial password that many were given is silent: they sign in with it. Whoever then types it once
/// more out of habit signs in a moment later, and the account leaves the count: a success after a
/// failure, from the same source, was its owner. For an attacker that only takes accounts out of the
/// count, so an account of his own hides nothing.
///
/// The service's log holds no tags of right passwords, so there only failures count; a replayed file
/// may have them.
///
/// **Memory is bounded.** 16 384 tags with 60 accounts each at worst, and 1 KB more when they
/// are flagged, make 44 MB. A full table
/// lets go, of the next eight that are not flagged, of the one with the fewest accounts: a flood of
/// passwords that are tried once does not wash away one that was tried twice.
package struct SprayingDetector: Sendable {
    package let settings: SprayingSettings
    private var tags: WatchTable<PasswordTag, Sprayed>
    /// The tag that last failed on an account from a source.
    private var lastTags: WatchTable<UInt64, LastTag>

    private struct LastTag: Sendable {
        let tag: PasswordTag
        let at: Timestamp
    }

    package init(_ settings: SprayingSettings = .standard) {
        self.settings = settings
        tags = WatchTable(capacity: settings.tagsMax)
        lastTags = WatchTable(capacity: settings.tagsMax)
    }

    /// Tags followed now, for metrics.
    package var tagCount: Int { tags.count }

    /// - Returns: one finding for each tag at most; none twice under the same id.
    package mutating func observe(_ attempt: SignInAttempt, at now: Timestamp) -> [Finding] {
        let person = mixed(attempt.account.bits) ^ attempt.placeBits
        let seen = TriedAccounts.Seen(attempt.account, attempt.outcome, at: now)
        if attempt.outcome == .success { takeBack(seen, person, at: now) }
        var findings: [Finding] = []
        for pair in attempt.tags {
            let found = note(pair, seen, attempt.source, at: now)
            // Several passwords sprayed side by side can cross the threshold in one row.
            if let found, !findings.contains(where: { $0.uid == found.uid }) {
                findings.append(found)
            }
            if attempt.outcome != .success { remember(pair.current, of: person, at: now) }
        }
        return findings
    }

    private mutating func note(
        _ pair: PasswordTags, _ seen: TriedAccounts.Seen, _ source: SourceAddress?,
        at now: Timestamp
    ) -> Finding? {
        guard let slot = place(for: pair, at: now) else { return nil }
        return tags[slot: slot].note(seen, source, at: now, settings)
    }

    private mutating func place(for pair: PasswordTags, at now: Timestamp) -> Int? {
        let settings = settings
        tags.sweep(steps: 2) { $0.isDead(at: now, settings) }
        if let slot = tags.slot(of: pair.current) { return slot }
        if pair.previous != pair.current, let before = tags.remove(pair.previous) {
            // The hour is over: the same password is called otherwise now.
            return tags.add(before, for: pair.current)
        }
        if tags.isFull {
            let gone = tags.takeLeast { $0.isFlagged(at: now) ? nil : $0.weight }
            guard gone != nil else { return nil }
        }
        return tags.add(Sprayed(), for: pair.current)
    }

    private mutating func remember(_ tag: PasswordTag, of person: UInt64, at now: Timestamp) {
        let window = settings.window
        lastTags.sweep(steps: 2) { !$0.at.isNear(now, within: window) }
        if let slot = lastTags.slot(of: person) {
            lastTags[slot: slot] = LastTag(tag: tag, at: now)
            return
        }
        if lastTags.isFull { _ = lastTags.takeLeast { $0.at } }
        _ = lastTags.add(LastTag(tag: tag, at: now), for: person)
    }

    private mutating func takeBack(
        _ seen: TriedAccounts.Seen, _ person: UInt64, at now: Timestamp
    ) {
        guard let last = lastTags.remove(person), let slot = tags.slot(of: last.tag) else { return }
        tags[slot: slot].takeBack(seen)
    }
}

/// One password's accounts and its flag.
private struct Sprayed: Sendable {
    private struct Flagged: Sendable {
        var flag: Flag
        var counted = SeenFilter(bits: 8_192)
    }

    private var accounts = TriedAccounts()
    private var mark = Mark<Flagged>.none
    private var lastSeen = Timestamp.earliest

    func isFlagged(at now: Timestamp) -> Bool { mark.value?.flag.isLive(at: now) ?? false }

    func isDead(at now: Timestamp, _ settings: SprayingSettings) -> Bool {
        !lastSeen.isNear(now, within: settings.window) && !isFlagged(at: now)
    }

    /// Accounts first, then age.
    var weight: Weight { Weight(accounts: accounts.count, lastSeen: lastSeen) }

    struct Weight: Comparable {
        let accounts: Int
        let lastSeen: Timestamp

        static func < (left: Weight, right: Weight) -> Bool {
            (left.accounts, left.lastSeen) < (right.accounts, right.lastSeen)
        }
    }

    mutating func takeBack(_ seen: TriedAccounts.Seen) { accounts.remove(seen) }

    mutating func note(
        _ seen: TriedAccounts.Seen, _ source: SourceAddress?, at now: Timestamp,
        _ settings: SprayingSettings
    ) -> Finding? {
        lastSeen = now
        accounts.note(seen, within: settings.window, capacity: settings.accountsMax)
        guard isFlagged(at: now), var flagged = mark.take() else {
            return raiseFlag(source, at: now, settings)
        }
        defer { mark = .set(flagged) }
        guard flagged.counted.insert(seen.account), flagged.flag.add(1, at: now) else { return nil }
        return finding(flagged.flag, source, isUpdate: true)
    }

    private mutating func raiseFlag(
        _ source: SourceAddress?, at now: Timestamp, _ settings: SprayingSettings
    ) -> Finding? {
        guard accounts.count >= settings.count else { return nil }
        let tally = accounts.tally(at: now, within: settings.window)
        guard tally.accounts >= settings.count,
            tally.succeeded * 100 < settings.successPercent * tally.accounts
        else { return nil }
        let flag = Flag(
            .passwordSpraying, .passwordTag, startTime: tally.start, window: settings.window,
            count: tally.accounts, succeeded: tally.succeeded, at: now)
        var raised = Flagged(flag: flag)
        accounts.enter(into: &raised.counted, at: now, within: settings.window)
        mark = .set(raised)
        return finding(flag, source, isUpdate: false)
    }

    private func finding(_ flag: Flag, _ source: SourceAddress?, isUpdate: Bool) -> Finding {
        Finding(
            flag, .passwordSpraying, severity: .high, subject: .passwordTag,
            counted: .distinctAccounts(flag.count), source: source, at: flag.lastTime,
            isUpdate: isUpdate)
    }
}

extension SignInAttempt {
    /// 64 bits of the narrow source, the same for every address within it; 0 without one.
    var placeBits: UInt64 {
        guard let narrow = source?.narrow.network.bits else { return 0 }
        return mixed(UInt64(truncatingIfNeeded: narrow >> 64))
            ^ mixed(UInt64(truncatingIfNeeded: narrow) &+ 1)
    }
}

package import Accounts

/// Notices that somebody tries a list of accounts from one place (MITRE ATT&CK T1110.004).
///
/// A source is an IPv4 address or an IPv6 /64, and besides that its /24 or /48, so that whoever
/// changes addresses within a network is seen too. Of each the accounts tried are counted:
///
/// | seen from one source | finding |
/// |---|---|
/// | 20 accounts in 10 min or 50 in 24 h, of which 30 % do not exist or under 20 % were signed in to | high, the source is flagged |
/// | the same, or flagged before, and an account was signed in to | critical |
/// | twice as many accounts as last reported | the same finding again |
///
/// Ratios are of distinct accounts, so repeating one's own sign-in dilutes nothing, and a success never
/// resets a count. A network whose failures all come from one narrow source is reported as that source
/// alone: it would be the same news twice. A flag ends 24 h after the last event counted under it.
///
/// **Memory is bounded.** Each source remembers 100 accounts, 3 KB; when it is flagged, another
/// 1 KB keeps the number of accounts honest (beyond a thousand it is a lower bound). 8 192 narrow and 4 096
/// wide sources and the 512 that there are of /8 make at most 53 MB. A full table makes room by
/// letting go of the stalest of eight that are not flagged: a narrow source is counted in its network
/// already, and a network merges into its /8, which is judged by its unknown accounts alone. If all eight are flagged
/// the newcomer is counted there at once. A flagged source is never let go of.
package struct StuffingDetector: Sendable {
    package let settings: StuffingSettings
    private var narrow: WatchTable<SourcePrefix, TriedSource>
    private var wide: WatchTable<SourcePrefix, TriedSource>
    private var broad = WatchTable<SourcePrefix, TriedSource>(capacity: 512)

    package init(_ settings: StuffingSettings = .standard) {
        self.settings = settings
        narrow = WatchTable(capacity: settings.narrowMax)
        wide = WatchTable(capacity: settings.wideMax)
    }

    /// Sources followed now, for metrics.
    package var sourceCounts: (narrow: Int, wide: Int, broad: Int) {
        (narrow.count, wide.count, broad.count)
    }

    /// - Returns: at most one finding for each prefix that the source belongs to.
    package mutating func observe(_ attempt: SignInAttempt, at now: Timestamp) -> [Finding] {
        guard let source = attempt.source else { return [] }
        var findings: [Finding] = []
        let settings = settings
        let seen = TriedAccounts.Seen(
            attempt.account, attempt.outcome, place: source.placeInNetwork, at: now)
        if let slot = narrow.place(for: source.narrow, at: now, settings).slot {
            let found = narrow[slot: slot].note(
                seen, source.narrow, source, .narrow, at: now, settings)
            if let found { findings.append(found) }
        }
        let place = wide.place(for: source.wide, at: now, settings)
        if let (prefix, tried) = place.gone {
            let slot = broadSlot(prefix.network.broad)
            let found = broad[slot: slot].merge(
                tried, prefix.network.broad, source, at: now, settings)
            if let found { findings.append(found) }
        }
        if let slot = place.slot {
            let found = wide[slot: slot].note(seen, source.wide, source, .wide, at: now, settings)
            if let found { findings.append(found) }
        } else {
            let slot = broadSlot(source.broad)
            let found = broad[slot: slot].note(
                seen, source.broad, source, .broad, at: now, settings)
            if let found { findings.append(found) }
        }
        return findings
    }

    private mutating func broadSlot(_ prefix: SourcePrefix) -> Int {
        broad.slot(of: prefix) ?? broad.add(TriedSource(), for: prefix)
    }
}

/// Where a prefix stands, and who had to go for it.
private struct Place {
    /// `nil` when all that could have gone must stay.
    let slot: Int?
    var gone: (SourcePrefix, TriedSource)?
}

extension WatchTable where Key == SourcePrefix, Value == TriedSource {
    /// Sees to it that a prefix is followed, if there can be room for it.
    fileprivate mutating func place(
        for prefix: SourcePrefix, at now: Timestamp, _ settings: StuffingSettings
    ) -> Place {
        sweep(steps: 2) { $0.isDead(at: now, settings) }
        if let slot = slot(of: prefix) { return Place(slot: slot) }
        guard isFull else { return Place(slot: add(TriedSource(), for: prefix)) }
        let gone = takeLeast { $0.isFlagged(at: now) ? nil : $0.lastSeen }
        guard let gone else { return Place(slot: nil) }
        return Place(slot: add(TriedSource(), for: prefix), gone: gone)
    }
}

extension StuffingSettings {
    fileprivate func isStuffing(
        _ tally: TriedAccounts.Tally, atLeast count: Int, _ breadth: TriedSource.Breadth
    ) -> Bool {
        guard tally.accounts >= count else { return false }
        let isUnknown = tally.unknown * 100 >= unknownPercent * tally.accounts
        let isUnsuccessful = tally.succeeded * 100 < successPercent * tally.accounts
        return switch breadth {
        case .narrow: isUnknown || isUnsuccessful
        case .wide: tally.isFromSeveralPlaces && (isUnknown || isUnsuccessful)
        // What merges into it is what was quiet lately, which says nothing about success.
        case .broad: isUnknown
        }
    }
}

/// One source's accounts and its flag.
private struct TriedSource: Sendable {
    enum Breadth: Sendable {
        case narrow, wide, broad
    }

    private struct Flagged: Sendable {
        var flag: Flag
        /// Accounts counted under it; successes are kept apart by turning every bit.
        var counted = SeenFilter(bits: 8_192)
    }

    private var accounts = TriedAccounts()
    private var mark = Mark<Flagged>.none
    private(set) var lastSeen = Timestamp.earliest

    func isFlagged(at now: Timestamp) -> Bool { mark.value?.flag.isLive(at: now) ?? false }

    func isDead(at now: Timestamp, _ settings: StuffingSettings) -> Bool {
        !lastSeen.isNear(now, within: settings.longWindow) && !isFlagged(at: now)
    }

    mutating func note(
        _ seen: TriedAccounts.Seen, _ prefix: SourcePrefix, _ source: SourceAddress,
        _ breadth: Breadth, at now: Timestamp, _ settings: StuffingSettings
    ) -> Finding? {
        lastSeen = now
        accounts.note(seen, within: settings.longWindow, capacity: settings.accountsMax)
        guard isFlagged(at: now) else {
            return raiseFlag(prefix, source, breadth, at: now, settings)
        }
        return update(seen, prefix, source, at: now)
    }

    mutating func merge(
        _ other: TriedSource, _ prefix: SourcePrefix, _ source: SourceAddress, at now: Timestamp,
        _ settings: StuffingSettings
    ) -> Finding? {
        lastSeen = now
        accounts.merge(
            other.accounts, within: settings.longWindow, capacity: settings.accountsMax)
        return isFlagged(at: now) ? nil : raiseFlag(prefix, source, .broad, at: now, settings)
    }

    private mutating func raiseFlag(
        _ prefix: SourcePrefix, _ source: SourceAddress, _ breadth: Breadth, at now: Timestamp,
        _ settings: StuffingSettings
    ) -> Finding? {
        guard accounts.count >= min(settings.shortCount, settings.longCount) else { return nil }
        let short = accounts.tally(at: now, within: settings.shortWindow)
        if settings.isStuffing(short, atLeast: settings.shortCount, breadth) {
            return raiseFlag(short, settings.shortWindow, prefix, source, at: now)
        }
        guard accounts.count >= settings.longCount else { return nil }
        let long = accounts.tally(at: now, within: settings.longWindow)
        guard settings.isStuffing(long, atLeast: settings.longCount, breadth) else {
            return nil
        }
        return raiseFlag(long, settings.longWindow, prefix, source, at: now)
    }

    private mutating func raiseFlag(
        _ tally: TriedAccounts.Tally, _ window: Span, _ prefix: SourcePrefix,
        _ source: SourceAddress, at now: Timestamp
    ) -> Finding {
        let flag = Flag(
            .credentialStuffing, .source(prefix), startTime: tally.start, window: window,
            count: tally.accounts, succeeded: tally.succeeded, at: now)
        var flagged = Flagged(flag: flag)
        accounts.enter(into: &flagged.counted, at: now, within: window)
        mark = .set(flagged)
        return finding(flag, tally.unknown, prefix, source, isUpdate: false)
    }

    private mutating func update(
        _ seen: TriedAccounts.Seen, _ prefix: SourcePrefix, _ source: SourceAddress,
        at now: Timestamp
    ) -> Finding? {
        guard var flagged = mark.take() else { return nil }
        defer { mark = .set(flagged) }
        var isDue = false
        if seen.isSuccess {
            guard flagged.counted.insert(~seen.account) else { return nil }
            isDue = flagged.flag.succeed(at: now)
        }
        if flagged.counted.insert(seen.account) {
            let isCountDue = flagged.flag.add(1, at: now)
            isDue = isDue || isCountDue
        }
        return isDue ? finding(flagged.flag, nil, prefix, source, isUpdate: true) : nil
    }

    private func finding(
        _ flag: Flag, _ unknown: Int?, _ prefix: SourcePrefix, _ source: SourceAddress,
        isUpdate: Bool
    ) -> Finding {
        Finding(
            flag, .credentialStuffing, severity: flag.succeeded > 0 ? .critical : .high,
            subject: .source(prefix), counted: .distinctAccounts(flag.count), unknown: unknown,
            source: source, at: flag.lastTime, isUpdate: isUpdate)
    }
}

package import Accounts

/// Notices guessing that is spread so thin that no source and no account stands out: all failures
/// together against what is usual here (MITRE ATT&CK T1110).
///
/// | seen of all sources together | finding, about `source/::/0` |
/// |---|---|
/// | 200 failures in 10 min, more than 5 times the baseline | medium |
/// | 1 000 in 24 h from 100 sources, more than 3 times the baseline | medium |
/// | twice as many as last reported | the same finding again |
///
/// A failure is one password tried on one account from one narrow source; that it is tried again in
/// this hour or the next, as a stale client does, adds nothing. The baselines are the mean of the last
/// 24 h, and the day before, raised in the measure in which more people sign in (``SignInBaseline``).
///
/// **An outage or a release is silent.** After a release failures grow as sign-ins do. In an outage
/// sign-ins turn into failures: while, over the span of the last 100 failures, less than half as many
/// signed in as did in the two hours before, and it is not unknown accounts that fail, the failures
/// are put down to that. Guessing adds to what is usual and takes nothing away from it.
///
/// **Memory is bounded**: times of up to 262 144 failures of a day and of 65 536 each of four
/// kinds of 10 min, 4.2 MB; filters of 0.3 MB; 1 024 sources.
package struct GuessingDetector: Sendable {
    package let settings: GuessingSettings
    private var baseline: SignInBaseline
    /// Failures by account, source and tag, of this hour and the one before.
    private var tried: [SeenFilter]
    private var triedHour: Int64 = .min
    /// Accounts signed in to in this bucket.
    private var signedIn: SeenFilter
    /// Every failure, and those that no outage explains.
    private var failures: SlidingCount
    private var guesses: SlidingCount
    private var unknown: SlidingCount
    private var signIns: SlidingCount
    private var guessesOfDay: SlidingCount
    private var sources: WatchTable<SourcePrefix, Timestamp>
    private var flag: Flag?

    package init(_ settings: GuessingSettings = .standard) {
        self.settings = settings
        baseline = SignInBaseline(settings)
        tried = [SeenFilter(bits: 1 << 20), SeenFilter(bits: 1 << 20)]
        signedIn = SeenFilter(bits: 1 << 17)
        let short = SlidingCount(window: settings.shortWindow, capacity: 65_536)
        (failures, guesses, unknown, signIns) = (short, short, short, short)
        guessesOfDay = SlidingCount(window: settings.longWindow, capacity: 262_144)
        sources = WatchTable(capacity: max(1_024, settings.sources))
    }

    /// - Returns: at most one finding.
    package mutating func observe(_ attempt: SignInAttempt, at now: Timestamp) -> [Finding] {
        if baseline.advance(to: now) { signedIn.removeAll() }
        if attempt.outcome == .success {
            if signedIn.insert(attempt.account.bits) {
                baseline.addSignIn()
                signIns.add(at: now)
            }
            return []
        }
        let fresh = freshFailures(attempt, at: now)
        guard fresh > 0 else { return [] }
        failures.add(fresh, at: now)
        if !attempt.account.isKnown { unknown.add(fresh, at: now) }
        guard !isOutage(at: now) else { return [] }
        baseline.addFailures(fresh)
        guesses.add(fresh, at: now)
        guessesOfDay.add(fresh, at: now)
        noteSource(attempt.source, at: now)
        guard let window = guessing(at: now) else { return [] }
        return report(window, fresh, attempt.source, at: now).map { [$0] } ?? []
    }

    /// How many passwords of an attempt were not tried on this account from there lately.
    private mutating func freshFailures(_ attempt: SignInAttempt, at now: Timestamp) -> Int {
        let person = mixed(attempt.account.bits) ^ attempt.placeBits
        rotateTried(at: now)
        if attempt.tags.isEmpty {
            if settings.untagged == .distinct { return attempt.count }
            // Of a failure whose tag was nulled: once in each bucket.
            let key = mixed(person ^ UInt64(bitPattern: baseline.bucket(of: now)))
            return isNew(key, key) ? 1 : 0
        }
        var fresh = 0
        for tags in attempt.tags {
            let current = mixed(person ^ mixed(tags.current.value))
            let previous = mixed(person ^ mixed(tags.previous.value))
            if isNew(current, previous) { fresh += 1 }
        }
        return fresh
    }

    private mutating func isNew(_ current: UInt64, _ previous: UInt64) -> Bool {
        let isKnown =
            tried[1].contains(current) || tried[1].contains(previous)
            || (previous != current && tried[0].contains(previous))
        let isNew = tried[0].insert(current)
        return isNew && !isKnown
    }

    private mutating func rotateTried(at now: Timestamp) {
        let hour = now.seconds / 3_600
        guard hour != triedHour else { return }
        // One that comes late from the hour before is looked for in both all the same.
        guard hour > triedHour || triedHour - hour > 1 else { return }
        tried.swapAt(0, 1)
        tried[0].removeAll()
        if hour != triedHour + 1 { tried[1].removeAll() }
        triedHour = hour
    }

    private mutating func noteSource(_ source: SourceAddress?, at now: Timestamp) {
        guard let narrow = source?.narrow else { return }
        let window = settings.longWindow
        sources.sweep(steps: 2) { !$0.isNear(now, within: window) }
        if let slot = sources.slot(of: narrow) {
            sources[slot: slot] = now
            return
        }
        if sources.isFull { _ = sources.takeLeast { $0 } }
        _ = sources.add(now, for: narrow)
    }

    /// Sources of the last 24 h, up to the table's capacity; exactly until it is reported.
    private mutating func sourceCount(at now: Timestamp) -> Int {
        // Once it is known that there are enough, the number of those in the table will do.
        guard sources.count >= settings.sources, flag?.isLive(at: now) != true else {
            return sources.count
        }
        let window = settings.longWindow
        sources.sweep(steps: sources.count) { !$0.isNear(now, within: window) }
        return sources.count
    }

    private mutating func isOutage(at now: Timestamp) -> Bool {
        guard let since = failures.time(ofLast: max(2, settings.shortCount / 2)) else {
            return false
        }
        let unknownCount = unknown.count(at: now)
        let isUnknown = unknownCount * 100 >= settings.unknownPercent * failures.count(at: now)
        let expected = baseline.expectedSignIns(within: now - since)
        // Under eight expected, none at all happens by chance.
        guard !isUnknown, expected >= 8 else { return false }
        return signIns.count(after: since) * 2 < expected
    }

    /// The window in which guessing shows now.
    private mutating func guessing(at now: Timestamp) -> Span? {
        let recent = guesses.count(at: now)
        if recent >= settings.shortCount {
            let expected = baseline.expectedFailures(signIns: signIns.count(at: now))
            if recent > settings.shortFactor * expected { return settings.shortWindow }
        }
        let ofDay = dayCount(at: now)
        guard ofDay >= settings.longCount,
            ofDay > settings.longFactor * baseline.expectedFailuresToday,
            sourceCount(at: now) >= settings.sources
        else { return nil }
        return settings.longWindow
    }

    private mutating func dayCount(at now: Timestamp) -> Int {
        let count = guessesOfDay.count(at: now)
        return guessesOfDay.isFull ? max(count, baseline.failuresToday) : count
    }

    private mutating func report(
        _ window: Span, _ fresh: Int, _ source: SourceAddress?, at now: Timestamp
    ) -> Finding? {
        if var live = flag, live.isLive(at: now) {
            let isDue = live.add(fresh, at: now)
            flag = live
            return isDue ? finding(live, source, isUpdate: true, at: now) : nil
        }
        let isShort = window == settings.shortWindow
        let count = isShort ? guesses.count(at: now) : dayCount(at: now)
        let start = isShort ? guesses.first : guessesOfDay.first
        let raised = Flag(
            .distributedGuessing, .source(.everywhere), startTime: start ?? now, window: window,
            count: count, at: now)
        flag = raised
        return finding(raised, source, isUpdate: false, at: now)
    }

    private mutating func finding(
        _ flag: Flag, _ source: SourceAddress?, isUpdate: Bool, at now: Timestamp
    ) -> Finding {
        Finding(
            flag, .distributedGuessing, severity: .medium, subject: .source(.everywhere),
            counted: .attempts(flag.count), sources: sourceCount(at: now), source: source,
            at: now, isUpdate: isUpdate)
    }
}

import Accounts

/// The accounts that were last tried in one place: a source, or with one password.
///
/// Holds at most a given number of accounts, 24 bytes each; one more takes the place of the one that
/// was not seen for longest. As long as fewer were tried within the window, counts are exact; of more,
/// the last so many are counted.
struct TriedAccounts: Sendable {
    /// One attempt as it is remembered.
    struct Seen: Sendable {
        let account: UInt64
        let isUnknown: Bool
        let isSuccess: Bool
        /// Which of several places it came from.
        let place: UInt16
        let at: Int64

        init(
            _ account: AttemptedAccount, _ outcome: SignInOutcome, place: UInt16 = 0,
            at now: Timestamp
        ) {
            // Every bit of the id counts, and 46 are enough to tell a hundred accounts apart.
            self.account = mixed(account.bits) >> 18
            // Of a refused attempt the log says by its account whether there is one.
            isUnknown = !account.isKnown
            isSuccess = outcome == .success
            self.place = place
            at = now.microseconds
        }
    }

    /// What was tried within a window.
    struct Tally: Sendable {
        var accounts = 0
        var unknown = 0
        var succeeded = 0
        /// Whether attempts failed in more than one place.
        var isFromSeveralPlaces = false
        /// When the account was seen that was not seen for longest.
        var start = Timestamp.latest
    }

    fileprivate struct Entry: Sendable {
        /// From the top: 46 bits of the account, whether it is unknown, whether an attempt on it
        /// failed, and 16 bits of the place where one did.
        private var identity: UInt64
        var lastSeen: Int64
        var lastSuccess = Int64.min

        init(_ seen: Seen) {
            identity = seen.account << 18 | (seen.isUnknown ? 1 << 17 : 0)
            lastSeen = seen.at
            note(seen)
        }

        var account: UInt64 { identity >> 18 }
        var isUnknown: Bool { identity & 1 << 17 != 0 }
        var hasFailed: Bool { identity & 1 << 16 != 0 }
        var place: UInt16 { UInt16(truncatingIfNeeded: identity) }

        mutating func note(_ seen: Seen) {
            lastSeen = seen.at
            if seen.isSuccess {
                lastSuccess = seen.at
            } else {
                identity = identity & ~0x1_FFFF | 1 << 16 | UInt64(seen.place)
            }
        }

        mutating func absorb(_ other: Entry) {
            lastSeen = max(lastSeen, other.lastSeen)
            lastSuccess = max(lastSuccess, other.lastSuccess)
            if !hasFailed { identity = other.identity }
        }
    }

    private var entries: [Entry] = []

    var count: Int { entries.count }

    /// - Parameters:
    ///   - window: what is older goes first.
    ///   - capacity: 1 or more.
    mutating func note(_ seen: Seen, within window: Span, capacity: Int) {
        if let known = entries.firstIndex(where: { $0.account == seen.account }) {
            entries[known].note(seen)
            return
        }
        makeRoom(at: seen.at, window: window.microseconds, capacity: capacity)
        entries.append(Entry(seen))
    }

    mutating func remove(_ seen: Seen) {
        entries.removeAll { $0.account == seen.account }
    }

    /// Takes over what another place has seen.
    mutating func merge(_ other: TriedAccounts, within window: Span, capacity: Int) {
        let window = window.microseconds
        for entry in other.entries {
            if let known = entries.firstIndex(where: { $0.account == entry.account }) {
                entries[known].absorb(entry)
            } else {
                makeRoom(at: entry.lastSeen, window: window, capacity: capacity)
                entries.append(entry)
            }
        }
    }

    func tally(at now: Timestamp, within window: Span) -> Tally {
        let (now, window) = (now.microseconds, window.microseconds)
        var tally = Tally()
        var start = Int64.max
        var place: UInt16?
        for entry in entries where isNear(entry.lastSeen, now, window) {
            tally.accounts += 1
            start = min(start, entry.lastSeen)
            if entry.isUnknown { tally.unknown += 1 }
            if isNear(entry.lastSuccess, now, window) { tally.succeeded += 1 }
            if entry.hasFailed {
                if let place, place != entry.place { tally.isFromSeveralPlaces = true }
                place = entry.place
            }
        }
        tally.start = Timestamp(microseconds: start)
        return tally
    }

    /// Marks what a tally counts; successes are marked with every bit turned.
    func enter(into filter: inout SeenFilter, at now: Timestamp, within window: Span) {
        let (now, window) = (now.microseconds, window.microseconds)
        for entry in entries where isNear(entry.lastSeen, now, window) {
            _ = filter.insert(entry.account)
            if isNear(entry.lastSuccess, now, window) { _ = filter.insert(~entry.account) }
        }
    }

    private mutating func makeRoom(at now: Int64, window: Int64, capacity: Int) {
        var stalest = 0
        var index = 0
        while index < entries.count {
            guard isNear(entries[index].lastSeen, now, window) else {
                entries.swapAt(index, entries.count - 1)
                entries.removeLast()
                continue
            }
            if entries[index].lastSeen < entries[stalest].lastSeen { stalest = index }
            index += 1
        }
        if entries.count >= capacity { entries.remove(at: min(stalest, entries.count - 1)) }
    }
}

/// ``Timestamp/isNear(_:within:)`` on bare microseconds. `Int64.min` is never near.
private func isNear(_ time: Int64, _ now: Int64, _ window: Int64) -> Bool {
    time > now - window && time < now + window
}

/// When the counted attempts of one sliding window happened, oldest first.
///
/// **When the clock goes backwards**, stamps that now lie in the future are pulled back to now.
/// They still count, so turning the clock back opens no gate; and they expire one window after now,
/// so a clock that was wrong by years locks nobody out for years. A clock that jumps *forward* lets
/// stamps expire early: without a second clock nothing can tell that from time passing.
struct AttemptStamps: Hashable, Sendable {
    private(set) var stamps: [Timestamp] = []

    init() {}

    /// - Returns: `nil` unless in order.
    init?(ordered stamps: [Timestamp]) {
        guard zip(stamps, stamps.dropFirst()).allSatisfy({ $0 <= $1 }) else { return nil }
        self.stamps = stamps
    }

    var last: Timestamp? { stamps.last }
    var isEmpty: Bool { stamps.isEmpty }

    /// Forgets what is `window` old or older, and pulls back what lies in the future. The window is
    /// half open: an attempt exactly `window` ago no longer counts.
    mutating func settle(at now: Timestamp, window: Duration) {
        var index = stamps.count - 1
        while index >= 0, stamps[index] > now {
            stamps[index] = now
            index -= 1
        }
        let expired = stamps.prefix { now - $0 >= window }.count
        if expired > 0 { stamps.removeFirst(expired) }
    }

    /// - Returns: `nil` when another attempt fits, else when the first will. Settle before.
    func firstFree(limit: Int, window: Duration) -> Timestamp? {
        stamps.count < limit ? nil : stamps[stamps.count - limit] + window
    }

    /// `now` is not before the last stamp: settle before.
    mutating func record(at now: Timestamp) {
        stamps.append(now)
    }

    /// Removes one attempt made at exactly this time. One that is not there (pulled back since, or
    /// expired) stays uncounted for: the mistake is a failure too many, never one too few.
    ///
    /// - Returns: whether there was one.
    @discardableResult
    mutating func takeBack(_ stamp: Timestamp) -> Bool {
        guard let index = stamps.lastIndex(of: stamp) else { return false }
        stamps.remove(at: index)
        return true
    }
}

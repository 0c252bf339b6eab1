import Accounts

/// What a detector remembers of a thing it has reported, so that more of the same updates one finding
/// instead of making others.
struct Flag: Sendable {
    let uid: FindingID
    let startTime: Timestamp
    /// In which so much was seen as to report it.
    let window: Duration
    /// The last event that was counted.
    private(set) var lastTime: Timestamp
    private(set) var count: Int
    private(set) var succeeded: Int
    /// Reported again at twice the last count, so that a long attack gives a handful of updates.
    private var nextCount: Int
    private var nextSucceeded: Int

    /// Flags last this long after their last event.
    static let lifetime = Span.hours(24)

    init(
        _ type: EventType, _ subject: Subject, startTime: Timestamp, window: Span, count: Int,
        succeeded: Int = 0, at now: Timestamp
    ) {
        uid = Finding.uid(type, subject, startTime: startTime)
        self.startTime = startTime
        self.window = window.duration
        lastTime = now
        self.count = count
        self.succeeded = succeeded
        nextCount = count * 2
        nextSucceeded = max(1, succeeded * 2)
    }

    func isLive(at now: Timestamp) -> Bool { lastTime.isNear(now, within: Self.lifetime) }

    /// - Parameter fresh: 1 or more.
    /// - Returns: whether it is time to report again.
    mutating func add(_ fresh: Int, at now: Timestamp) -> Bool {
        lastTime = now
        let (sum, overflow) = count.addingReportingOverflow(fresh)
        count = overflow ? .max / 2 : min(sum, .max / 2)
        guard count >= nextCount else { return false }
        nextCount = count * 2
        return true
    }

    /// - Returns: whether it is time to report: at the first success, the second, the fourth, …
    mutating func succeed(at now: Timestamp) -> Bool {
        lastTime = now
        succeeded += 1
        guard succeeded >= nextSucceeded else { return false }
        nextSucceeded = succeeded * 2
        return true
    }
}

/// A flag, or most often none, in the 8 bytes of a reference: tables hold many things and flag few.
indirect enum Mark<Value: Sendable>: Sendable {
    case none
    case set(Value)

    var value: Value? {
        if case .set(let value) = self { value } else { nil }
    }

    /// Hands the value out to be changed and put back.
    mutating func take() -> Value? {
        defer { self = .none }
        return value
    }
}

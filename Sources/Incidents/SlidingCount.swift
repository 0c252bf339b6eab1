import Accounts

/// How often something happened within the last so long, exactly.
///
/// Holds one time for each, 8 bytes, and at most `capacity` of them; when there are more the oldest go,
/// and the count says at least so many.
struct SlidingCount: Sendable {
    private let window: Int64
    private let capacity: Int
    /// In order.
    private var times: [Int64] = []
    private var head = 0

    init(window: Span, capacity: Int) {
        self.window = window.microseconds
        self.capacity = capacity
    }

    var isFull: Bool { times.count - head >= capacity }

    /// What comes late counts as if it came with the one before it. After a clock was put back by more
    /// than the window, what it stamped before no longer counts.
    mutating func add(_ count: Int = 1, at now: Timestamp) {
        var time = now.microseconds
        if let last = times.last {
            if time <= last - window {
                times.removeAll()
                head = 0
            }
            time = max(time, times.last ?? time)
        }
        for _ in 0..<min(count, capacity) { times.append(time) }
        head = max(head, times.count - capacity)
        if head > 1_024, head * 2 > times.count {
            times.removeFirst(head)
            head = 0
        }
    }

    mutating func count(at now: Timestamp) -> Int {
        let end = now.microseconds - window
        while head < times.count, times[head] <= end { head += 1 }
        return times.count - head
    }

    /// When the oldest of them happened.
    var first: Timestamp? {
        head < times.count ? Timestamp(microseconds: times[head]) : nil
    }

    /// When the last but `count - 1` of them happened; `nil` when there are fewer.
    func time(ofLast count: Int) -> Timestamp? {
        times.count - head >= count ? Timestamp(microseconds: times[times.count - count]) : nil
    }

    /// How many happened after a time.
    func count(after time: Timestamp) -> Int {
        var low = head
        var high = times.count
        while low < high {
            let middle = (low + high) / 2
            if times[middle] <= time.microseconds { low = middle + 1 } else { high = middle }
        }
        return times.count - low
    }
}

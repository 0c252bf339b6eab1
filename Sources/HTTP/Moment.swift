import Glibc

/// A point on the monotonic clock, which no change of the wall clock moves.
struct Moment: Comparable, Sendable {
    /// Since the system started.
    let nanoseconds: UInt64

    static var now: Moment {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Moment(nanoseconds: UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec))
    }

    static func < (left: Moment, right: Moment) -> Bool { left.nanoseconds < right.nanoseconds }

    func elapsed(until end: Moment) -> Duration {
        .nanoseconds(Int64(bitPattern: end.nanoseconds &- nanoseconds))
    }
}

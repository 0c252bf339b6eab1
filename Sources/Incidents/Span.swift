import Accounts

/// A length of time in whole microseconds, as detectors compare thousands of: `Duration` counts in
/// 128 bits.
package struct Span: Hashable, Sendable {
    package let microseconds: Int64

    package static func minutes(_ count: Int64) -> Span { Span(microseconds: count * 60_000_000) }
    package static func hours(_ count: Int64) -> Span { minutes(count * 60) }

    package var duration: Duration { .microseconds(microseconds) }
}

extension Timestamp {
    /// Whether less than `span` lies between this time and another, in either direction.
    ///
    /// Windows are half open: what happened exactly `span` ago is over. They look both ways, because
    /// rows of the log may come late by seconds, and because after a clock was put back what it
    /// stamped before must not count until it catches up.
    func isNear(_ now: Timestamp, within span: Span) -> Bool {
        let age = now.microseconds - microseconds
        return age < span.microseconds && age > -span.microseconds
    }
}

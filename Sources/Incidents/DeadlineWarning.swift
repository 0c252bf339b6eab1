import Accounts

/// How urgent the notification is; each is told once. The raw value grows, so that one which was
/// told is never told again, whatever the clock does.
package enum DeadlineWarning: Int, CaseIterable, Hashable, Comparable, Sendable {
    case hours48 = 1
    case hours24
    case hours4
    /// The deadline is over.
    case missed

    package var hoursLeft: Int64 {
        switch self {
        case .hours48: 48
        case .hours24: 24
        case .hours4: 4
        case .missed: 0
        }
    }

    package static func < (left: DeadlineWarning, right: DeadlineWarning) -> Bool {
        left.rawValue < right.rawValue
    }

    /// The first microsecond in which it is due. At the deadline exactly nothing is missed yet.
    func dueAt(_ deadline: Timestamp) -> Timestamp {
        self == .missed ? deadline + .microseconds(1) : deadline - .hours(hoursLeft)
    }

    /// Whether there is such a warning under a limit: with 24 hours in all, “24 hours left” is no news.
    func exists(under limit: BreachNotificationLimit) -> Bool { hoursLeft < limit.hours }

    package var type: EventType { self == .missed ? .deadlineMissed : .deadlineApproaching }
}

package import Passwords

/// Who is asking, as far as the throttle cares. Each class has a budget of its own for every
/// identifier, so that strangers guessing at an account do not lock its owner out.
package enum ClientClass: String, CaseIterable, Hashable, Sendable {
    case stranger
    /// Shows a valid device token of this very account.
    case device
}

/// How long a client waits after failures and how many it has in a day.
///
/// Source of the figures: CNIL, délibération 2022-100, access restriction. One of its measures is a
/// delay that grows, more than one minute after five failures, with at most 25 failures in 24
/// hours.
package struct ThrottleSchedule: Hashable, Sendable {
    /// 0 … 9. So many failures in a row cost no wait; the next one does.
    package let freeFailures: Int
    /// 1 s … 24 h, after failure `freeFailures + 1`; doubles with each further one.
    package let firstDelay: Duration
    /// Where doubling ends; `firstDelay` … 24 h.
    package let delayMax: Duration
    /// 1 … 25 in any 24 hours.
    package let strangerFailures: Int
    /// 1 … 25 in any 24 hours, all devices of an account together.
    package let deviceFailures: Int

    /// The window of the daily budget is the CNIL's, not a setting.
    package static let window = Duration.hours(24)

    /// No wait for four failures, 90 s after the fifth, doubling up to 2 h; 15 + 10 failures a day.
    ///
    /// 90 s is more than the minute asked for, with room for clocks that differ; 2 h keeps a locked
    /// out owner's wait within a working day; the split leaves a typing owner ten tries.
    package static let cnil = ThrottleSchedule(
        freeFailures: 4, firstDelay: .seconds(90), delayMax: .hours(2),
        checkedStrangerFailures: 15, deviceFailures: 10)

    /// For accounts of which somebody may know more than they should: half the failures a day, and a
    /// wait from the third on. Stricter than ``cnil`` in every figure, for a day.
    package static let tightened = ThrottleSchedule(
        freeFailures: 2, firstDelay: .seconds(90), delayMax: .hours(2),
        checkedStrangerFailures: 7, deviceFailures: 5)

    /// How long ``tightened`` holds: as long as failures are counted.
    package static let tightenedFor = window

    package init(
        freeFailures: Int, firstDelay: Duration, delayMax: Duration,
        strangerFailures: Int, deviceFailures: Int
    ) throws(ThrottleScheduleError) {
        guard (0...9).contains(freeFailures) else { throw .freeFailures }
        guard (.seconds(1)...Self.window).contains(firstDelay) else { throw .firstDelay }
        guard (firstDelay...Self.window).contains(delayMax) else { throw .delayMax }
        guard (1...25).contains(strangerFailures) else { throw .strangerFailures }
        guard (1...25).contains(deviceFailures) else { throw .deviceFailures }
        self.init(
            freeFailures: freeFailures, firstDelay: firstDelay, delayMax: delayMax,
            checkedStrangerFailures: strangerFailures, deviceFailures: deviceFailures)
    }

    private init(
        freeFailures: Int, firstDelay: Duration, delayMax: Duration,
        checkedStrangerFailures: Int, deviceFailures: Int
    ) {
        self.freeFailures = freeFailures
        self.firstDelay = firstDelay
        self.delayMax = delayMax
        strangerFailures = checkedStrangerFailures
        self.deviceFailures = deviceFailures
    }

    /// The wait after `failures` in a row, counted from the last.
    package func delay(afterFailures failures: Int) -> Duration {
        guard failures > freeFailures else { return .zero }
        var delay = firstDelay
        for _ in 0..<(failures - freeFailures - 1) {
            guard delay < delayMax else { break }
            delay *= 2
        }
        return min(delay, delayMax)
    }

    package func failuresPerDay(_ client: ClientClass) -> Int {
        switch client {
        case .stranger: strangerFailures
        case .device: deviceFailures
        }
    }

    /// These figures as the CNIL's text asks for them, of both classes of clients together.
    package var restriction: AccessRestriction {
        AccessRestriction(
            firstDelay: delay(afterFailures: freeFailures + 1),
            delayAfterFiveFailures: delay(afterFailures: 5), delayMax: delay(afterFailures: 25),
            failuresPerDay: strangerFailures + deviceFailures)
    }

    /// Whether a password rule that leans on access restriction (the CNIL's case 2, 50 bits) is
    /// lawful with this schedule. Without a schedule it never is.
    package var meetsCNIL: Bool { restriction.meetsCNIL }
}

/// The setting that is out of range.
package enum ThrottleScheduleError: Error, Equatable, Sendable {
    case freeFailures, firstDelay, delayMax, strangerFailures, deviceFailures
}

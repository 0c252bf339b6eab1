/// How guessing is slowed down, in the figures that the CNIL names for its case 2.
///
/// Source: CNIL, délibération n° 2022-100 of 21 July 2022, case 2: one of the accepted measures is a
/// delay before the next attempt that grows, more than one minute after 5 failures, with at most
/// 25 failures in 24 hours.
package struct AccessRestriction: Equatable, Sendable {
    package let firstDelay: Duration
    package let delayAfterFiveFailures: Duration
    package let delayMax: Duration
    /// Failures in any 24 hours, of all clients of an account together.
    package let failuresPerDay: Int

    package init(
        firstDelay: Duration, delayAfterFiveFailures: Duration, delayMax: Duration,
        failuresPerDay: Int
    ) {
        self.firstDelay = firstDelay
        self.delayAfterFiveFailures = delayAfterFiveFailures
        self.delayMax = delayMax
        self.failuresPerDay = failuresPerDay
    }

    /// One of our figures, with the CNIL's beside it.
    package struct Evidence: Equatable, Sendable {
        package let isMet: Bool
        /// `90 s after 5 failures (CNIL: more than 60 s)`
        package let text: String
    }

    package var evidence: [Evidence] {
        [
            Evidence(
                isMet: delayAfterFiveFailures > .seconds(60),
                text: "\(seconds(delayAfterFiveFailures)) after 5 failures (CNIL: more than 60 s)"),
            Evidence(
                isMet: delayMax > firstDelay,
                text: "growing up to \(seconds(delayMax)) (CNIL: growing)"),
            Evidence(
                isMet: failuresPerDay <= 25,
                text: "\(failuresPerDay) failures in 24 h (CNIL: at most 25)"),
        ]
    }

    package var meetsCNIL: Bool { evidence.allSatisfy(\.isMet) }

    private func seconds(_ duration: Duration) -> String { "\(duration.components.seconds) s" }
}

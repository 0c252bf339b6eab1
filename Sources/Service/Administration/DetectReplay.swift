import Accounts
package import Incidents

/// Runs the detectors over the lines of a file, on the file's own clock.
package struct DetectReplay: Sendable {
    private var detectors: Detectors
    /// Lines that were events.
    package private(set) var events = 0

    /// What one finding is printed as.
    package struct Line: Equatable, Sendable {
        package let time: String
        package let detector: String
        package let severity: String
        package let subject: String
        package let count: Int

        /// `{"time","detector","severity","subject","count"}`
        package var json: String {
            let value: JSONValue = [
                "time": .string(time), "detector": .string(detector),
                "severity": .string(severity), "subject": .string(subject),
                "count": .integer(Int64(count)),
            ]
            return String(decoding: value.bytes, as: UTF8.self)
        }
    }

    package init(_ settings: DetectorSettings) {
        detectors = Detectors(settings.replaying)
    }

    /// - Returns: what the event gave.
    package mutating func take(_ line: SignInLine) -> [Line] {
        events += 1
        return detectors.observe(line.attempt, at: line.time).map { finding in
            // Only a finding about this event's own account names an account.
            let subject =
                if case .account = finding.subject { "account/" + line.account } else {
                    finding.subject.text
                }
            return Line(
                time: finding.lastTime.rfc3339(.milliseconds), detector: finding.detector,
                severity: finding.severity.rawValue, subject: subject, count: finding.count)
        }
    }
}

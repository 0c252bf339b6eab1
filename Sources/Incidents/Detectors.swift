package import Accounts

/// The thresholds of every detector.
package struct DetectorSettings: Hashable, Sendable {
    package var bruteForce = BruteForceSettings.standard
    package var spraying = SprayingSettings.standard
    package var stuffing = StuffingSettings.standard
    package var guessing = GuessingSettings.standard
    package var leakedPassword = LeakedPasswordSettings.standard

    package static let standard = DetectorSettings()

    package init() {}

    /// For replaying a file, where a failure without a tag is another password.
    package var replaying: DetectorSettings {
        var settings = self
        settings.bruteForce.untagged = .distinct
        settings.guessing.untagged = .distinct
        return settings
    }
}

/// All detectors that fold sign-ins, as one fold: the same attempts in the same order give the same
/// findings, on every node, in a replay, and after they were rebuilt from the log.
///
/// | detector | memory at worst |
/// |---|---|
/// | ``BruteForceDetector`` | 34 MB |
/// | ``SprayingDetector`` | 44 MB |
/// | ``StuffingDetector`` | 53 MB |
/// | ``GuessingDetector`` | 5 MB |
/// | ``LeakedPasswordDetector``, ``CanaryDetector`` | 2 MB |
///
/// Together 138 MB with the standard settings, whatever comes, and what the allocator adds: 145 MiB were
/// measured with every table full and everything in it flagged (`bench detection`). A usual day takes
/// 10.
package struct Detectors: Sendable {
    package private(set) var bruteForce: BruteForceDetector
    package private(set) var spraying: SprayingDetector
    package private(set) var stuffing: StuffingDetector
    package private(set) var guessing: GuessingDetector
    package private(set) var leakedPassword: LeakedPasswordDetector
    package private(set) var canary = CanaryDetector()

    /// How much of the log a rebuild needs: the longest window, and a flag or a baseline before it.
    package static let history = Duration.hours(48)

    package init(_ settings: DetectorSettings = .standard) {
        bruteForce = BruteForceDetector(settings.bruteForce)
        spraying = SprayingDetector(settings.spraying)
        stuffing = StuffingDetector(settings.stuffing)
        guessing = GuessingDetector(settings.guessing)
        leakedPassword = LeakedPasswordDetector(settings.leakedPassword)
    }

    /// - Returns: what this attempt gave, in the order of the table above.
    package mutating func observe(_ attempt: SignInAttempt, at now: Timestamp) -> [Finding] {
        var findings = bruteForce.observe(attempt, at: now)
        findings += spraying.observe(attempt, at: now)
        findings += stuffing.observe(attempt, at: now)
        findings += guessing.observe(attempt, at: now)
        findings += leakedPassword.observe(attempt, at: now)
        findings += canary.observe(attempt, at: now)
        return findings
    }
}

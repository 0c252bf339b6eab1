import Accounts
import Incidents

extension Setting {
    /// The thresholds of the detectors: what each counts, and within which time.
    static let detection: [Setting] =
        [
            Setting(
                name: "detection.brute_force.short_minutes",
                kind: .integer(1...1_440, unit: "minutes") {
                    $1.detection.bruteForce.shortWindow = .minutes(Int64($0))
                }),
            Setting(
                name: "detection.brute_force.short_passwords",
                kind: .integer(2...500, unit: "passwords") {
                    $1.detection.bruteForce.shortCount = $0
                }),
            Setting(
                name: "detection.brute_force.day_passwords",
                kind: .integer(2...500, unit: "passwords") {
                    $1.detection.bruteForce.longCount = $0
                }),
            Setting(
                name: "detection.password_spraying.minutes",
                kind: .integer(1...60, unit: "minutes") {
                    $1.detection.spraying.window = .minutes(Int64($0))
                }),
            Setting(
                name: "detection.password_spraying.accounts",
                kind: .integer(2...500, unit: "accounts") { $1.detection.spraying.count = $0 }),
            Setting(
                name: "detection.password_spraying.success_percent",
                kind: .integer(1...100, unit: "per cent") {
                    $1.detection.spraying.successPercent = $0
                }),
        ] + stuffing + guessing + [
            Setting(
                name: "detection.leaked_password.minutes",
                kind: .integer(1...1_440, unit: "minutes") {
                    $1.detection.leakedPassword.window = .minutes(Int64($0))
                }),
            Setting(
                name: "detection.leaked_password.accounts",
                kind: .integer(2...500, unit: "accounts") { $1.detection.leakedPassword.count = $0 }
            ),
        ]

    private static let stuffing: [Setting] = [
        Setting(
            name: "detection.credential_stuffing.short_minutes",
            kind: .integer(1...1_440, unit: "minutes") {
                $1.detection.stuffing.shortWindow = .minutes(Int64($0))
            }),
        Setting(
            name: "detection.credential_stuffing.short_accounts",
            kind: .integer(2...500, unit: "accounts") { $1.detection.stuffing.shortCount = $0 }),
        Setting(
            name: "detection.credential_stuffing.day_accounts",
            kind: .integer(2...500, unit: "accounts") { $1.detection.stuffing.longCount = $0 }),
        Setting(
            name: "detection.credential_stuffing.unknown_percent",
            kind: .integer(1...100, unit: "per cent") {
                $1.detection.stuffing.unknownPercent = $0
            }),
        Setting(
            name: "detection.credential_stuffing.success_percent",
            kind: .integer(1...100, unit: "per cent") {
                $1.detection.stuffing.successPercent = $0
            }),
    ]

    private static let guessing: [Setting] = [
        Setting(
            name: "detection.distributed_guessing.short_minutes",
            kind: .integer(5...60, unit: "minutes") {
                $1.detection.guessing.shortWindow = .minutes(Int64($0))
            }),
        Setting(
            name: "detection.distributed_guessing.short_failures",
            kind: .integer(10...60_000, unit: "failures") { $1.detection.guessing.shortCount = $0 }
        ),
        Setting(
            name: "detection.distributed_guessing.short_factor",
            kind: .integer(2...100, unit: "times the baseline") {
                $1.detection.guessing.shortFactor = $0
            }),
        Setting(
            name: "detection.distributed_guessing.day_failures",
            kind: .integer(10...200_000, unit: "failures") { $1.detection.guessing.longCount = $0 }
        ),
        Setting(
            name: "detection.distributed_guessing.day_factor",
            kind: .integer(2...100, unit: "times the baseline") {
                $1.detection.guessing.longFactor = $0
            }),
        Setting(
            name: "detection.distributed_guessing.day_sources",
            kind: .integer(2...1_000, unit: "sources") { $1.detection.guessing.sources = $0 }),
        Setting(
            name: "detection.distributed_guessing.unknown_percent",
            kind: .integer(1...100, unit: "per cent") {
                $1.detection.guessing.unknownPercent = $0
            }),
    ]
}

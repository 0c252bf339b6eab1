package import HTTP
package import Incidents
package import Passwords

/// Everything an operator can set, already right: built only from the defaults and ``Setting`` rows.
package struct Configuration: Sendable {
    package var listen = "127.0.0.1:8080"
    package var data = "loquet-data"
    /// CloudEvents `source`; together with an event's id it is what a consumer dedupes by.
    package var source = "urn:loquet:local"
    /// A context word of the password rule; empty means none.
    package var serviceName = ""
    /// `sqlite`, or a `postgresql://` connection string, which may hold a password.
    package var storage = "sqlite"
    /// The name of a shipped policy, or the path of a policy file.
    package var policy = "cnil-8x4"
    /// Word files beside the built-in list.
    package var blocklistFiles: [String] = []
    /// A corpus of breached passwords; `nil` asks none.
    package var corpusFile: String?
    /// A retention file; `nil` for the shipped one.
    package var retentionFile: String?
    /// Where signed checkpoints of the audit log are appended to; `nil` for the service log alone.
    package var auditCheckpointFile: String?
    package var throttling = true
    package var hashing = Hashing()
    package var sessions = Sessions()
    package var limits = HTTPLimits()
    package var tls: TLSFiles?
    /// `nil` serves no metrics.
    package var metricsListen: String? = "127.0.0.1:9464"
    package var queue = Queue()
    package var detection = DetectorSettings()
    package var sinks = Sinks()
    package var regions = Regions()
    package var incidents = IncidentSettings()

    package init() {}

    package struct Hashing: Equatable, Sendable {
        package var memoryKiB: UInt32 = 65_536
        package var passes: UInt32 = 3
        package var parallelism: UInt32 = 1
        package var engine = Argon2Engine.Setting.auto
        /// What all arenas together may take.
        package var memoryBudgetMiB = 1_024
        /// How long a request may wait for its turn on a lane before it is refused.
        package var waitMaxSeconds = 5
    }

    package struct Sessions: Equatable, Sendable {
        package var absoluteSeconds = 43_200
        package var idleSeconds = 3_600
    }

    package struct TLSFiles: Equatable, Sendable {
        package var certificate = ""
        package var key = ""
    }

    package struct Queue: Equatable, Sendable {
        package var attemptsMax = 20
    }
}

/// Why a configuration is refused. The text of each names the setting and what was expected.
package enum ConfigurationError: Error, Equatable, Sendable {
    case unreadable(path: String, reason: String)
    case notJSON5(path: String, reason: String)
    case unknownSetting(name: String, nearest: String?)
    case badValue(setting: String, expected: String, got: String)
    case conflict(String)

    /// One line for a person, whatever stands in the file.
    package var text: String { oneLine(words) }

    private var words: String {
        switch self {
        case .unreadable(let path, let reason): "cannot read \(path): \(reason)"
        case .notJSON5(let path, let reason): "\(path) is not JSON5: \(reason)"
        case .unknownSetting(let name, let nearest):
            "unknown setting \(name)" + (nearest.map { "; did you mean \($0)?" } ?? "")
        case .badValue(let setting, let expected, let got):
            "\(setting): expected \(expected), got \(got)"
        case .conflict(let text): text
        }
    }
}

/// Control characters and line separators replaced, so that a value from a file neither looks like
/// a second message nor moves a terminal's cursor.
private func oneLine(_ text: String) -> String {
    var line = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: line.append("\u{FFFD}")
        default: line.append(scalar)
        }
    }
    return String(line)
}

import HTTP
import Passwords
package import Storage

/// Why a command cannot go on: one line for a person, and the exit code that goes with it.
package enum StartError: Error, Sendable {
    /// Something in the configuration or on the command line. Exit code 2.
    case configuration(String)
    /// Everything else. Exit code 1.
    case refused(String)

    package var text: String {
        switch self {
        case .configuration(let text), .refused(let text): text
        }
    }

    init(_ error: ConfigurationError) {
        self = .configuration(error.text)
    }

    init(_ error: KeyError) {
        self = .refused(error.text)
    }

    init(_ error: HTTPServerError) {
        self = .configuration(error.description)
    }

    package init(_ error: DatabaseError, path: String) {
        switch error {
        case .refused(let reason): self = .refused("\(path): \(reason)")
        case .unavailable(let reason): self = .refused("\(path) cannot be used: \(reason)")
        default: self = .refused("\(path): \(error)")
        }
    }
}

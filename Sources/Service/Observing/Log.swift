package import Accounts
import Glibc
package import Incidents
package import Passwords

/// One JSON object a line on standard error.
///
/// The message is a compile-time text and every field is typed, so there is no place that a
/// password, a token or an address of a person fits in by accident.
package struct Log: Sendable {
    package enum Level: String, Sendable {
        case info
        case warning
        case error
    }

    package enum Field: Sendable {
        /// An application's or administrator's id.
        case key(String)
        case count(StaticString, Int)
        case sink(Sink)
        /// A signed word about the audit log, for those who keep logs elsewhere.
        case mark(AuditMark)
        /// What computes password hashes.
        case engine(Argon2Engine)
        /// An address this service listens on.
        case listening(String)
        /// A path on this machine, from the configuration or the command line.
        case path(String)
        /// What a library or the system said of a failure: never holds request data.
        case reason(String)

        fileprivate var member: JSONValue.Member {
            switch self {
            case .key(let id): .init(name: "key", value: .string(id))
            case .count(let name, let count):
                .init(name: name.description, value: .integer(Int64(count)))
            case .sink(let sink): .init(name: "sink", value: .string(sink.rawValue))
            case .mark(let mark): .init(name: "mark", value: .string(mark.line))
            case .engine(let engine): .init(name: "engine", value: .string(engine.text))
            case .listening(let address): .init(name: "listening", value: .string(address))
            case .path(let path): .init(name: "path", value: .string(path))
            case .reason(let text): .init(name: "reason", value: .string(text))
            }
        }
    }

    private let descriptor: Int32
    private let clock: @Sendable () -> Timestamp

    /// - Parameter descriptor: where lines go; -1 drops them.
    package init(descriptor: Int32 = STDERR_FILENO, clock: @escaping @Sendable () -> Timestamp) {
        self.descriptor = descriptor
        self.clock = clock
    }

    package func info(_ message: StaticString, _ fields: Field...) {
        write(.info, message, fields)
    }

    package func warning(_ message: StaticString, _ fields: Field...) {
        write(.warning, message, fields)
    }

    package func error(_ message: StaticString, _ fields: Field...) {
        write(.error, message, fields)
    }

    private func write(_ level: Level, _ message: StaticString, _ fields: [Field]) {
        guard descriptor >= 0 else { return }
        let line = JSONValue.object(
            [
                .init(name: "time", value: .string(clock().rfc3339(.milliseconds))),
                .init(name: "level", value: .string(level.rawValue)),
                .init(name: "message", value: .string(message.description)),
            ] + fields.map(\.member))
        // A log that cannot be written stops nobody.
        _ = writeAll(line.bytes + [0x0A], to: descriptor)
    }
}

/// Writes all bytes, whatever the descriptor is.
///
/// - Returns: `false` when it could not; `errno` says why.
package func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    var written = 0
    while written < bytes.count {
        let count = unsafe bytes.withUnsafeBytes { buffer in
            // The loop ends before the buffer is empty, so it has an address.
            unsafe Glibc.write(descriptor, buffer.baseAddress! + written, buffer.count - written)
        }
        if count < 0 && errno != EINTR { return false }
        written += max(count, 0)
    }
    return true
}

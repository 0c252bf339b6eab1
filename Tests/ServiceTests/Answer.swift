import Glibc
import Service
import Testing

/// One HTTP answer as it came over the wire.
struct Answer: Equatable, Sendable {
    let status: Int
    /// Lines as sent, without the status line.
    let headers: [String]
    let body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }

    /// The body as JSON; `null` when it is none.
    var json: JSONValue {
        do {
            return try JSONReader.read(body)
        } catch {
            return .null
        }
    }

    /// The `code` of a problem.
    var code: String? { json["code"]?.string }
    /// The field that a problem names.
    var field: String? { json["field"]?.string }
    var retryAfter: Int? { header("Retry-After").flatMap { Int($0) } }

    func header(_ name: String) -> String? {
        let start = name.lowercased() + ": "
        return headers.first { $0.lowercased().hasPrefix(start) }
            .map { String($0.dropFirst(start.count)) }
    }

    /// Everything that may not tell one refusal from another: all but the time of day.
    var withoutDate: Answer {
        Answer(status: status, headers: headers.filter { !$0.hasPrefix("Date: ") }, body: body)
    }
}

extension JSONValue {
    var string: String? { if case .string(let text) = self { text } else { nil } }
    var integer: Int? { if case .integer(let number) = self { Int(number) } else { nil } }
    var array: [JSONValue] { if case .array(let elements) = self { elements } else { [] } }

    /// Names and kinds in their order: `{account:{id:string,created_at:string}}`.
    var shape: String {
        switch self {
        case .object(let members):
            "{" + members.map { "\($0.name):\($0.value.shape)" }.joined(separator: ",") + "}"
        case .array(let elements): "[" + (elements.first?.shape ?? "") + "]"
        case .string: "string"
        case .integer: "integer"
        case .decimal: "decimal"
        case .boolean: "boolean"
        case .null: "null"
        }
    }

    /// This object with one member set, or taken away.
    func with(_ name: String, _ value: JSONValue?) -> JSONValue {
        guard case .object(let members) = self else { return self }
        return .object(
            members.filter { $0.name != name }
                + (value.map { [Member(name: name, value: $0)] } ?? []))
    }
}

struct NobodyListens: Error { let port: UInt16 }

/// Sends bytes and reads until the other side closes, ten seconds at most.
func exchange(_ request: [UInt8], port: UInt16) throws -> Answer {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    let code = unsafe withUnsafePointer(to: &address) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
    }
    guard code == 0 else { throw NobodyListens(port: port) }
    var rest = request[...]
    while !rest.isEmpty {
        let count = unsafe rest.withUnsafeBytes { buffer in
            unsafe send(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_NOSIGNAL))
        }
        // A server that refuses a body may close before it has read it.
        guard count > 0 else { break }
        rest = rest.dropFirst(count)
    }
    return try #require(Answer(parsing: try received(descriptor)), "no HTTP answer")
}

private func received(_ descriptor: Int32) throws -> [UInt8] {
    var received: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 65_536)
    while true {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        try #require(unsafe poll(&waiting, 1, 10_000) > 0, "the answer did not come in time")
        let count = unsafe part.withUnsafeMutableBytes { buffer in
            unsafe recv(descriptor, buffer.baseAddress, buffer.count, 0)
        }
        guard count > 0 else { return received }
        received += part.prefix(count)
    }
}

extension Answer {
    init?(parsing bytes: [UInt8]) {
        let end = Array("\r\n\r\n".utf8)
        guard let head = bytes.indices.first(where: { bytes[$0...].starts(with: end) })
        else { return nil }
        let lines = String(decoding: bytes[..<head], as: UTF8.self)
            .split(separator: "\r\n").map(String.init)
        let words = lines.first?.split(separator: " ") ?? []
        guard words.count >= 2, let status = Int(words[1]) else { return nil }
        self.init(
            status: status, headers: Array(lines.dropFirst()),
            body: Array(bytes[(head + end.count)...]))
    }
}

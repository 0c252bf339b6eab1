import Glibc

/// A TCP client that sends the bytes it is given and nothing else. Everything it waits for has a
/// time limit, so that no test hangs.
final class RawClient {
    struct Refused: Error { let code: Int32 }
    struct TimedOut: Error {}

    struct Answer: Equatable {
        var status: Int
        /// Without the status line, lines as sent.
        var headers: [String]
        var body: String

        func has(_ line: String) -> Bool {
            headers.contains { $0.lowercased() == line.lowercased() }
        }
    }

    private let descriptor: Int32
    private var received: [UInt8] = []
    private var isOpen = true
    /// Lives as long as the client, so that `try Site().client()` has a server to talk to.
    private let other: AnyObject?

    init(port: UInt16, keeping other: AnyObject? = nil) throws {
        self.other = other
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let code = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard code == 0 else {
            let code = errno
            Glibc.close(descriptor)
            throw Refused(code: code)
        }
    }

    deinit { close() }

    func close() {
        if isOpen { Glibc.close(descriptor) }
        isOpen = false
    }

    /// - Returns: `false` when the other side has closed.
    @discardableResult
    func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { buffer in
                unsafe Glibc.send(
                    descriptor, buffer.baseAddress, buffer.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// Waits for bytes.
    ///
    /// - Returns: `false` when the other side has closed, orderly or not.
    func receive(atMost milliseconds: Int32 = 8_000, count: Int = 65_536) throws -> Bool {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard unsafe poll(&waiting, 1, milliseconds) > 0 else { throw TimedOut() }
        var part = [UInt8](repeating: 0, count: count)
        let came = unsafe part.withUnsafeMutableBytes { buffer in
            unsafe recv(descriptor, buffer.baseAddress, buffer.count, 0)
        }
        guard came > 0 else { return false }
        received += part.prefix(came)
        return true
    }

    /// The next complete answer; `nil` when the connection ends before one.
    func answer() throws -> Answer? {
        while true {
            if let answer = takeAnswer() { return answer }
            guard try receive() else { return nil }
        }
    }

    /// Everything until the other side closes.
    func rest() throws -> String {
        while try receive() {}
        defer { received = [] }
        return String(decoding: received, as: UTF8.self)
    }

    /// Sends one byte whenever the other side was silent for 20 ms.
    ///
    /// - Returns: how long the other side bore it.
    func drip(_ byte: UInt8) throws -> Duration {
        let clock = ContinuousClock()
        let start = clock.now
        while start.duration(to: clock.now) < .seconds(8) {
            guard send([byte]) else { break }
            do {
                guard try receive(atMost: 20) else { break }
            } catch is TimedOut {}
        }
        return start.duration(to: clock.now)
    }

    private func takeAnswer() -> Answer? {
        let end = Array("\r\n\r\n".utf8)
        guard let head = received.indices.first(where: { received[$0...].starts(with: end) })
        else { return nil }
        let text = String(decoding: received[..<head], as: UTF8.self)
        let lines = text.split(separator: "\r\n").map(String.init)
        let status = Int(lines[0].split(separator: " ")[1]) ?? 0
        let length =
            lines.lazy.compactMap { line -> Int? in
                guard line.lowercased().hasPrefix("content-length: ") else { return nil }
                return Int(line.dropFirst(16))
            }.first ?? 0
        let body = head + end.count
        guard received.count >= body + length else { return nil }
        let answer = Answer(
            status: status, headers: Array(lines.dropFirst()),
            body: String(decoding: received[body..<(body + length)], as: UTF8.self))
        received.removeSubrange(..<(body + length))
        return answer
    }
}

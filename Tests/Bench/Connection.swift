import Glibc

/// One HTTP/1.1 connection that is kept open: a request, its answer, the next request.
final class Connection {
    private let descriptor: Int32
    private let head: String
    private var buffer = [UInt8](repeating: 0, count: 16_384)

    init(port: UInt16, key: String) throws {
        head =
            "Host: 127.0.0.1\r\nAuthorization: Bearer \(key)\r\nContent-Type: application/json\r\n"
        descriptor = try connected(port: port)
    }

    deinit { close(descriptor) }

    /// - Returns: the body of the answer.
    /// - Throws: when the answer has another status than `status`, or there is none.
    func post(_ path: String, _ body: String, expecting status: Int) throws -> String {
        try send(
            "POST \(path) HTTP/1.1\r\n\(head)Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
        let (answered, text) = try answer()
        guard answered == status else {
            throw BenchError(text: "\(path) answered \(answered) and not \(status): \(text)")
        }
        return text
    }

    private func send(_ text: String) throws {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { bytes in
                unsafe Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw BenchError(text: "send: errno \(errno)") }
            rest = rest.dropFirst(count)
        }
    }

    private func answer() throws -> (status: Int, body: String) {
        var filled = 0
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes { bytes in
                unsafe recv(
                    descriptor, bytes.baseAddress! + filled, bytes.count - filled, 0)
            }
            guard count > 0 else {
                throw BenchError(text: "the connection ended before the answer: errno \(errno)")
            }
            filled += count
            if let answer = try HTTPAnswer(buffer[..<filled]) {
                return (answer.status, answer.body)
            }
            guard filled < buffer.count else {
                throw BenchError(text: "the answer is longer than this client can read")
            }
        }
    }
}

/// A connection to a port of the loopback, on which nobody waits for ever for an answer.
func connected(port: UInt16) throws -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw BenchError(text: "socket: errno \(errno)") }
    var limit = timeval(tv_sec: 15, tv_usec: 0)
    unsafe setsockopt(
        descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
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
        close(descriptor)
        throw BenchError(text: "nobody listens on port \(port)")
    }
    return descriptor
}

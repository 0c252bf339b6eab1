import Glibc

/// Sign-ins of people who do not exist, each from another address, sent at a steady rate whatever
/// becomes of them: what an attacker sends, who does not wait for answers.
///
/// One thread and as many connections as it takes.
struct Flood {
    /// What came back.
    struct Outcome: Sendable {
        var statuses: [Int: Int] = [:]
        /// Sign-ins that were due while no connection was free, and were not sent.
        var unsent = 0

        var sent: Int { statuses.values.reduce(0, +) }
    }

    let port: UInt16
    let appKey: String
    let perSecond: Double
    /// Every accepted sign-in holds one until it is answered.
    let connections: Int

    func run(for duration: Duration) throws -> Outcome {
        var outcome = Outcome()
        let streams = try (0..<connections).map { _ in try FloodStream(port: port) }
        var polled = streams.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
        var free = Array(streams.indices)
        let begin = ContinuousClock.now
        var due = 0
        while ContinuousClock.now - begin < duration {
            let target = Int((ContinuousClock.now - begin) / .seconds(1) * perSecond)
            while due < target {
                due += 1
                guard let index = free.popLast() else {
                    outcome.unsent += 1
                    continue
                }
                try streams[index].send(request(due))
            }
            let ready = unsafe polled.withUnsafeMutableBufferPointer { polled in
                unsafe poll(polled.baseAddress, nfds_t(polled.count), 1)
            }
            guard ready > 0 else { continue }
            for index in polled.indices where polled[index].revents != 0 {
                polled[index].revents = 0
                guard let status = try streams[index].answer() else { continue }
                outcome.statuses[status, default: 0] += 1
                free.append(index)
            }
        }
        return outcome
    }

    private func request(_ number: Int) -> String {
        let address = "10.\(number >> 16 & 255).\(number >> 8 & 255).\(number & 255)"
        let body = """
            {"email":"nobody-\(number)@example.com","password":"Un-Cheval-1815",\
            "client":{"ip":"\(address)"}}
            """
        return
            "POST /v1/sessions HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer \(appKey)\r\n"
            + "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }
}

/// A kept connection whose answers are read when they come.
private final class FloodStream {
    let descriptor: Int32
    private var received: [UInt8] = []

    init(port: UInt16) throws { descriptor = try connected(port: port) }

    deinit { close(descriptor) }

    /// A request fits into the kernel's buffer, so this never waits.
    func send(_ text: String) throws {
        let bytes = Array(text.utf8)
        let count = unsafe Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        guard count == bytes.count else { throw BenchError(text: "send: errno \(errno)") }
    }

    /// The status of the answer; `nil` while something of it is missing.
    func answer() throws -> Int? {
        var chunk = [UInt8](repeating: 0, count: 4_096)
        let count = unsafe recv(descriptor, &chunk, chunk.count, Int32(MSG_DONTWAIT))
        guard count > 0 else { throw BenchError(text: "a connection of the flood ended") }
        received += chunk[..<count]
        guard let answer = try HTTPAnswer(received[...]) else { return nil }
        received.removeAll(keepingCapacity: true)
        return answer.status
    }
}

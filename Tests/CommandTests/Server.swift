import Foundation
import Glibc
import Testing

/// `loquet serve` as a process of its own, on a free port. Ended when its owner goes.
final class Server {
    let process: Process
    let port: UInt16
    private let folder: TemporaryFolder

    /// Returns when it serves.
    init(
        data folder: TemporaryFolder, _ more: [String] = [], environment: [String: String] = [:]
    ) throws {
        self.folder = folder
        let arguments = ["serve", "--data", folder.path("data"), "--listen", "127.0.0.1:0"] + more
        process = try Loquet.process(arguments, environment)
        let number = UUID().uuidString
        for name in ["out-", "err-"] {
            try Data().write(to: URL(fileURLWithPath: folder.path(name + number)))
        }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle(forWritingAtPath: folder.path("out-" + number))
        process.standardError = FileHandle(forWritingAtPath: folder.path("err-" + number))
        try process.run()
        let end = ContinuousClock.now + .seconds(30)
        while true {
            let log = try folder.read("err-" + number)
            if let port = Self.port(in: log) {
                self.port = port
                return
            }
            guard process.isRunning, ContinuousClock.now < end else {
                kill(process.processIdentifier, SIGKILL)
                throw DidNotServe(log: log)
            }
            usleep(5_000)
        }
    }

    struct DidNotServe: Error { let log: String }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    /// - Returns: the exit status.
    func stop(_ signal: Int32 = SIGTERM) throws -> Int32 {
        kill(process.processIdentifier, signal)
        try Loquet.waitForEnd(of: process)
        return process.terminationStatus
    }

    /// The status of `POST /v1/password-checks` under an application's key.
    func status(key: String) throws -> Int {
        try exchange(
            "POST /v1/password-checks", key: key, #"{"password":"Abcdef1!"}"#
        ).status
    }

    /// One request on a connection of its own.
    func exchange(
        _ line: String, key: String, _ body: String
    ) throws -> (status: Int, text: String) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer { close(descriptor) }
        try #require(connectLoopback(descriptor, port: port) == 0)
        let request = """
            \(line) HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\
            Authorization: Bearer \(key)\r\nContent-Type: application/json\r\n\
            Content-Length: \(body.utf8.count)\r\n\r\n\(body)
            """
        let bytes = Array(request.utf8)
        let sent = unsafe bytes.withUnsafeBytes {
            unsafe send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        try #require(sent == bytes.count)
        var received: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 65_536)
        while true {
            var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            try #require(unsafe poll(&waiting, 1, 10_000) > 0, "no answer in time")
            let count = unsafe part.withUnsafeMutableBytes {
                unsafe recv(descriptor, $0.baseAddress, $0.count, 0)
            }
            guard count > 0 else { break }
            received += part.prefix(count)
        }
        let text = String(decoding: received, as: UTF8.self)
        let words = text.split(separator: " ", maxSplits: 2)
        return (words.count > 1 ? Int(words[1]) ?? 0 : 0, text)
    }

    private static func port(in log: String) -> UInt16? {
        struct Line: Decodable {
            let message: String
            let listening: String?
        }
        for line in log.split(separator: "\n") {
            guard let found = try? JSONDecoder().decode(Line.self, from: Data(line.utf8)),
                found.message == "serving", let address = found.listening,
                let digits = address.split(separator: ":").last
            else { continue }
            return UInt16(digits)
        }
        return nil
    }
}

func connectLoopback(_ descriptor: Int32, port: UInt16) -> Int32 {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    return unsafe withUnsafePointer(to: &address) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
    }
}

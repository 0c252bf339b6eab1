import Foundation
import Glibc
import Service

/// One service in a process of its own, so that its memory can be told from its clients'. The child is
/// this same program; it serves until its standard input ends, in whatever way its parent ends.
final class NodeProcess {
    /// How the child is called; what follows is KiB, passes and accounts of each kind.
    static let word = "node"

    let port: UInt16
    let appKey: String
    private let process = Process()
    private let hold = Pipe()

    /// - Parameter accounts: how large a ``Population`` is there from the beginning.
    init(memoryKiB: UInt32, passes: UInt32, accounts: Int = 0) throws {
        let answers = Pipe()
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = [Self.word, "\(memoryKiB)", "\(passes)", "\(accounts)"]
        process.standardInput = hold
        process.standardOutput = answers
        _ = fcntl(hold.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
        try process.run()
        let line = String(decoding: answers.fileHandleForReading.availableData, as: UTF8.self)
        let words = line.split(separator: " ").map {
            $0.trimmingCharacters(in: .whitespacesAndNewlines)
        }
        guard words.count == 2, let port = UInt16(words[0]) else {
            throw BenchError(text: "the service did not start")
        }
        (self.port, appKey) = (port, words[1])
    }

    deinit {
        try? hold.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    /// The child's part.
    static func serve(_ words: [String]) throws {
        let numbers = words.compactMap { UInt32($0) }
        guard numbers.count == 3 else {
            throw BenchError(text: "\(word) needs KiB, passes and accounts")
        }
        let deployment = try Deployment(storage: "sqlite", nodes: 1) {
            $0.hashing.memoryKiB = numbers[0]
            $0.hashing.passes = numbers[1]
            // The way that needs no mail server; what is asked of the database is the same.
            $0.recovery.delivery = .application
        }
        try deployment.populate(Population(count: Int(numbers[2])))
        print("\(deployment.ports[0]) \(deployment.appKey)")
        fflush(nil)
        while readLine() != nil {}
        deployment.stop()
    }

    /// The most memory that was resident at one time so far.
    var peakMiB: Double {
        let path = "/proc/\(process.processIdentifier)/status"
        let status = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? ""
        let number = line.split(separator: " ").compactMap { Double($0) }.first ?? 0
        return number / 1_024
    }
}

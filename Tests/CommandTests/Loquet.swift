import Foundation
import Glibc
import Testing

/// The program as people run it: a process of its own.
enum Loquet {
    /// What a run gave.
    struct Finished: Sendable {
        let status: Int32
        let output: String
        let errors: String

        var lines: [String] { output.split(separator: "\n").map(String.init) }
    }

    /// The built program stands beside the test bundle.
    static var path: String {
        get throws {
            let bundle = try #require(Bundle.main.executableURL)
            let path = bundle.deletingLastPathComponent().appendingPathComponent("loquet").path
            try #require(FileManager.default.isExecutableFile(atPath: path), "not built: \(path)")
            return path
        }
    }

    /// Nothing of ours from outside, and the cheapest hash that a configuration can ask for.
    static func environment(_ more: [String: String] = [:]) -> [String: String] {
        let outside = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("LOQUET_") }
        let ours = [
            "LOQUET_HASHING_MEMORY_KIB": "19456", "LOQUET_HASHING_PASSES": "2",
            "LOQUET_METRICS_LISTEN": "off",
        ]
        return outside.merging(ours) { $1 }.merging(more) { $1 }
    }

    static func process(
        _ arguments: [String], _ environment: [String: String] = [:]
    ) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try path)
        process.arguments = arguments
        process.environment = self.environment(environment)
        return process
    }

    /// Runs a command to its end.
    @discardableResult
    static func run(
        _ arguments: String..., input: [UInt8] = [], environment: [String: String] = [:]
    ) throws -> Finished {
        try run(arguments, input: input, environment: environment)
    }

    /// - Parameter without: variables to leave out.
    @discardableResult
    static func run(
        _ arguments: [String], input: [UInt8] = [], environment: [String: String] = [:],
        without: [String] = []
    ) throws -> Finished {
        let folder = try TemporaryFolder()
        try Data(input).write(to: URL(fileURLWithPath: folder.path("in")))
        for name in ["out", "err"] {
            try Data().write(to: URL(fileURLWithPath: folder.path(name)))
        }
        let process = try process(arguments, environment)
        process.environment = process.environment?.filter { !without.contains($0.key) }
        let files: [FileHandle?] = [
            FileHandle(forReadingAtPath: folder.path("in")),
            FileHandle(forWritingAtPath: folder.path("out")),
            FileHandle(forWritingAtPath: folder.path("err")),
        ]
        process.standardInput = files[0]
        process.standardOutput = files[1]
        process.standardError = files[2]
        try process.run()
        try waitForEnd(of: process)
        return Finished(
            status: process.terminationStatus, output: try folder.read("out"),
            errors: try folder.read("err"))
    }

    /// Ends it by its own id when it does not end in time.
    static func waitForEnd(of process: Process) throws {
        let end = ContinuousClock.now + .seconds(30)
        while process.isRunning {
            if ContinuousClock.now > end {
                kill(process.processIdentifier, SIGKILL)
                Issue.record("the command did not end in time")
            }
            usleep(5_000)
        }
    }
}

/// A folder that goes when its owner goes.
final class TemporaryFolder: Sendable {
    private let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory
            .appendingPathComponent("loquet-command-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: url, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    }

    deinit {
        try? FileManager.default.removeItem(at: url)
    }

    func path(_ name: String) -> String { url.appendingPathComponent(name).path }

    func read(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(fileURLWithPath: path(name))), as: UTF8.self)
    }

    func exists(_ name: String) -> Bool {
        FileManager.default.fileExists(atPath: path(name))
    }

    func mode(_ name: String) -> Int? {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path(name))
        return (attributes?[.posixPermissions] as? NSNumber)?.intValue
    }

    func write(_ name: String, _ content: String) throws -> String {
        try content.write(toFile: path(name), atomically: false, encoding: .utf8)
        return path(name)
    }
}

/// What `init --json` prints.
struct Keys: Decodable, Sendable {
    let admin_key: String
    let app_key: String
    let archive_key: String?

    /// Makes a deployment in `data` of a folder.
    static func make(in folder: TemporaryFolder) throws -> Keys {
        let made = try Loquet.run("init", "--data", folder.path("data"), "--json")
        try #require(made.status == 0, "\(made.errors)")
        return try JSONDecoder().decode(Keys.self, from: Data(made.output.utf8))
    }
}

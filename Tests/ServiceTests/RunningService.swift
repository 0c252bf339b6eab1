import Accounts
import Foundation
import Glibc
import Service
import Storage
import Testing
import Threads

/// A whole service in this process, on free ports of the loopback, with a data directory of its own
/// and a clock that stands still until the test moves it.
final class RunningService: Sendable {
    let folder: TemporaryFolder
    let configuration: Configuration
    let keys: FirstKeys
    let database: any Database
    private let time: Guarded<Timestamp>
    private let daemon: Daemon

    var port: UInt16 { daemon.port }
    var laneCount: Int { daemon.laneCount }
    var now: Timestamp { time.withLock { $0 } }
    var dataPath: String { configuration.data }
    var logPath: String { folder.path("log") }

    /// - Parameter change: applied to settings with a hash cost that no settings file can name:
    ///   32 KiB and one pass.
    convenience init(_ change: (inout Configuration) -> Void = { _ in }) throws {
        let folder = try TemporaryFolder()
        let configuration = Self.configuration(in: folder, change)
        // The next full hour, so that no test runs across a minute by chance.
        let hour = Timestamp(seconds: systemTime().seconds / 3_600 * 3_600 + 3_600)
        try self.init(folder, configuration, keys: nil, at: hour)
    }

    private init(
        _ folder: TemporaryFolder, _ configuration: Configuration, keys: FirstKeys?,
        at start: Timestamp
    ) throws {
        let time = Guarded(start)
        let clock: @Sendable () -> Timestamp = { time.withLock { $0 } }
        let descriptor = unsafe open(
            folder.path("log"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        try #require(descriptor >= 0)
        let log = Log(descriptor: descriptor, clock: clock)
        let directory = try DataDirectory(configuration)
        try directory.prepare()
        let database = try directory.openMigrating(log: log, onFatal: { fatalError($0) })
        var shown = keys
        if keys == nil {
            try Initialisation(directory: directory, database: database, actor: "cli:0")
                .run(archiveCertificate: nil) { shown = $0 }
        }
        self.keys = try #require(shown)
        daemon = try NodeStart(configuration, log: log).start(on: database, clock: clock)
        self.folder = folder
        self.configuration = configuration
        self.database = database
        self.time = time
    }

    deinit { daemon.stop() }

    static func configuration(
        in folder: TemporaryFolder, _ change: (inout Configuration) -> Void = { _ in }
    ) -> Configuration {
        var configuration = Configuration()
        configuration.listen = "127.0.0.1:0"
        configuration.metricsListen = "127.0.0.1:0"
        configuration.data = folder.path("data")
        configuration.hashing.memoryKiB = 32
        configuration.hashing.passes = 1
        change(&configuration)
        return configuration
    }

    /// Stops this service and starts another one on the same data, at the same time.
    func restarted(_ change: (inout Configuration) -> Void = { _ in }) throws -> RunningService {
        daemon.stop()
        var configuration = configuration
        change(&configuration)
        return try RunningService(folder, configuration, keys: keys, at: now)
    }

    /// A second node on the same data, at the same time; this one goes on.
    func twin() throws -> RunningService {
        try RunningService(folder, configuration, keys: keys, at: now)
    }

    @discardableResult
    func stop() -> Bool { daemon.stop() }

    func advance(_ duration: Duration) {
        time.withLock { $0 = $0 + duration }
    }

    // MARK: Talking to it

    /// One request on a connection of its own.
    @discardableResult
    func call(
        _ method: String, _ path: String, key: String? = nil, _ body: JSONValue? = nil,
        headers: [String] = []
    ) throws -> Answer {
        var headers = headers
        if body != nil { headers.append("Content-Type: application/json") }
        return try call(method, path, key: key, raw: body?.bytes ?? [], headers: headers)
    }

    func call(
        _ method: String, _ path: String, key: String?, raw body: [UInt8], headers: [String]
    ) throws -> Answer {
        var head = "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
        if let key { head += "Authorization: Bearer \(key)\r\n" }
        for header in headers { head += header + "\r\n" }
        head += "Content-Length: \(body.count)\r\n\r\n"
        return try exchange(Array(head.utf8) + body, port: port)
    }

    /// The value of a metric, all its labels added up; 0 while there is none.
    func metric(_ name: String) throws -> Int {
        let port = try #require(daemon.metricsPort)
        let answer = try exchange(
            Array("GET /metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".utf8), port: port)
        try #require(answer.status == 200)
        return answer.text.split(separator: "\n")
            .filter { $0.hasPrefix(name + " ") || $0.hasPrefix(name + "{") }
            .compactMap { $0.split(separator: " ").last.flatMap { Double(String($0)) } }
            .reduce(0) { $0 + Int($1) }
    }

    // MARK: Looking into it

    func number(_ sql: SQL) throws -> Int64 {
        let found = try database.read { reader throws(DatabaseError) in
            try reader.first(sql) { row throws(DatabaseError) in try row.int64(0) }
        }
        return try #require(found)
    }

    func texts(_ sql: SQL) throws -> [String] {
        try database.read { reader throws(DatabaseError) in
            try reader.rows(sql) { row throws(DatabaseError) in try row.text(0) }
        }
    }

    func execute(_ sql: SQL) throws {
        _ = try database.transaction { transaction throws(DatabaseError) in
            try transaction.execute(sql)
        }
    }

    var log: String {
        get throws { try String(contentsOfFile: logPath, encoding: .utf8) }
    }
}

/// A folder that goes when its owner goes.
final class TemporaryFolder: Sendable {
    private let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory
            .appendingPathComponent("loquet-service-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: url, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    }

    deinit {
        try? FileManager.default.removeItem(at: url)
    }

    func path(_ name: String) -> String { url.appendingPathComponent(name).path }

    /// Writes a file and answers its path.
    func file(_ name: String, _ content: String) throws -> String {
        let path = path(name)
        try content.write(toFile: path, atomically: false, encoding: .utf8)
        return path
    }
}

/// Asks again and again until the answer is there. For what another thread does in its own time.
func eventually<Value>(
    within limit: Duration = .seconds(15), _ question: () throws -> Value?
) throws -> Value {
    let end = ContinuousClock.now + limit
    while true {
        if let value = try question() { return value }
        try #require(ContinuousClock.now < end, "it did not happen in time")
        usleep(10_000)
    }
}

/// Runs `body` on `count` threads at once; the answers stand in the order of their numbers.
func inParallel<Value: Sendable>(
    _ count: Int, _ body: @escaping @Sendable (Int) throws -> Value
) throws -> [Value] {
    let results = Guarded<[Int: Result<Value, any Error>]>([:])
    let threads = (0..<count).map { index in
        NamedThread("test-\(index)") {
            let result = Result { try body(index) }
            results.withLock { $0[index] = result }
        }
    }
    for thread in threads { thread.join() }
    let all = results.withLock { $0 }
    return try (0..<count).map { index in try #require(all[index]).get() }
}

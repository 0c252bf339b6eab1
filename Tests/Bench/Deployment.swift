import Foundation
import Passwords
import Service
import Storage

/// A store with its keys, and the nodes that serve it, in this process on free ports of the loopback.
final class Deployment {
    let appKey: String
    private let daemons: [Daemon]
    private let node: Node
    private let folder: URL

    var ports: [UInt16] { daemons.map(\.port) }

    /// - Parameter change: applied to settings with Argon2's least cost, which no settings file can name:
    ///   what is left of a login is the storage.
    init(
        storage: String, nodes: Int, change: (inout Configuration) -> Void = { _ in }
    ) throws {
        folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("loquet-bench-\(UUID().uuidString)")
        var configuration = Configuration()
        configuration.listen = "127.0.0.1:0"
        configuration.metricsListen = nil
        configuration.data = folder.path
        configuration.storage = storage
        configuration.hashing.memoryKiB = 8
        configuration.hashing.passes = 1
        change(&configuration)
        let log = Log(clock: systemTime)
        let directory = try DataDirectory(configuration)
        try directory.prepare()
        let start = try NodeStart(configuration, log: log)
        var shown: String?
        // Every node has the keys of the first.
        let databases = try (0..<nodes).map { _ in
            try directory.openMigrating(log: log, onFatal: { fatalError($0) })
        }
        try Initialisation(directory: directory, database: databases[0], actor: "cli:0")
            .run(archiveCertificate: nil) { shown = $0.appKey }
        let hashing = configuration.hashing
        node = try start.node(
            on: databases[0],
            cost: HashCost(memoryKiB: hashing.memoryKiB, passes: hashing.passes),
            clock: systemTime)
        daemons = try databases.map { try start.start(on: $0) }
        guard let shown else { throw BenchError(text: "no application key was made") }
        appKey = shown
    }

    func populate(_ population: Population) throws { try population.write(into: node) }

    func contender(_ name: String, clients: Int) throws -> Contender {
        try Contender(name: name, appKey: appKey, ports: ports, clients: clients)
    }

    func stop() {
        for daemon in daemons { daemon.stop() }
        try? FileManager.default.removeItem(at: folder)
    }
}

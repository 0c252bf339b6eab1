import Foundation
import Service
import Storage

/// A store with its keys, and the nodes that serve it, in this process on free ports of the loopback.
final class Deployment {
    let appKey: String
    private let daemons: [Daemon]
    private let folder: URL

    var ports: [UInt16] { daemons.map(\.port) }

    init(storage: String, nodes: Int) throws {
        folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("loquet-bench-\(UUID().uuidString)")
        var configuration = Configuration()
        configuration.listen = "127.0.0.1:0"
        configuration.metricsListen = nil
        configuration.data = folder.path
        configuration.storage = storage
        // Argon2's least, which no settings file can name: what is left of a login is the storage.
        configuration.hashing.memoryKiB = 8
        configuration.hashing.passes = 1
        let log = Log(clock: systemTime)
        let directory = try DataDirectory(configuration)
        try directory.prepare()
        let start = try NodeStart(configuration, log: log)
        var shown: String?
        // Every node has the keys of the first.
        daemons = try (0..<nodes).map { number in
            let database = try directory.openMigrating(log: log, onFatal: { fatalError($0) })
            if number == 0 {
                try Initialisation(directory: directory, database: database, actor: "cli:0")
                    .run(archiveCertificate: nil) { shown = $0.appKey }
            }
            return try start.start(on: database)
        }
        guard let shown else { throw BenchError(text: "no application key was made") }
        appKey = shown
    }

    func stop() {
        for daemon in daemons { daemon.stop() }
        try? FileManager.default.removeItem(at: folder)
    }
}

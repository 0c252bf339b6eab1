import Foundation
import Service
import Storage

/// A node with keys on a new store, as `loquet init` leaves them; all of it goes with the body.
///
/// - Parameter storage: as the setting says it.
func withNewStore(storage: String = "sqlite", _ body: (Node) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory
        .appendingPathComponent("loquet-bench-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: folder) }
    var configuration = Configuration()
    configuration.data = folder.appendingPathComponent("data").path
    configuration.storage = storage
    let directory = try DataDirectory(configuration)
    try directory.prepare()
    let log = Log(descriptor: -1, clock: systemTime)
    let database = try directory.openMigrating(log: log, onFatal: { fatalError($0) })
    defer { database.close() }
    try Initialisation(directory: directory, database: database, actor: "bench")
        .run(archiveCertificate: nil) { _ in }
    try body(try NodeStart(configuration, log: log).node(on: database))
}

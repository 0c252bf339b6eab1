import Service
import Storage

/// `loquet init`: keys, archive certificate and store, printed once.
func initialise(_ words: [String]) throws -> Int32 {
    let arguments = try Arguments(
        words, values: storeOptions + ["--archive-cert"], flags: ["--json"])
    let configuration = try arguments.configuration()
    let start = try NodeStart(configuration, log: commandLog)
    var certificate: String?
    if let path = arguments.values["--archive-cert"] {
        do {
            certificate = String(
                decoding: try readBoundedFile(path, bytesMax: 65_536), as: UTF8.self)
        } catch {
            throw UsageError(text: "--archive-cert: cannot read \(path): \(error.reason)")
        }
    }
    let directory = try DataDirectory(start.configuration)
    try directory.prepare()
    try directory.lock()
    let database = try directory.openMigrating(log: commandLog, onFatal: stopOnFatal)
    defer { database.close() }
    let asJSON = arguments.flags.contains("--json")
    try Initialisation(
        directory: directory, database: database, actor: commandLineActor
    ).run(archiveCertificate: certificate) { keys throws(StartError) in
        try show(keys, directory, configuration, asJSON: asJSON)
    }
    return Exit.done
}

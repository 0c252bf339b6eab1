import Foundation
import Service

/// `loquet serve`: runs until SIGTERM or SIGINT.
func serve(_ words: [String]) throws -> Int32 {
    let arguments = try Arguments(words, values: storeOptions + ["--listen"])
    let configuration = try arguments.configuration()
    // Before any thread starts, so that none of them gets the signal instead of us.
    var signals = blockStopSignals()
    let start = try NodeStart(configuration, log: commandLog)
    try start.probe()

    let directory = try DataDirectory(configuration)
    try directory.prepare()
    try directory.lock()
    let database = try directory.openMigrating(log: commandLog, onFatal: stopOnFatal)
    let initialisation = Initialisation(
        directory: directory, database: database, actor: commandLineActor)
    if try !initialisation.isDone() {
        try initialisation.run(archiveCertificate: nil) { keys throws(StartError) in
            try show(keys, directory, configuration, asJSON: false)
        }
    }
    let daemon = try start.start(on: database)
    commandLog.info(
        "serving", .listening("\(host(configuration.listen)):\(daemon.port)"),
        .count("lanes", daemon.laneCount), .engine(daemon.engine),
        .count("arenas_mib", daemon.arenaBytes / 1_048_576))

    var signal: Int32 = 0
    _ = unsafe sigwait(&signals, &signal)
    commandLog.info("stopping", .count("signal", Int(signal)))
    daemon.stop()
    commandLog.info("stopped")
    return Exit.done
}

private func blockStopSignals() -> sigset_t {
    var signals = sigset_t()
    unsafe sigemptyset(&signals)
    unsafe sigaddset(&signals, SIGTERM)
    unsafe sigaddset(&signals, SIGINT)
    _ = unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
    return signals
}

/// What stands before the port.
private func host(_ listen: String) -> Substring {
    listen.lastIndex(of: ":").map { listen[..<$0] } ?? listen[...]
}

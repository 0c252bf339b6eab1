import Foundation
import Service
import Storage

/// The log of commands: the same JSON lines as the server's.
let commandLog = Log(clock: systemTime)

/// The store of a command that works beside a server, or without one.
func openStore(_ configuration: Configuration) throws(StartError) -> any Database {
    let directory = try DataDirectory(configuration)
    guard directory.location.mayExist else {
        throw .refused(
            "there is no store in \(configuration.data): run loquet init --data DIR first")
    }
    try directory.prepare()
    let database = try directory.openCurrent(onFatal: stopOnFatal)
    guard
        try Initialisation(
            directory: directory, database: database, actor: commandLineActor
        ).isDone()
    else {
        throw .refused(
            "the store in \(configuration.data) is not initialised: run loquet init first")
    }
    return database
}

/// After a failed write of the database nothing it says can be trusted until it was opened anew and
/// checked.
@Sendable func stopOnFatal(_ reason: String) -> Never {
    commandLog.error("the database failed; stopping", .reason(reason))
    // Not exit: its handlers would tear libraries down under running threads.
    _exit(Exit.failed)
}

import Accounts
import Glibc
package import Storage

/// The directory that holds keys and, with SQLite, the database.
package struct DataDirectory: Sendable {
    package let path: String

    package init(_ path: String) {
        self.path = path
    }

    package var databasePath: String { path + "/loquet.sqlite" }
    package var firstKeysPath: String { path + "/first-keys" }

    /// Makes it if there is none; one that exists must be its owner's alone.
    package func prepare() throws(StartError) {
        do {
            try makePrivateDirectory(path)
        } catch {
            throw .configuration("data: cannot use \(path): \(error.reason)")
        }
    }

    package var exists: Bool { unsafe access(databasePath, F_OK) == 0 }

    /// How a command treats a store of an older schema.
    package enum Schema: Sendable {
        /// Brings it up to date. Only what holds the directory does that.
        case migrating
        /// Refuses it: a server of the version before may be using it.
        case current
    }

    /// Opens the database.
    package func open(
        _ schema: Schema, log: Log, onFatal: @escaping @Sendable (String) -> Never
    ) throws(StartError) -> SQLiteDatabase {
        do {
            let database = try SQLiteDatabase(path: databasePath, onFatal: onFatal)
            switch schema {
            case .migrating:
                let applied = try Migrations.loquet.apply(
                    to: database, nowMicroseconds: systemTime().microseconds)
                for migration in applied {
                    log.info("migrated", .count("schema_version", migration.number))
                }
            case .current:
                let pending = try Migrations.loquet.plan(on: database)
                guard pending.isEmpty else {
                    throw DatabaseError.refused(
                        "its schema is \(pending.count) steps behind; loquet serve brings it up to date"
                    )
                }
            }
            return database
        } catch let error as DatabaseError {
            throw StartError(error, path: databasePath)
        } catch {
            throw .refused("\(databasePath): \(error)")
        }
    }

    /// Holds the directory for one server, or for `init`. Released by the kernel when the process ends, however it
    /// ends.
    ///
    /// - Throws: when another one holds it.
    package func lock() throws(StartError) {
        let file = path + "/serve.lock"
        let descriptor = unsafe Glibc.open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw .refused("cannot open \(file): \(systemReason())")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw .refused("another loquet uses the data directory \(path)")
        }
        // The descriptor stays open for the life of the process: closing it would free the lock.
    }
}

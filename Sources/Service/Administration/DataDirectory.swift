import Accounts
import Glibc
package import Storage

/// The directory that holds keys and, with SQLite, the database.
package struct DataDirectory: Sendable {
    package let path: String
    package let location: DatabaseLocation

    /// - Throws: when the `storage` setting names no database.
    package init(_ configuration: Configuration) throws(StartError) {
        path = configuration.data
        do {
            location = try DatabaseLocation(
                parsing: configuration.storage, defaultPath: path + "/loquet.sqlite")
        } catch {
            throw StartError(error, path: "storage")
        }
    }

    package var firstKeysPath: String { path + "/first-keys" }

    /// Makes it if there is none; one that exists must be its owner's alone.
    package func prepare() throws(StartError) {
        do {
            try makePrivateDirectory(path)
        } catch {
            throw .configuration("data: cannot use \(path): \(error.reason)")
        }
    }

    /// Opens the database after bringing its schema up to date. Only what holds the directory does that.
    package func openMigrating(
        log: Log, onFatal: @escaping @Sendable (String) -> Never
    ) throws(StartError) -> any Database {
        do {
            let changing = try location.open(for: .migrating, onFatal: onFatal)
            defer { changing.close() }
            try refuseHalfCopied(changing)
            let applied = try Migrations.loquet.apply(
                to: changing, nowMicroseconds: systemTime().microseconds)
            for migration in applied {
                log.info("migrated", .count("schema_version", migration.number))
            }
            return try location.open(for: .serving, onFatal: onFatal)
        } catch {
            throw StartError(error, path: location.name)
        }
    }

    /// Opens the database of a store that is there and up to date: an older one may be in use by a
    /// server of the version before.
    package func openCurrent(
        onFatal: @escaping @Sendable (String) -> Never
    ) throws(StartError) -> any Database {
        guard location.mayExist else {
            throw .refused("there is no store in \(path): run loquet init --data DIR first")
        }
        do {
            let database = try location.open(for: .serving, onFatal: onFatal)
            let pending = try Migrations.loquet.plan(on: database)
            guard pending.isEmpty else {
                database.close()
                throw DatabaseError.refused(
                    "its schema is \(pending.count) steps behind; loquet migrate brings it up to date"
                )
            }
            do {
                try refuseHalfCopied(database)
            } catch {
                database.close()
                throw error
            }
            return database
        } catch let error as DatabaseError {
            throw StartError(error, path: location.name)
        } catch {
            throw .refused("\(location.name): \(error)")
        }
    }

    /// What ``migrate(with:onFatal:)`` would apply. Changes nothing.
    package func plan(
        with migrations: Migrations = .loquet, onFatal: @escaping @Sendable (String) -> Never
    ) throws(StartError) -> [Migration] {
        try withSchema(onFatal) { database throws(DatabaseError) in
            try migrations.plan(on: database)
        }
    }

    /// Brings the schema up to date. It does not take the directory: migrations only add, so servers
    /// of the version before go on meanwhile and afterwards.
    ///
    /// - Returns: what was applied.
    package func migrate(
        with migrations: Migrations = .loquet, onFatal: @escaping @Sendable (String) -> Never
    ) throws(StartError) -> [Migration] {
        try withSchema(onFatal) { database throws(DatabaseError) in
            try migrations.apply(to: database, nowMicroseconds: systemTime().microseconds)
        }
    }

    private func withSchema<Answer>(
        _ onFatal: @escaping @Sendable (String) -> Never,
        _ body: (any Database) throws(DatabaseError) -> Answer
    ) throws(StartError) -> Answer {
        guard location.mayExist else {
            throw .refused("there is no store in \(path): run loquet init --data DIR first")
        }
        do throws(DatabaseError) {
            let database = try location.open(for: .migrating, onFatal: onFatal)
            defer { database.close() }
            try refuseHalfCopied(database)
            return try body(database)
        } catch {
            throw StartError(error, path: location.name)
        }
    }

    /// Holds the directory for one server, or for `init`.
    ///
    /// - Throws: when another one holds it.
    package func lock() throws(StartError) {
        try lockDataDirectory(path)
    }
}

/// Released by the kernel when the process ends, however it ends.
///
/// - Throws: when another process holds it.
func lockDataDirectory(_ path: String) throws(StartError) {
    let file = path + "/serve.lock"
    let descriptor = unsafe open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
        throw .refused("cannot open \(file): \(systemReason())")
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
        close(descriptor)
        throw .refused("another loquet uses the data directory \(path)")
    }
    // The descriptor stays open for the life of the process: closing it would free the lock.
}

/// A store that is half there must not be served, nor get keys of its own.
private func refuseHalfCopied(_ database: any Database) throws(DatabaseError) {
    guard try !StoreCopy.isUnderWay(in: database) else {
        throw .refused(
            "loquet copy has not finished here: run it again with the same --from and --to")
    }
}

import Glibc

/// Where a store is: the one place that knows which databases there are.
package enum DatabaseLocation: Sendable {
    case sqlite(path: String)
    case postgres(PostgresTarget)

    /// What a database is opened for. Changing a schema may take long; serving must not.
    package enum Purpose: Sendable {
        case serving
        case migrating
    }

    /// - Parameters:
    ///   - text: `sqlite`, `sqlite:PATH`, or a `postgresql://` connection string.
    ///   - defaultPath: the file that `sqlite` alone means.
    /// - Throws: `.refused`. The reason never quotes the text, which may hold a password.
    package init(parsing text: String, defaultPath: String) throws(DatabaseError) {
        if text == "sqlite" {
            self = .sqlite(path: defaultPath)
        } else if text.hasPrefix("sqlite:"), text.utf8.count > 7 {
            self = .sqlite(path: String(text.dropFirst(7)))
        } else {
            self = .postgres(try PostgresTarget(parsing: text))
        }
    }

    /// What messages call it; never a connection string.
    package var name: String {
        switch self {
        case .sqlite(let path): path
        case .postgres: "the PostgreSQL database"
        }
    }

    /// Whether what is stored stays on this machine.
    package var isThisMachine: Bool {
        switch self {
        case .sqlite: true
        case .postgres(let target): target.isThisMachine
        }
    }

    /// Whether opening would find something. A server always may hold a store.
    package var mayExist: Bool {
        switch self {
        case .sqlite(let path): unsafe access(path, F_OK) == 0
        case .postgres: true
        }
    }

    /// - Parameter onFatal: called when a database that is a file of ours can no longer be trusted.
    package func open(
        for purpose: Purpose, onFatal: @escaping @Sendable (String) -> Never
    ) throws(DatabaseError) -> any Database {
        switch self {
        case .sqlite(let path): return try SQLiteDatabase(path: path, onFatal: onFatal)
        case .postgres(let target):
            return try PostgresDatabase(
                target, limits: purpose == .migrating ? .migrating : PostgresLimits())
        }
    }
}

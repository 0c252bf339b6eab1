import Glibc

/// An SQLite file: the embedded database, durable at every commit.
///
/// Write-ahead log with `synchronous = FULL`. One connection writes, a few read; other processes
/// may have the same file open. The file, its `-wal` and its `-shm` are readable by their owner
/// only.
package final class SQLiteDatabase: Database {
    private let path: String
    private let busyMilliseconds: Int32
    private let settingsWanted: [SQLiteSetting]
    private let onFatal: @Sendable (String) -> Never
    private let pool: SQLitePool

    /// Opens the file, and makes it with mode 0600 when there is none.
    ///
    /// - Parameters:
    ///   - path: of the file; its folder must exist. On a local file system: SQLite's locks and
    ///     shared memory do not work on network file systems.
    ///   - readersMax: connections for `read`, opened when needed, 1 or more. Each keeps up to
    ///     8 MiB of pages. When all are lent, a read waits.
    ///   - busyTimeout: how long a call waits for a connection, and again for the lock of another
    ///     process, before it throws `.unavailable`. Whole milliseconds.
    ///   - onFatal: called with the reason when a write or an fsync failed, or the file is
    ///     damaged. It must end the process: nothing is known of what is on the disk, and an fsync
    ///     that is tried again can succeed without having written anything.
    /// - Throws: `.refused` when the file is no sound SQLite database, is readable by others, or
    ///   does not take a setting, which the reason names; `.unavailable` when it cannot be opened.
    package init(
        path: String, readersMax: Int = 4, busyTimeout: Duration = .seconds(5),
        onFatal: @escaping @Sendable (String) -> Never
    ) throws(DatabaseError) {
        precondition(readersMax >= 1, "a database without readers cannot be read")
        // Without a folder in front, a name such as "file:x" or ":memory:" means something else.
        self.path = path.hasPrefix("/") ? path : "./" + path
        let (seconds, attoseconds) = busyTimeout.components
        busyMilliseconds = Int32(seconds * 1000 + attoseconds / 1_000_000_000_000_000)
        settingsWanted = SQLiteSetting.all(busyMilliseconds: busyMilliseconds)
        self.onFatal = onFatal
        try preparePrivateFile(self.path)
        let writer = try SQLiteConnection(
            .writer, path: self.path, busyMilliseconds: busyMilliseconds,
            settings: settingsWanted, onFatal: onFatal)
        pool = SQLitePool(writer: writer, readersMax: readersMax, waitMax: busyTimeout)
    }

    package func read<Answer>(
        _ body: (borrowing Reader) throws(DatabaseError) -> Answer
    ) throws(DatabaseError) -> Answer {
        if let group = pool.ownGroup {
            return try group.inPart { () throws(DatabaseError) in try body(Reader(group)) }
        }
        return try withReader { connection throws(DatabaseError) in
            try connection.inTransaction { () throws(DatabaseError) in
                try body(Reader(connection))
            }
        }
    }

    package func transaction<Answer>(
        _ durability: Durability,
        _ body: (borrowing Transaction) throws(DatabaseError) -> Answer
    ) throws(DatabaseError) -> Answer {
        if let group = pool.ownGroup {
            return try group.inPart { () throws(DatabaseError) in try body(Transaction(group)) }
        }
        return try pool.withWriter { connection throws(DatabaseError) in
            try connection.inTransaction(durability) { () throws(DatabaseError) in
                try body(Transaction(connection))
            }
        }
    }

    package var joinsTransactions: Bool { true }

    package func together(
        _ durability: Durability, _ body: () -> Void
    ) throws(DatabaseError) {
        try pool.withGroup { connection throws(DatabaseError) in
            try connection.inGroup(durability, body)
        }
    }

    package func hasTable(_ name: StaticString) throws(DatabaseError) -> Bool {
        try read { reader throws(DatabaseError) in
            let found = try reader.first(
                """
                SELECT 1 FROM sqlite_schema
                WHERE type = 'table' AND name = \(name.description)
                """
            ) { row throws(DatabaseError) in try row.int64(0) }
            return found != nil
        }
    }

    package func close() {
        pool.close()
    }

    /// Empties the write-ahead log, which keeps overwritten and deleted content until then. For
    /// use after an erasure.
    ///
    /// - Throws: `.unavailable` when a reader or another process uses the log for longer than the
    ///   busy timeout; writers wait meanwhile.
    package func scrub() throws(DatabaseError) {
        try pool.withWriter { connection throws(DatabaseError) in try connection.truncateLog() }
    }

    /// Reads the whole file (seconds for each GB) and says what is wrong with it, one line for
    /// each of the first 100 findings; empty when it is sound. Not fatal: it only reports.
    package func integrityFaults() throws(DatabaseError) -> [String]? {
        try withReader { connection throws(DatabaseError) in try connection.findings() }
    }

    /// The settings as the library answers them now, by PRAGMA name.
    package func settings() throws(DatabaseError) -> [String: String] {
        try pool.withWriter { connection throws(DatabaseError) in
            var settings: [String: String] = [:]
            for setting in settingsWanted {
                settings[setting.name] = try connection.value(of: setting)
            }
            return settings
        }
    }

    private func withReader<Answer>(
        _ body: (SQLiteConnection) throws(DatabaseError) -> Answer
    ) throws(DatabaseError) -> Answer {
        try pool.withReader(
            open: { () throws(DatabaseError) in
                try SQLiteConnection(
                    .reader, path: path, busyMilliseconds: busyMilliseconds,
                    settings: settingsWanted, onFatal: onFatal)
            }, body)
    }
}

/// Makes the file with mode 0600 when there is none, and refuses one that others can read. SQLite
/// gives `-wal` and `-shm` the mode of the file.
///
/// The file is never opened here: closing a descriptor drops every POSIX lock that this process
/// holds on the file, also those of another connection. `mknod` makes a file without opening it.
private func preparePrivateFile(_ path: String) throws(DatabaseError) {
    let isNew = unsafe mknod(path, S_IFREG | 0o600, 0) == 0
    // Read before anything else runs.
    let code = errno
    guard isNew || code == EEXIST else {
        throw .unavailable("cannot make \(path): \(unsafe String(cString: strerror(code)))")
    }
    for name in [path, path + "-wal", path + "-shm"] {
        var status = stat()
        // The log and its index are there only while the database is in use.
        guard unsafe stat(name, &status) == 0 else { continue }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .refused("\(name) is not a file")
        }
        guard status.st_mode & 0o077 == 0 else {
            throw .refused("\(name) is open to others: set its mode to 0600")
        }
    }
}

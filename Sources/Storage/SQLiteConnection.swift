/// One connection to the file with its settings, its statements and what goes wrong on it. Used by
/// one thread at a time.
final class SQLiteConnection: Connection, @unchecked Sendable {
    // @unchecked Sendable: `SQLitePool` lends a connection to one thread at a time.
    enum Role: Sendable {
        case reader, writer
    }

    private let role: Role
    private let handle: SQLiteHandle
    private let busyMilliseconds: Int32
    private let onFatal: @Sendable (String) -> Never
    private let begin: SQLiteStatement
    private let commit: SQLiteStatement
    private let rollback: SQLiteStatement
    private let beginPart: SQLiteStatement
    private let keepPart: SQLiteStatement
    private let dropPart: SQLiteStatement
    private var cache = StatementCache()
    /// The first error of the transaction under way; see ``Database/transaction(_:)``.
    private var firstError: DatabaseError?
    /// Why nothing of the group under way will be kept, if that is so.
    private var groupError: DatabaseError?
    private var isInPart = false
    /// What the library does at a commit now; see ``use(_:)``.
    private var durability = Durability.atOnce

    /// - Throws: `.refused` when the file is not a sound database or a setting does not take;
    ///   `.unavailable` when it cannot be opened.
    init(
        _ role: Role, path: String, busyMilliseconds: Int32, settings: [SQLiteSetting],
        onFatal: @escaping @Sendable (String) -> Never
    ) throws(DatabaseError) {
        self.role = role
        self.busyMilliseconds = busyMilliseconds
        self.onFatal = onFatal
        do throws(SQLiteFailure) {
            handle = try SQLiteHandle(
                path: path, isReadOnly: role == .reader, busyMilliseconds: busyMilliseconds)
            try handle.apply(settings, atMostMilliseconds: busyMilliseconds)
            begin = try handle.prepare(role == .writer ? "BEGIN IMMEDIATE" : "BEGIN DEFERRED")
            commit = try handle.prepare("COMMIT")
            rollback = try handle.prepare("ROLLBACK")
            beginPart = try handle.prepare("SAVEPOINT part")
            keepPart = try handle.prepare("RELEASE part")
            dropPart = try handle.prepare("ROLLBACK TO part")
        } catch {
            if error.isCorruption {
                throw .refused("\(path) is not a sound SQLite database: \(error.reason)")
            }
            if case .statement(let reason) = error.error { throw .refused("\(path): \(reason)") }
            throw error.error
        }
        for setting in settings {
            let found = try value(of: setting)
            guard found == setting.expected else {
                throw .refused(
                    """
                    \(path): PRAGMA \(setting.name) is \(found.isEmpty ? "unknown" : found), \
                    must be \(setting.expected)
                    """)
            }
        }
    }

    /// What the library answers when asked for the setting; empty when it does not know it.
    func value(of setting: SQLiteSetting) throws(DatabaseError) -> String {
        try use(.atOnce)
        return try attempt { () throws(SQLiteFailure) in
            try handle.texts("PRAGMA \(setting.name)").first ?? ""
        }
    }

    /// Runs `body` between BEGIN and COMMIT.
    func inTransaction<Answer>(
        _ durability: Durability = .atOnce, _ body: () throws(DatabaseError) -> Answer
    ) throws(DatabaseError) -> Answer {
        firstError = nil
        try use(durability)
        try run(begin)
        do throws(DatabaseError) {
            let answer = try body()
            if let firstError { throw firstError }
            try run(commit)
            if role == .writer { try moveLogIfLong() }
            return answer
        } catch {
            rollBack()
            throw error
        }
    }

    /// Runs `body`, whose parts (``inPart(_:)``) are committed together when it returns.
    func inGroup(_ durability: Durability, _ body: () -> Void) throws(DatabaseError) {
        try inTransaction(durability) { () throws(DatabaseError) in
            groupError = nil
            body()
            if let groupError { throw groupError }
            // A part's error was that part's.
            firstError = nil
        }
    }

    /// Runs `body` as a part of the group under way, which keeps all of it, or nothing when it throws.
    func inPart<Answer>(
        _ body: () throws(DatabaseError) -> Answer
    ) throws(DatabaseError) -> Answer {
        precondition(!isInPart, "a database call inside the closure of another")
        if let groupError { throw groupError }
        firstError = nil
        isInPart = true
        defer { isInPart = false }
        try run(beginPart)
        do throws(DatabaseError) {
            let answer = try body()
            if let firstError { throw firstError }
            try run(keepPart)
            return answer
        } catch {
            undoPart(error)
            throw error
        }
    }

    func run(
        _ sql: SQL, atMost limit: Int,
        _ body: (borrowing Row) throws(DatabaseError) -> Void
    ) throws(DatabaseError) {
        let statement = try start(sql)
        defer { statement.finish() }
        var count = 0
        while count < limit {
            // A step after the last one would run the statement a second time.
            guard try step(statement) else { return }
            try body(Row(statement))
            count += 1
        }
        // All rows are written by the first step, but foreign keys are checked after the last.
        if !statement.isReadOnly { while try step(statement) {} }
    }

    func execute(_ sql: SQL) throws(DatabaseError) -> Int {
        let before = handle.totalChangedRows
        let statement = try start(sql)
        defer { statement.finish() }
        while try step(statement) {}
        return handle.totalChangedRows == before ? 0 : handle.changedRows
    }

    /// The next commits wait for the disk, or leave that to the first one after them that does: the log is
    /// one file, and syncing it syncs what stands before (https://www.sqlite.org/wal.html, “Performance
    /// Considerations”).
    private func use(_ durability: Durability) throws(DatabaseError) {
        guard durability != self.durability else { return }
        try attempt { () throws(SQLiteFailure) in
            _ = try handle.texts(
                durability == .atOnce ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL")
        }
        self.durability = durability
    }

    /// Empties the write-ahead log.
    func truncateLog() throws(DatabaseError) {
        try attempt { () throws(SQLiteFailure) in
            try handle.checkpoint(truncating: true, busyMilliseconds: busyMilliseconds)
        }
    }

    /// What the library's quick check finds wrong; empty when nothing is.
    func findings() throws(DatabaseError) -> [String] {
        do throws(SQLiteFailure) {
            let lines = try handle.texts("PRAGMA quick_check")
            return lines == ["ok"] ? [] : lines
        } catch {
            guard error.isCorruption else { throw error.error }
            return [error.reason]
        }
    }

    private func start(_ sql: SQL) throws(DatabaseError) -> SQLiteStatement {
        if let firstError { throw firstError }
        return try attempt { () throws(SQLiteFailure) in
            let statement = try cache.statement(sql.text, on: handle)
            do throws(SQLiteFailure) {
                try statement.start(sql.values)
            } catch {
                statement.finish()
                throw error
            }
            return statement
        }
    }

    private func step(_ statement: SQLiteStatement) throws(DatabaseError) -> Bool {
        try attempt { () throws(SQLiteFailure) in try statement.step() }
    }

    private func run(_ statement: SQLiteStatement) throws(DatabaseError) {
        defer { statement.finish() }
        _ = try step(statement)
    }

    /// After an error the library may have rolled back by itself.
    private func rollBack() {
        guard handle.isInTransaction else { return }
        do throws(DatabaseError) {
            try run(rollback)
        } catch {
            onFatal("a transaction could not be rolled back: \(error)")
        }
    }

    /// When the disk is full, for one, the library rolls back the parts before this one as well.
    private func undoPart(_ error: DatabaseError) {
        guard handle.isInTransaction else {
            groupError = error
            return
        }
        do throws(DatabaseError) {
            try run(dropPart)
            try run(keepPart)
        } catch {
            onFatal("a part of a transaction could not be rolled back: \(error)")
        }
    }

    /// Moves the log into the database file when it is long. The library would do this itself but
    /// ignore a failed fsync; here it is fatal like any other.
    private func moveLogIfLong() throws(DatabaseError) {
        guard handle.pagesInLog >= pagesInLogMax else { return }
        do throws(SQLiteFailure) {
            try handle.checkpoint(truncating: false, busyMilliseconds: busyMilliseconds)
        } catch {
            // The commit is durable already, and the next one tries again: a busy or full disk
            // is no reason to report it as failed.
            if error.isFatal(whileWriting: true) { onFatal(error.reason) }
        }
    }

    /// The one place where a result code becomes an error or the end of the process.
    private func attempt<Answer>(
        _ body: () throws(SQLiteFailure) -> Answer
    ) throws(DatabaseError) -> Answer {
        do throws(SQLiteFailure) {
            return try body()
        } catch {
            if error.isFatal(whileWriting: role == .writer) { onFatal(error.reason) }
            if firstError == nil { firstError = error.error }
            throw error.error
        }
    }
}

/// Pages of 4 KiB, so about 16 MB: four times the library's default, because the pages that every sign-in
/// changes are then copied a quarter as often.
private let pagesInLogMax = 4_000

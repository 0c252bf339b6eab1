import CSQLite
import Glibc

/// An open database file: the C library's connection, and the statements compiled on it. The only
/// file that holds pointers of the library.
@safe
final class SQLiteHandle: @unchecked Sendable {
    // @unchecked Sendable: one thread at a time uses a handle (`SQLitePool` lends it), which is all
    // that SQLITE_OPEN_NOMUTEX asks for.
    // @safe: both pointers are obtained in `init`, released in `deinit` and never leave this file.
    private let database: OpaquePointer
    /// Pages in the write-ahead log after the last commit on this handle.
    private let logPages: UnsafeMutablePointer<Int32>

    /// - Parameter path: absolute, or starting with `./`, so that it is never read as a URI.
    /// - Precondition: the file exists (an empty one is a new database).
    init(path: String, isReadOnly: Bool, busyMilliseconds: Int32) throws(SQLiteFailure) {
        _ = withoutStatistics
        // EXRESCODE: every call answers with the extended code, so nothing is looked up later.
        let flags =
            (isReadOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE)
            | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        var opened: OpaquePointer?
        let code = unsafe sqlite3_open_v2(path, &opened, flags, nil)
        guard code == SQLITE_OK, let opened = unsafe opened else {
            // A handle is made even when opening fails; closing nothing is allowed.
            unsafe sqlite3_close_v2(opened)
            throw SQLiteFailure(code: code)
        }
        unsafe database = unsafe opened
        unsafe logPages = .allocate(capacity: 1)
        unsafe logPages.initialize(to: 0)
        unsafe sqlite3_busy_timeout(database, busyMilliseconds)
        // This hook takes the place of the library's own checkpoints, which ignore write errors.
        unsafe sqlite3_wal_hook(
            database,
            { context, _, _, pages in
                // `context` is `logPages`, never nil: it is what the next argument passes.
                unsafe context!.assumingMemoryBound(to: Int32.self).pointee = pages
                return SQLITE_OK
            }, logPages)
    }

    deinit {
        // Statements that still live keep the connection open until they are finalised.
        unsafe sqlite3_close_v2(database)
        unsafe logPages.deallocate()
    }

    /// Whether a transaction is open, also after an error that may have ended it.
    var isInTransaction: Bool { unsafe sqlite3_get_autocommit(database) == 0 }

    /// Rows changed by the last statement that changes rows.
    var changedRows: Int { Int(unsafe sqlite3_changes64(database)) }

    /// Rows changed since the handle was opened; tells a statement that changed none.
    var totalChangedRows: Int { Int(unsafe sqlite3_total_changes64(database)) }

    var pagesInLog: Int { Int(unsafe logPages.pointee) }

    /// Switches an on/off option of the connection and checks that it took.
    func set(_ option: Int32, to isOn: Bool) throws(SQLiteFailure) {
        var now: Int32 = -1
        let code = unsafe loquet_sqlite_switch(database, option, isOn ? 1 : 0, &now)
        guard code == SQLITE_OK, now == (isOn ? 1 : 0) else {
            throw SQLiteFailure(
                code: code == SQLITE_OK ? SQLITE_MISUSE : code,
                message: "the library does not take connection option \(option)")
        }
    }

    /// Moves committed pages from the log to the database file, and syncs both.
    ///
    /// - Parameters:
    ///   - truncating: waits for readers and writers, then empties the log; else moves what can be
    ///     moved without waiting.
    ///   - busyMilliseconds: the connection's own wait. A truncation holds every writer up while it
    ///     waits for readers, so it waits a tenth of a second at most and is tried again later.
    func checkpoint(truncating: Bool, busyMilliseconds: Int32) throws(SQLiteFailure) {
        let mode = truncating ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE
        if truncating { unsafe sqlite3_busy_timeout(database, min(100, busyMilliseconds)) }
        defer { if truncating { unsafe sqlite3_busy_timeout(database, busyMilliseconds) } }
        let code = unsafe sqlite3_wal_checkpoint_v2(database, nil, mode, nil, nil)
        guard code == SQLITE_OK else { throw SQLiteFailure(code: code) }
        if truncating { unsafe logPages.pointee = 0 }
    }

    /// Copies every page into an empty database. The caller holds a read transaction here.
    ///
    /// - Parameter progress: pages done and pages there are, after every `pagesAtOnce` and at the end.
    func copy(
        to target: SQLiteHandle, pagesAtOnce: Int, progress: (Int, Int) -> Void
    ) throws(SQLiteFailure) {
        guard let copy = unsafe sqlite3_backup_init(target.database, "main", database, "main")
        else { throw SQLiteFailure(code: unsafe sqlite3_extended_errcode(target.database)) }
        var code = SQLITE_OK
        while code == SQLITE_OK {
            code = unsafe sqlite3_backup_step(copy, Int32(clamping: pagesAtOnce))
            let total = Int(unsafe sqlite3_backup_pagecount(copy))
            progress(total - Int(unsafe sqlite3_backup_remaining(copy)), total)
        }
        // Frees the copy whatever it answers; what went wrong was answered by the step.
        unsafe sqlite3_backup_finish(copy)
        guard code == SQLITE_DONE else { throw SQLiteFailure(code: code) }
    }

    /// Compiles one statement.
    ///
    /// - Throws: also for a text that holds no statement, or more than one.
    func prepare(_ text: String) throws(SQLiteFailure) -> SQLiteStatement {
        var text = text
        var prepared: OpaquePointer?
        var unreadBytes = 0
        let code = text.withUTF8 { buffer in
            // A StaticString is at most as long as the program, far below 2 GiB.
            guard
                let start = unsafe UnsafeRawPointer(buffer.baseAddress)?
                    .assumingMemoryBound(to: CChar.self)
            else { return SQLITE_MISUSE }
            var end: UnsafePointer<CChar>? = unsafe start
            // PERSISTENT: statements are cached for as long as the connection lives.
            let code = unsafe sqlite3_prepare_v3(
                database, start, Int32(buffer.count), UInt32(SQLITE_PREPARE_PERSISTENT),
                &prepared, &end)
            if let end = unsafe end {
                let rest = unsafe buffer[(end - start)...]
                unreadBytes = unsafe rest.count { !" \n\t;".utf8.contains($0) }
            }
            return code
        }
        guard code == SQLITE_OK else {
            // The message can quote only the statement, which carries no values.
            let message = unsafe String(cString: sqlite3_errmsg(database))
            throw SQLiteFailure(code: code, message: message)
        }
        guard let prepared = unsafe prepared, unreadBytes == 0 else {
            unsafe sqlite3_finalize(prepared)
            throw SQLiteFailure(code: SQLITE_ERROR, message: "not exactly one statement")
        }
        return unsafe SQLiteStatement(prepared)
    }
}

/// Set once for the process: threads do not wait for each other to count allocations. A refusal
/// (the library is in use already) costs speed only.
private let withoutStatistics = loquet_sqlite_without_statistics()

/// A compiled statement, and the row it stands on.
@safe
final class SQLiteStatement: Columns, @unchecked Sendable {
    // @unchecked Sendable: lent to one thread at a time with its connection.
    // @safe: `statement` is finalised in `deinit` and never leaves this class; the memory of a
    // column is copied before the statement moves on.
    private let statement: OpaquePointer
    /// Between `start` and `finish`.
    private(set) var isInUse = false
    /// Whether it leaves the database as it is.
    let isReadOnly: Bool

    fileprivate init(_ statement: OpaquePointer) {
        unsafe self.statement = unsafe statement
        isReadOnly = unsafe sqlite3_stmt_readonly(statement) != 0
    }

    deinit {
        unsafe sqlite3_finalize(statement)
    }

    /// Binds every parameter. `finish` must follow, whatever happens in between.
    func start(_ values: [SQLValue]) throws(SQLiteFailure) {
        isInUse = true
        let parameters = unsafe sqlite3_bind_parameter_count(statement)
        guard Int(parameters) == values.count else {
            throw SQLiteFailure(code: SQLITE_ERROR, message: "a parameter without a value")
        }
        var position: Int32 = 0
        for value in values {
            position += 1
            let code = bind(value, at: position)
            guard code == SQLITE_OK else { throw SQLiteFailure(code: code, parameter: position) }
        }
    }

    /// Moves to the next row.
    ///
    /// - Returns: `false` after the last one.
    func step() throws(SQLiteFailure) -> Bool {
        switch unsafe sqlite3_step(statement) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code: throw SQLiteFailure(code: code)
        }
    }

    /// Makes the statement ready for the next use, and lets go of the values.
    func finish() {
        // Answers with the error that `step` has reported already.
        unsafe sqlite3_reset(statement)
        unsafe sqlite3_clear_bindings(statement)
        isInUse = false
    }

    func cell(_ position: Int) -> Cell {
        guard (0..<Int(unsafe sqlite3_column_count(statement))).contains(position) else {
            return .unreadable
        }
        let column = Int32(position)
        switch unsafe sqlite3_column_type(statement, column) {
        case SQLITE_NULL: return .null
        case SQLITE_INTEGER:
            return .value(.integer(unsafe sqlite3_column_int64(statement, column)))
        case SQLITE_BLOB:
            // The pointer of an empty value is nil, which makes an empty buffer.
            let start = unsafe sqlite3_column_blob(statement, column)
            let count = Int(unsafe sqlite3_column_bytes(statement, column))
            return unsafe .value(.bytes(Array(UnsafeRawBufferPointer(start: start, count: count))))
        case SQLITE_TEXT:
            let start = unsafe sqlite3_column_text(statement, column)
            let count = Int(unsafe sqlite3_column_bytes(statement, column))
            let bytes = unsafe UnsafeBufferPointer(start: start, count: count)
            guard let text = unsafe String(validating: bytes, as: UTF8.self) else {
                return .unreadable
            }
            return .value(.text(text))
        default: return .unreadable
        }
    }

    private func bind(_ value: SQLValue, at position: Int32) -> Int32 {
        // SQLITE_TRANSIENT, a macro that is not imported: the library copies the value.
        let copied = unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        switch value {
        case .null:
            return unsafe sqlite3_bind_null(statement, position)
        case .integer(let number):
            return unsafe sqlite3_bind_int64(statement, position, number)
        case .boolean(let truth):
            return unsafe sqlite3_bind_int64(statement, position, truth ? 1 : 0)
        case .bytes(let bytes) where bytes.isEmpty:
            // A nil pointer would bind NULL.
            return unsafe sqlite3_bind_zeroblob(statement, position, 0)
        case .bytes(let bytes):
            return unsafe bytes.withUnsafeBytes { buffer in
                unsafe sqlite3_bind_blob64(
                    statement, position, buffer.baseAddress, UInt64(buffer.count), copied)
            }
        case .text(let text):
            // A zero inside would hide the rest of the text from SQL functions, and PostgreSQL
            // refuses it. The code is the one for a value that is too big: both are refused values.
            guard !text.utf8.contains(0) else { return SQLITE_TOOBIG }
            return unsafe sqlite3_bind_text64(
                statement, position, text, UInt64(text.utf8.count), copied, UInt8(SQLITE_UTF8))
        }
    }
}

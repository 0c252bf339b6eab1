import CSQLite

/// A result code of the library that is not success.
///
/// Source: https://www.sqlite.org/rescode.html
struct SQLiteFailure: Error {
    /// The extended result code.
    let code: Int32
    /// Why a statement could not be compiled; it quotes nothing but the statement.
    var message: String?
    /// The parameter that could not be bound, from 1.
    var parameter: Int32?

    init(code: Int32, message: String? = nil, parameter: Int32? = nil) {
        self.code = code
        self.message = message
        self.parameter = parameter
    }

    /// A file that could not be made, in the system's words.
    init(cannotOpen reason: String) {
        self.init(code: SQLITE_CANTOPEN, message: reason)
    }

    /// The class of the extended code, its low byte.
    private var primaryCode: Int32 { code & 0xff }

    /// The library's fixed text for the code; it names no value and no path.
    var reason: String {
        let text = unsafe String(cString: sqlite3_errstr(code))
        return "\(text) (SQLite \(code))"
    }

    /// The file's content can no longer be trusted.
    var isCorruption: Bool { primaryCode == SQLITE_CORRUPT || primaryCode == SQLITE_NOTADB }

    var isBusy: Bool { primaryCode == SQLITE_BUSY || primaryCode == SQLITE_LOCKED }

    /// Whether going on could lose what was reported as stored.
    ///
    /// After a failed write or fsync the kernel may have dropped the pages and report success the
    /// next time, so nothing is retried: the process ends, and reads the file anew when it starts.
    func isFatal(whileWriting: Bool) -> Bool {
        // Growing the shared index fails on a full disk, before anything is written.
        let isIOError = primaryCode == SQLITE_IOERR && code != ioErrorGrowingSharedIndex
        return isCorruption || (isIOError && whileWriting)
    }

    /// What the caller of the database is told.
    var error: DatabaseError {
        if let parameter { return .valueRefused(parameter: Int(parameter)) }
        switch primaryCode {
        case SQLITE_CONSTRAINT:
            return uniqueViolations.contains(code) ? .uniqueViolation : .constraint
        case SQLITE_MISMATCH:
            return .constraint
        case SQLITE_ERROR, SQLITE_MISUSE, SQLITE_RANGE, SQLITE_TOOBIG, SQLITE_READONLY,
            SQLITE_AUTH, SQLITE_SCHEMA:
            return .statement(message ?? reason)
        case SQLITE_CANTOPEN: return .unavailable(message ?? reason)
        default:
            // Busy, full, out of memory, an I/O error while reading: it may pass.
            return .unavailable(reason)
        }
    }
}

// Extended codes are macros with a shift, which are not imported.

/// SQLITE_IOERR_SHMSIZE
private let ioErrorGrowingSharedIndex = SQLITE_IOERR | (19 << 8)

/// SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_UNIQUE, SQLITE_CONSTRAINT_ROWID
private let uniqueViolations: Set<Int32> = [
    SQLITE_CONSTRAINT | (6 << 8), SQLITE_CONSTRAINT | (8 << 8), SQLITE_CONSTRAINT | (10 << 8),
]

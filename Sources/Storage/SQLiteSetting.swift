import CSQLite
import Glibc

/// A PRAGMA that every connection sets and then reads back: a file system without shared memory, an
/// older library or a wrong build answers with something else, and then the database is not opened.
///
/// Source: https://www.sqlite.org/pragma.html
struct SQLiteSetting: Equatable, Sendable {
    let name: String
    /// As written after `=`; `nil` when the value is set elsewhere and only read back.
    let value: String?
    /// As the library answers when asked.
    let expected: String

    static func all(busyMilliseconds: Int32) -> [SQLiteSetting] {
        [
            // Readers do not wait for the writer, nor the writer for readers.
            .init(name: "journal_mode", value: "WAL", expected: "wal"),
            // FULL: the log is synced at every commit, so what was committed survives power loss.
            .init(name: "synchronous", value: "FULL", expected: "2"),
            .init(name: "foreign_keys", value: "ON", expected: "1"),
            // Deleted content is overwritten with zeros.
            .init(name: "secure_delete", value: "ON", expected: "1"),
            // Functions and virtual tables that a tampered schema names are not run.
            .init(name: "trusted_schema", value: "OFF", expected: "0"),
            // Pages are checked as they are read.
            .init(name: "cell_size_check", value: "ON", expected: "1"),
            // Sorting leaves no personal data in temporary files.
            .init(name: "temp_store", value: "MEMORY", expected: "2"),
            // KiB when negative: 8 MiB, which keeps the index of about 100,000 accounts.
            .init(name: "cache_size", value: "-8192", expected: "-8192"),
            .init(name: "busy_timeout", value: nil, expected: "\(busyMilliseconds)"),
        ]
    }
}

extension SQLiteHandle {
    /// Sets what a new connection needs; the settings are read back by the caller.
    func apply(
        _ settings: [SQLiteSetting], atMostMilliseconds limit: Int32
    ) throws(SQLiteFailure) {
        // The schema's own tables and the file's pages cannot be written through SQL.
        try set(SQLITE_DBCONFIG_DEFENSIVE, to: true)
        // "x" is a column, never a text by accident, as in PostgreSQL.
        try set(SQLITE_DBCONFIG_DQS_DML, to: false)
        try set(SQLITE_DBCONFIG_DQS_DDL, to: false)
        let deadline = ContinuousClock.now + .milliseconds(Int(limit))
        for setting in settings {
            guard let value = setting.value else { continue }
            try apply("PRAGMA \(setting.name) = \(value)", until: deadline)
        }
    }

    /// The first column of every row, as text.
    func texts(_ sql: String) throws(SQLiteFailure) -> [String] {
        let statement = try prepare(sql)
        try statement.start([])
        defer { statement.finish() }
        var texts: [String] = []
        while try statement.step() {
            switch statement.cell(0) {
            case .value(.text(let text)): texts.append(text)
            case .value(.integer(let number)): texts.append(String(number))
            default: break
            }
        }
        return texts
    }

    /// Switching a new file to WAL answers “busy” at once, without the busy timeout, when another
    /// process does the same; so this waits by itself.
    private func apply(
        _ sql: String, until deadline: ContinuousClock.Instant
    ) throws(SQLiteFailure) {
        while true {
            do throws(SQLiteFailure) {
                _ = try texts(sql)
                return
            } catch {
                guard error.isBusy, ContinuousClock.now < deadline else { throw error }
                // 5 ms: a fresh file is switched in less.
                usleep(5_000)
            }
        }
    }
}

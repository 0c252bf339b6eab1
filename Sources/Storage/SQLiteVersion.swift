import CSQLite

extension SQLiteDatabase {
    package var answersAtOnce: Bool { true }

    /// The library that runs, such as `SQLite 3.40.1`.
    package var library: String { unsafe "SQLite " + String(cString: sqlite3_libversion()) }
}

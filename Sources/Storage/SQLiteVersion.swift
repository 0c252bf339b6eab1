import CSQLite

extension SQLiteDatabase {
    /// The version of the SQLite library that runs, such as `3.40.1`.
    package static var libraryVersion: String { unsafe String(cString: sqlite3_libversion()) }
}

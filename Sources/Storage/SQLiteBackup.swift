import Glibc

/// A database file copied as it was at one moment, while other connections and processes write on.
///
/// The library's online backup (https://www.sqlite.org/backup.html) starts over whenever somebody else
/// writes between its steps. Here the source is held in one read transaction from the first page to the
/// last, so nothing it sees changes and it never does; writers go on in the write-ahead log, which
/// grows meanwhile.
package enum SQLiteBackup {
    package struct Progress: Equatable, Sendable {
        package let bytesDone: Int64
        package let bytesTotal: Int64
    }

    /// 4 MiB at a time where a page has 4 KiB: often enough for a progress bar.
    private static let pagesAtOnce = 1_024
    private static let busyMilliseconds: Int32 = 5_000

    /// - Parameters:
    ///   - path: of the database.
    ///   - copy: where nothing is yet. Afterwards one file, without a log beside it.
    /// - Throws: `.unavailable`, also when the disk is full; what was written is then the caller's to remove.
    package static func run(
        from path: String, to copy: String, progress: (Progress) -> Void
    ) throws(DatabaseError) {
        do throws(SQLiteFailure) {
            let source = try SQLiteHandle(
                path: plain(path), isReadOnly: true, busyMilliseconds: busyMilliseconds)
            let bytesPerPage = Int64(try source.texts("PRAGMA page_size").first ?? "") ?? 0
            // A transaction begins with its first read.
            _ = try source.texts("BEGIN DEFERRED")
            _ = try source.texts("SELECT count(*) FROM sqlite_schema")
            try makePrivateFile(copy)
            let target = try SQLiteHandle(
                path: plain(copy), isReadOnly: false, busyMilliseconds: busyMilliseconds)
            try source.copy(to: target, pagesAtOnce: pagesAtOnce) { done, total in
                progress(
                    Progress(
                        bytesDone: Int64(done) * bytesPerPage,
                        bytesTotal: Int64(total) * bytesPerPage))
            }
            _ = try source.texts("ROLLBACK")
            // The copied header says that there is a log. Whoever opens the copy to use it says so again.
            _ = try target.texts("PRAGMA journal_mode = DELETE")
        } catch {
            throw error.error
        }
    }

    /// Reads every page and every index, and follows every reference.
    ///
    /// - Returns: what is wrong, at most 100 findings of each kind; empty when the file is sound.
    package static func faults(in path: String) throws(DatabaseError) -> [String] {
        do throws(SQLiteFailure) {
            let file = try SQLiteHandle(
                path: plain(path), isReadOnly: true, busyMilliseconds: busyMilliseconds)
            let pages = try file.texts("PRAGMA integrity_check")
            let references = try file.texts("PRAGMA foreign_key_check")
            return (pages == ["ok"] ? [] : pages)
                + references.prefix(100).map { "a row of \($0) refers to nothing" }
        } catch {
            guard error.isCorruption else { throw error.error }
            return [error.reason]
        }
    }

    /// Without a folder in front, a name such as "file:x" or ":memory:" means something else.
    private static func plain(_ path: String) -> String {
        path.hasPrefix("/") ? path : "./" + path
    }

    private static func makePrivateFile(_ path: String) throws(SQLiteFailure) {
        guard unsafe mknod(path, S_IFREG | 0o600, 0) == 0 else {
            throw SQLiteFailure(cannotOpen: unsafe String(cString: strerror(errno)))
        }
    }
}

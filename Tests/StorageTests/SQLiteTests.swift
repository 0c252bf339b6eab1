import Foundation
import Testing
import Threads

@testable import Storage

@Suite struct `An SQLite database` {
    @Test func `has every setting it is meant to have`() throws {
        let folder = try TemporaryFolder()
        let database = try open(folder)
        defer { database.close() }
        #expect(
            try database.settings() == [
                "journal_mode": "wal", "synchronous": "2", "foreign_keys": "1",
                "secure_delete": "1", "trusted_schema": "0", "cell_size_check": "1",
                "temp_store": "2", "cache_size": "-8192", "busy_timeout": "5000",
            ])
    }

    @Test func `is not opened when a setting does not take, and names it`() throws {
        let folder = try TemporaryFolder()
        try open(folder).close()
        let path = folder.path("store.db")
        let wrong = [
            SQLiteSetting(name: "synchronous", value: "OFF", expected: "2"),
            SQLiteSetting(name: "no_such_setting", value: "1", expected: "1"),
        ]
        for (setting, found) in zip(wrong, ["0", "unknown"]) {
            let refused = DatabaseError.refused(
                "\(path): PRAGMA \(setting.name) is \(found), must be \(setting.expected)")
            #expect(throws: refused) {
                try SQLiteConnection(
                    .writer, path: path, busyMilliseconds: 1, settings: [setting],
                    onFatal: { fatalError($0) })
            }
        }
    }

    @Test func `is readable by its owner only, with its log and index`() throws {
        let folder = try TemporaryFolder()
        let database = try open(folder)
        defer { database.close() }
        try makeItems(database)
        #expect(folder.mode("store.db") == 0o600)
        #expect(folder.mode("store.db-wal") == 0o600)
        #expect(folder.mode("store.db-shm") == 0o600)
    }

    @Test func `is not opened when others can read it`() throws {
        let folder = try TemporaryFolder()
        try open(folder).close()
        let path = folder.path("store.db")
        for mode in [0o640, 0o604, 0o602] {
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
            #expect(
                throws: DatabaseError.refused("\(path) is open to others: set its mode to 0600")
            ) { try open(folder) }
        }
    }

    @Test func `is not opened when the file is something else`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("store.db")
        let text = Data(String(repeating: "This is a letter.\n", count: 500).utf8)
        try text.write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        let error = #expect(throws: DatabaseError.self) { try open(folder) }
        #expect(
            error
                == .refused(
                    "\(path) is not a sound SQLite database: file is not a database (SQLite 26)"))
        #expect(FileManager.default.contents(atPath: path) == text)
    }

    @Test func `says why it cannot be made`() throws {
        let folder = try TemporaryFolder()
        let missing = folder.path("missing/store.db")
        let absent = DatabaseError.unavailable("cannot make \(missing): No such file or directory")
        #expect(throws: absent) {
            try SQLiteDatabase(path: missing, onFatal: { fatalError($0) })
        }
        try Data().write(to: URL(fileURLWithPath: folder.path("file")))
        let below = folder.path("file/store.db")
        #expect(throws: DatabaseError.unavailable("cannot make \(below): Not a directory")) {
            try SQLiteDatabase(path: below, onFatal: { fatalError($0) })
        }
        // Root may write everywhere, except where the kernel lets nobody.
        #expect(
            throws: DatabaseError.unavailable(
                "cannot make /proc/self/store.db: No such file or directory")
        ) {
            try SQLiteDatabase(path: "/proc/self/store.db", onFatal: { fatalError($0) })
        }
        #expect(throws: DatabaseError.refused("\(folder.path("")) is not a file")) {
            try SQLiteDatabase(path: folder.path(""), onFatal: { fatalError($0) })
        }
    }

    @Test func `is unavailable while another process writes for too long`() throws {
        let folder = try TemporaryFolder()
        let database = try open(folder)
        let other = try SQLiteDatabase(
            path: folder.path("store.db"), busyTimeout: .milliseconds(20),
            onFatal: { fatalError($0) })
        defer { database.close() }
        defer { other.close() }
        try makeItems(database)
        let late = DatabaseError.unavailable("database is locked (SQLite 5)")
        _ = try database.transaction { _ throws(DatabaseError) in
            #expect(throws: late) { try insert(1, into: other) }
        }
        try insert(1, into: other)
    }

    @Test func `is unavailable when all its connections are lent for too long`() throws {
        let folder = try TemporaryFolder()
        let database = try SQLiteDatabase(
            path: folder.path("store.db"), readersMax: 1, busyTimeout: .milliseconds(20),
            onFatal: { fatalError($0) })
        defer { database.close() }
        let answers = Guarded<[DatabaseError?]>([])
        try database.transaction { _ throws(DatabaseError) in
            let writer = NamedThread("writer") {
                do throws(DatabaseError) {
                    try database.transaction { _ in }
                    answers.withLock { $0.append(nil) }
                } catch {
                    answers.withLock { $0.append(error) }
                }
            }
            writer.join()
        }
        let late = DatabaseError.unavailable("no database connection became free in time")
        #expect(answers.withLock { $0 } == [late])
    }

    @Test func `can be emptied of its log`() throws {
        let folder = try TemporaryFolder()
        let database = try open(folder)
        defer { database.close() }
        try makeItems(database)
        let log = folder.path("store.db-wal")
        #expect(try Data(contentsOf: URL(fileURLWithPath: log)).count > 0)
        try database.scrub()
        #expect(try Data(contentsOf: URL(fileURLWithPath: log)).isEmpty)
    }

    @Test func `keeps its log short by itself`() throws {
        let folder = try TemporaryFolder()
        let database = try open(folder)
        defer { database.close() }
        try makeItems(database)
        let content = [UInt8](repeating: 1, count: 1 << 20)
        for id in 0..<32 {
            _ = try database.transaction { transaction throws(DatabaseError) in
                try transaction.execute(
                    "INSERT INTO item (id, content) VALUES (\(id), \(content))")
            }
        }
        // 4000 pages before it is moved, and one more insert of 257 pages on top.
        let log = try Data(contentsOf: URL(fileURLWithPath: folder.path("store.db-wal")))
        #expect(log.count < 4_300 * 4_120)
    }

    @Test func `finds nothing wrong with a sound file, and something with a damaged one`() throws {
        let folder = try TemporaryFolder()
        try makeDamaged(folder)
        let database = try open(folder)
        defer { database.close() }
        #expect(try (database.integrityFaults() ?? []).isEmpty == false)
        let sound = try TemporaryFolder()
        let other = try open(sound)
        defer { other.close() }
        try makeItems(other)
        #expect(try other.integrityFaults() == [])
    }

    @Test func `ends the process when the file turns out to be damaged`() async {
        await #expect(processExitsWith: .exitCode(42)) {
            let folder = try TemporaryFolder()
            try makeDamaged(folder)
            let database = try SQLiteDatabase(
                path: folder.path("store.db"),
                onFatal: { reason in exit(reason.contains("malformed") ? 42 : 43) })
            _ = try ids(in: database)
        }
    }

    @Test func `ends the process when it is used inside its own closure`() async {
        await #expect(processExitsWith: .failure) {
            let folder = try TemporaryFolder()
            let database = try SQLiteDatabase(
                path: folder.path("store.db"), onFatal: { fatalError($0) })
            try makeItems(database)
            try database.transaction { _ throws(DatabaseError) in _ = try ids(in: database) }
        }
    }

    private func open(_ folder: TemporaryFolder) throws -> SQLiteDatabase {
        try SQLiteDatabase(path: folder.path("store.db"), onFatal: { fatalError($0) })
    }
}

/// A database whose table is overwritten, and whose schema is not.
private func makeDamaged(_ folder: TemporaryFolder) throws {
    let path = folder.path("store.db")
    let database = try SQLiteDatabase(path: path, onFatal: { fatalError($0) })
    try makeItems(database)
    for id in 0..<2_000 { try insert(Int64(id), "label \(id)", into: database) }
    database.close()
    let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
    let size = try file.seekToEnd()
    try file.seek(toOffset: 4_096)
    try file.write(contentsOf: Data(repeating: 0x5a, count: Int(size) - 4_096))
    try file.close()
}

@Suite struct `The statement cache` {
    @Test func `compiles a text once`() throws {
        try withHandle { handle in
            var cache = StatementCache(limit: 2)
            let first = try cache.statement("SELECT 1", on: handle)
            let again = try cache.statement("SELECT 1", on: handle)
            #expect(first === again)
        }
    }

    @Test func `compiles a second statement while the first is in use`() throws {
        try withHandle { handle in
            var cache = StatementCache(limit: 2)
            let first = try cache.statement("SELECT 1", on: handle)
            try first.start([])
            let second = try cache.statement("SELECT 1", on: handle)
            #expect(first !== second)
            #expect(try first.step())
            first.finish()
        }
    }

    @Test func `drops everything for the text that is one too many`() throws {
        try withHandle { handle in
            var cache = StatementCache(limit: 2)
            let first = try cache.statement("SELECT 1", on: handle)
            _ = try cache.statement("SELECT 2", on: handle)
            #expect(cache.count == 2)
            try first.start([])
            _ = try cache.statement("SELECT 3", on: handle)
            #expect(cache.count == 1)
            #expect(try first.step(), "a statement in use lives on")
            first.finish()
        }
    }

    private func withHandle(_ body: (SQLiteHandle) throws -> Void) throws {
        let folder = try TemporaryFolder()
        let path = folder.path("store.db")
        try Data().write(to: URL(fileURLWithPath: path))
        try body(SQLiteHandle(path: path, isReadOnly: false, busyMilliseconds: 1))
    }
}

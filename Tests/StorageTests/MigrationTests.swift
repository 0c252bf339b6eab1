import Storage
import Testing
import Threads

@Suite struct `The migrations of a schema` {
    @Test(arguments: TestDatabase.all)
    func `are planned, applied in order and then done`(_ test: TestDatabase) throws {
        try withEmpty(test) { database in
            let migrations = Migrations([first, second])
            #expect(try migrations.plan(on: database).map(\.number) == [1, 2])
            #expect(try !database.hasTable("schema_version"))
            let done = try migrations.apply(to: database, nowMicroseconds: 77)
            #expect(done.map(\.number) == [1, 2])
            #expect(try migrations.plan(on: database).isEmpty)
            #expect(try migrations.apply(to: database, nowMicroseconds: 88).isEmpty)
            #expect(try versions(database) == ["1 letters 77", "2 numbers 77"])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `go on from where the database stands`(_ test: TestDatabase) throws {
        try withEmpty(test) { database in
            try Migrations([first]).apply(to: database, nowMicroseconds: 1)
            let later = Migrations([first, second])
            #expect(try later.plan(on: database).map(\.number) == [2])
            #expect(try later.apply(to: database, nowMicroseconds: 2).map(\.number) == [2])
            #expect(try versions(database) == ["1 letters 1", "2 numbers 2"])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `refuse a database from a newer program, naming both versions`(
        _ test: TestDatabase
    ) throws {
        try withEmpty(test) { database in
            try Migrations([first, second]).apply(to: database, nowMicroseconds: 1)
            let refused = DatabaseError.refused(
                """
                the database has schema version 2 and this program knows versions up to 1: \
                start a newer program
                """)
            #expect(throws: refused) { try Migrations([first]).plan(on: database) }
            #expect(throws: refused) {
                try Migrations([first]).apply(to: database, nowMicroseconds: 2)
            }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `refuse a database with another history`(_ test: TestDatabase) throws {
        try withEmpty(test) { database in
            try Migrations([first]).apply(to: database, nowMicroseconds: 1)
            let other = Migrations([Migration(1, "shapes", [])])
            #expect(throws: DatabaseError.self) { try other.plan(on: database) }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `undo the step that fails and keep the ones before`(_ test: TestDatabase) throws {
        try withEmpty(test) { database in
            let broken = Migration(
                2, "broken", ["CREATE TABLE half (id BIGINT)", "CREATE nothing"])
            #expect(throws: DatabaseError.self) {
                try Migrations([first, broken]).apply(to: database, nowMicroseconds: 1)
            }
            #expect(try !database.hasTable("half"))
            #expect(try versions(database) == ["1 letters 1"])
            try Migrations([first, second]).apply(to: database, nowMicroseconds: 2)
            #expect(try versions(database) == ["1 letters 1", "2 numbers 2"])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `are applied once when several openers start at the same time`(
        _ test: TestDatabase
    ) throws {
        let folder = try TemporaryFolder()
        let outcome = Guarded<[String]>([])
        let threads = (0..<6).map { index in
            NamedThread("opener-\(index)") {
                do {
                    let database = try test.open(folder)
                    defer { database.close() }
                    let done = try Migrations([first, second])
                        .apply(to: database, nowMicroseconds: 1)
                    outcome.withLock { $0 += done.map { "\($0.number)" } }
                } catch {
                    outcome.withLock { $0.append("\(error)") }
                }
            }
        }
        for thread in threads { thread.join() }
        #expect(outcome.withLock { $0.sorted() } == ["1", "2"])
    }

    private func withEmpty(_ test: TestDatabase, _ body: (any Database) throws -> Void) throws {
        let folder = try TemporaryFolder()
        let database = try test.open(folder)
        defer { database.close() }
        try body(database)
    }

    private func versions(_ database: any Database) throws(DatabaseError) -> [String] {
        try database.read { reader throws(DatabaseError) in
            try reader.rows(
                "SELECT number, name, applied_at_us FROM schema_version ORDER BY number"
            ) { row throws(DatabaseError) in
                "\(try row.int64(0)) \(try row.text(1)) \(try row.int64(2))"
            }
        }
    }
}

private let first = Migration(1, "letters", ["CREATE TABLE letter (id BIGINT NOT NULL)"])
private let second = Migration(
    2, "numbers",
    ["CREATE TABLE number (id BIGINT)", "ALTER TABLE letter ADD COLUMN n BIGINT DEFAULT 3"])

import Storage
import Testing
import Threads

/// What a call throws, if anything; an expectation inside another does not compile.
private func failure(of body: () throws(DatabaseError) -> Void) -> DatabaseError? {
    do {
        try body()
        return nil
    } catch {
        return error
    }
}

/// Inserts in a transaction of its own, and says whether it was kept.
private func keeps(_ id: Int64, in database: any Database) -> Bool {
    failure { () throws(DatabaseError) in try insert(id, into: database) } == nil
}

@Suite struct `Transactions that run together` {
    @Test(arguments: TestDatabase.all)
    func `are all kept when it is over`(_ test: TestDatabase) throws {
        try test.with { database in
            for durability in [Durability.atOnce, .withTheNext] {
                let first: Int64 = durability == .atOnce ? 1 : 3
                try database.together(durability) {
                    #expect(keeps(first, in: database))
                    #expect(keeps(first + 1, in: database))
                }
            }
            #expect(try ids(in: database) == [1, 2, 3, 4])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `see what those before them wrote, and reads do too`(_ test: TestDatabase) throws {
        try test.with { database in
            var read: [Int64]?
            var written: [Int64]?
            try database.together(.atOnce) {
                do {
                    try insert(1, into: database)
                    read = try ids(in: database)
                    written = try database.transaction { transaction throws(DatabaseError) in
                        try transaction.rows("SELECT id FROM item") { row throws(DatabaseError) in
                            try row.int64(0)
                        }
                    }
                } catch {
                    Issue.record(error)
                }
            }
            #expect(read == [1])
            #expect(written == [1])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `keep nothing of the one that fails, and all of the others`(_ test: TestDatabase) throws {
        try test.with { database in
            try database.together(.atOnce) {
                #expect(keeps(1, in: database))
                let thrown = failure { () throws(DatabaseError) in
                    try database.transaction { transaction throws(DatabaseError) in
                        try transaction.execute("INSERT INTO item (id) VALUES (2)")
                        throw .conflict
                    }
                }
                #expect(thrown == .conflict)
                let violated = failure { () throws(DatabaseError) in
                    try database.transaction { transaction throws(DatabaseError) in
                        try transaction.execute("INSERT INTO item (id) VALUES (3)")
                        _ = try transaction.execute("INSERT INTO item (id) VALUES (1)")
                    }
                }
                #expect(violated == .uniqueViolation)
                #expect(keeps(4, in: database))
            }
            #expect(try ids(in: database) == [1, 4])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `fail by the first error, also when it is caught inside`(_ test: TestDatabase) throws {
        try test.with { database in
            try database.together(.atOnce) {
                let violated = failure { () throws(DatabaseError) in
                    try database.transaction { transaction throws(DatabaseError) in
                        try transaction.execute("INSERT INTO item (id) VALUES (1)")
                        do throws(DatabaseError) {
                            try transaction.execute("INSERT INTO item (id) VALUES (1)")
                        } catch {}
                    }
                }
                #expect(violated == .uniqueViolation)
            }
            #expect(try ids(in: database).isEmpty)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `leave the database as durable as it was`(_ test: TestDatabase) throws {
        try test.with { database in
            let before = try database.settings()
            try database.together(.withTheNext) { #expect(keeps(1, in: database)) }
            #expect(try database.settings() == before)
        }
    }
}

/// What only a database that joins them can show.
@Suite struct `Transactions that are joined into one` {
    @Test func `are seen by nobody else before it is over`() throws {
        try sqlite { database in
            let seen = Guarded<[Int64]?>(nil)
            try database.together(.atOnce) {
                #expect(keeps(1, in: database))
                let other = NamedThread("another") {
                    do {
                        let found = try ids(in: database)
                        seen.withLock { $0 = found }
                    } catch {
                        Issue.record(error)
                    }
                }
                other.join()
            }
            #expect(seen.withLock { $0 } == [])
            #expect(try ids(in: database) == [1])
        }
    }

    @Test func `are none kept when their commit fails`() throws {
        try sqlite { database in
            let thrown = failure { () throws(DatabaseError) in
                try database.together(.atOnce) {
                    #expect(keeps(1, in: database))
                    let part = failure { () throws(DatabaseError) in
                        // Nobody is item 9, which the library looks at when it commits.
                        try database.transaction { transaction throws(DatabaseError) in
                            try transaction.execute("PRAGMA defer_foreign_keys = ON")
                            _ = try transaction.execute(
                                "INSERT INTO item (id, parent) VALUES (2, 9)")
                        }
                    }
                    #expect(part == nil)
                }
            }
            #expect(thrown == .constraint)
            #expect(try ids(in: database).isEmpty)
            try insert(3, into: database)
            #expect(try ids(in: database) == [3])
        }
    }

    @Test func `are none kept when the library gives all of them up`() throws {
        try sqlite { database in
            let thrown = failure { () throws(DatabaseError) in
                try database.together(.atOnce) {
                    #expect(keeps(1, in: database))
                    let part = failure { () throws(DatabaseError) in
                        try database.transaction { transaction throws(DatabaseError) in
                            _ = try transaction.execute(
                                "INSERT OR ROLLBACK INTO item (id) VALUES (1)")
                        }
                    }
                    #expect(part == .uniqueViolation)
                    #expect(!keeps(2, in: database))
                }
            }
            #expect(thrown == .uniqueViolation)
            #expect(try ids(in: database).isEmpty)
            try insert(3, into: database)
            #expect(try ids(in: database) == [3])
        }
    }

    private func sqlite(_ body: (any Database) throws -> Void) throws {
        let test = try #require(TestDatabase.all.first)
        try test.with { database in
            #expect(database.joinsTransactions)
            try body(database)
        }
    }
}

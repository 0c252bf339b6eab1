import Storage
import Testing
import Threads

@Suite struct `A transaction` {
    @Test(arguments: TestDatabase.all)
    func `keeps nothing when its body throws`(_ test: TestDatabase) throws {
        try test.with { database in
            #expect(throws: DatabaseError.conflict) {
                try database.transaction { transaction throws(DatabaseError) in
                    try transaction.execute("INSERT INTO item (id) VALUES (1)")
                    throw .conflict
                }
            }
            #expect(try ids(in: database).isEmpty)
            try insert(2, into: database)
            #expect(try ids(in: database) == [2])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `reads what it has written and answers a value`(_ test: TestDatabase) throws {
        try test.with { database in
            let found = try database.transaction { transaction throws(DatabaseError) in
                try transaction.execute("INSERT INTO item (id) VALUES (\(5))")
                return try transaction.first("SELECT id FROM item") { row throws(DatabaseError) in
                    try row.int64(0)
                }
            }
            #expect(found == 5)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `counts the rows of a statement`(_ test: TestDatabase) throws {
        try test.with { database in
            try insert(1, into: database)
            try insert(2, into: database)
            let counts = try database.transaction { transaction throws(DatabaseError) in
                [
                    try transaction.execute("UPDATE item SET amount = 1 WHERE id = 9"),
                    try transaction.execute("UPDATE item SET amount = 1"),
                    try transaction.execute("CREATE TABLE other (id BIGINT)"),
                    try transaction.execute(
                        "INSERT INTO item (id) VALUES (1) ON CONFLICT DO NOTHING"),
                    try transaction.execute("DELETE FROM item WHERE id = 1"),
                ]
            }
            #expect(counts == [0, 2, 0, 0, 1])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `writes every row of a statement whose first answer is taken`(
        _ test: TestDatabase
    ) throws {
        try test.with { database in
            for id in 1...3 { try insert(Int64(id), into: database) }
            let one = try database.transaction { transaction throws(DatabaseError) in
                try transaction.first("UPDATE item SET amount = 4 RETURNING amount") {
                    row throws(DatabaseError) in try row.int64(0)
                }
            }
            #expect(one == 4)
            let all = try database.read { reader throws(DatabaseError) in
                try reader.rows("SELECT id FROM item WHERE amount = 4") {
                    row throws(DatabaseError) in try row.int64(0)
                }
            }
            #expect(all.count == 3)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `runs a statement that writes and answers once`(_ test: TestDatabase) throws {
        try test.with { database in
            let answers = try database.transaction { transaction throws(DatabaseError) in
                [
                    try transaction.rows("INSERT INTO item (id, amount) VALUES (1, 0) RETURNING id")
                    {
                        row throws(DatabaseError) in try row.int64(0)
                    },
                    try transaction.rows("UPDATE item SET amount = amount + 1 RETURNING amount") {
                        row throws(DatabaseError) in try row.int64(0)
                    },
                    try transaction.rows("SELECT amount FROM item") {
                        row throws(DatabaseError) in try row.int64(0)
                    },
                ]
            }
            #expect(answers == [[1], [1], [1]])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `tells a row that exists from another broken rule`(_ test: TestDatabase) throws {
        try test.with { database in
            try insert(1, "one", into: database)
            #expect(throws: DatabaseError.uniqueViolation) { try insert(1, into: database) }
            #expect(throws: DatabaseError.uniqueViolation) { try insert(2, "one", into: database) }
            let broken: [SQL] = [
                "INSERT INTO item (id, amount) VALUES (3, 13)",
                "INSERT INTO item (id, parent) VALUES (4, 99)",
                "INSERT INTO item (id) VALUES (\(Int64?.none))",
                "INSERT INTO item (id, parent) VALUES (4, 99) RETURNING id",
            ]
            for sql in broken {
                #expect(throws: DatabaseError.constraint, "\(sql)") {
                    try database.transaction { transaction throws(DatabaseError) in
                        try transaction.first(sql) { _ in 0 }
                    }
                }
            }
            #expect(try ids(in: database) == [1])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `is lost after a failed statement, also when the error is caught`(
        _ test: TestDatabase
    ) throws {
        try test.with { database in
            try insert(1, into: database)
            #expect(throws: DatabaseError.uniqueViolation) {
                try database.transaction { transaction throws(DatabaseError) in
                    try transaction.execute("INSERT INTO item (id) VALUES (2)")
                    _ = try? transaction.execute("INSERT INTO item (id) VALUES (1)")
                }
            }
            #expect(try ids(in: database) == [1])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `is invisible to readers until it is committed`(_ test: TestDatabase) throws {
        let folder = try TemporaryFolder()
        let (first, second) = (try test.open(folder), try test.open(folder))
        defer { first.close() }
        defer { second.close() }
        try makeItems(first)
        try first.transaction { transaction throws(DatabaseError) in
            try transaction.execute("INSERT INTO item (id) VALUES (1)")
            #expect(try ids(in: second).isEmpty)
        }
        #expect(try ids(in: second) == [1])
    }

    @Test(arguments: TestDatabase.all)
    func `leaves a reader's snapshot as it was`(_ test: TestDatabase) throws {
        let folder = try TemporaryFolder()
        let (first, second) = (try test.open(folder), try test.open(folder))
        defer { first.close() }
        defer { second.close() }
        try makeItems(first)
        let counts = try first.read { reader throws(DatabaseError) in
            let before = try count(reader)
            try insert(1, into: second)
            return [before, try count(reader)]
        }
        #expect(counts == [0, 0])
        #expect(try ids(in: first) == [1])
    }

    @Test(arguments: TestDatabase.all)
    func `waits for the ones of other threads and openers`(_ test: TestDatabase) throws {
        let folder = try TemporaryFolder()
        let databases = [try test.open(folder), try test.open(folder)]
        defer { for database in databases { database.close() } }
        try makeItems(databases[0])
        try insert(0, into: databases[0])
        let failures = Guarded<[String]>([])
        let threads = (0..<4).map { index in
            NamedThread("writer-\(index)") {
                for _ in 0..<25 {
                    do throws(DatabaseError) {
                        _ = try databases[index % 2].transaction { tx throws(DatabaseError) in
                            let old = try tx.first("SELECT coalesce(amount, 0) FROM item") {
                                row throws(DatabaseError) in try row.int64(0)
                            }
                            return try tx.execute("UPDATE item SET amount = \((old ?? -99) + 20)")
                        }
                    } catch {
                        failures.withLock { $0.append("\(error)") }
                    }
                }
            }
        }
        for thread in threads { thread.join() }
        #expect(failures.withLock { $0 } == [])
        let total = try databases[1].read { reader throws(DatabaseError) in
            try reader.first("SELECT amount FROM item") { row throws(DatabaseError) in
                try row.int64(0)
            }
        }
        #expect(total == 2_000)
    }

    private func count(_ reader: borrowing Reader) throws(DatabaseError) -> Int64 {
        let count = try reader.first("SELECT count(*) FROM item") { row throws(DatabaseError) in
            try row.int64(0)
        }
        return count ?? -1
    }
}

@Suite struct `A database` {
    @Test(arguments: TestDatabase.all)
    func `answers a question inside the answer of another`(_ test: TestDatabase) throws {
        try test.with { database in
            for id in 1...3 { try insert(Int64(id), into: database) }
            let pairs = try database.read { reader throws(DatabaseError) in
                try reader.rows("SELECT id FROM item ORDER BY id") { row throws(DatabaseError) in
                    let outer = try row.int64(0)
                    return try reader.rows("SELECT id FROM item ORDER BY id") {
                        row throws(DatabaseError) in outer * 10 + (try row.int64(0))
                    }
                }
            }
            #expect(pairs == [[11, 12, 13], [21, 22, 23], [31, 32, 33]])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `does not write for a reader`(_ test: TestDatabase) throws {
        try test.with { database throws in
            #expect(throws: DatabaseError.self) {
                try database.read { reader throws(DatabaseError) in
                    try reader.rows("INSERT INTO item (id) VALUES (1) RETURNING id") { _ in 0 }
                }
            }
            #expect(try ids(in: database).isEmpty)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `names a statement it does not understand`(_ test: TestDatabase) throws {
        try test.with { database in
            for sql in ["SELECT nothing FROM item", "SELEC 1", "", "SELECT 1; SELECT 2"] as [SQL] {
                let error = #expect(throws: DatabaseError.self, "\(sql)") {
                    try database.read { reader throws(DatabaseError) in
                        try reader.rows(sql) { _ in 0 }
                    }
                }
                guard case .statement = error else {
                    Issue.record("\(String(describing: error))")
                    continue
                }
            }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `refuses a parameter that no value belongs to`(_ test: TestDatabase) throws {
        try test.with { database in
            #expect(throws: DatabaseError.self) {
                try database.read { reader throws(DatabaseError) in
                    try reader.rows("SELECT id FROM item WHERE id = $1") { _ in 0 }
                }
            }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `knows which tables it has`(_ test: TestDatabase) throws {
        try test.with { database throws in
            #expect(try database.hasTable("item"))
            #expect(try !database.hasTable("thing"))
        }
    }

    @Test(arguments: TestDatabase.all)
    func `is unavailable once closed, and can be closed twice`(_ test: TestDatabase) throws {
        try test.with { database in
            database.close()
            database.close()
            #expect(throws: DatabaseError.unavailable("the database is closed")) {
                try database.read { _ in 0 }
            }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `keeps what it stored when opened again`(_ test: TestDatabase) throws {
        let folder = try TemporaryFolder()
        let first = try test.open(folder)
        try makeItems(first)
        try insert(1, into: first)
        first.close()
        let second = try test.open(folder)
        defer { second.close() }
        #expect(try ids(in: second) == [1])
    }

    @Test(arguments: TestDatabase.all)
    func `serves more readers than it has connections`(_ test: TestDatabase) throws {
        try test.with { database in
            try insert(1, into: database)
            let answers = Guarded(0)
            let threads = (0..<12).map { index in
                NamedThread("reader-\(index)") {
                    for _ in 0..<20 where (try? ids(in: database)) == [1] {
                        answers.withLock { $0 += 1 }
                    }
                }
            }
            for thread in threads { thread.join() }
            #expect(answers.withLock { $0 } == 240)
        }
    }
}

import Storage
import Testing

@Suite struct `A transaction that is durable with the next` {
    @Test(arguments: TestDatabase.all)
    func `is seen at once`(_ test: TestDatabase) throws {
        try test.with { database in
            _ = try database.transaction(.withTheNext) { transaction throws(DatabaseError) in
                try transaction.execute("INSERT INTO item (id) VALUES (1)")
            }
            #expect(try ids(in: database) == [1])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `keeps nothing when its body throws`(_ test: TestDatabase) throws {
        try test.with { database in
            #expect(throws: DatabaseError.conflict) {
                try database.transaction(.withTheNext) { transaction throws(DatabaseError) in
                    try transaction.execute("INSERT INTO item (id) VALUES (1)")
                    throw .conflict
                }
            }
            try insert(2, into: database)
            #expect(try ids(in: database) == [2])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `leaves the others as durable as they were`(_ test: TestDatabase) throws {
        try test.with { database in
            let before = try database.settings()
            _ = try database.transaction(.withTheNext) { transaction throws(DatabaseError) in
                try transaction.execute("INSERT INTO item (id) VALUES (1)")
            }
            let between = try database.settings()
            try insert(2, into: database)
            let after = try database.settings()
            #expect(between == before)
            #expect(after == before)
        }
    }
}

import Storage
import Testing

@Suite struct `A statement that writes and answers` {
    @Test(arguments: TestDatabase.all)
    func `writes once, however much of its answer is read`(_ test: TestDatabase) throws {
        try test.with { database in
            for id in 1...3 { try insert(Int64(id), into: database) }
            let all = try database.transaction { transaction throws(DatabaseError) in
                try transaction.rows(
                    "UPDATE item SET amount = COALESCE(amount, 0) + 1 RETURNING amount"
                ) { row throws(DatabaseError) in try row.int64(0) }
            }
            #expect(all == [1, 1, 1])
            let first = try database.transaction { transaction throws(DatabaseError) in
                try transaction.first("UPDATE item SET amount = amount + 1 RETURNING amount") {
                    row throws(DatabaseError) in try row.int64(0)
                }
            }
            #expect(first == 2)
            let amounts = try database.read { reader throws(DatabaseError) in
                try reader.rows("SELECT amount FROM item") { row throws(DatabaseError) in
                    try row.int64(0)
                }
            }
            #expect(amounts == [2, 2, 2])
        }
    }
}

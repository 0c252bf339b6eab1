import Storage
import Testing

@Suite struct `A column` {
    @Test(arguments: TestDatabase.all, [Int64.min, -1, 0, 1, Int64.max])
    func `gives back every integer`(_ test: TestDatabase, _ number: Int64) throws {
        try test.with { database in
            let found = try store(.init(amount: number), database)
            #expect(found.amount == number)
        }
    }

    @Test(
        arguments: TestDatabase.all,
        ["", "a", "e\u{301}", "\u{e9}", "🔒 ключ 鍵", "\u{1}\u{10ffff}", "'; DROP TABLE item; --"])
    func `gives back every text byte for byte`(_ test: TestDatabase, _ text: String) throws {
        try test.with { database in
            let found = try store(.init(label: text), database)
            #expect(found.label.map { Array($0.utf8) } == Array(text.utf8))
        }
    }

    @Test(arguments: TestDatabase.all, [0, 1, 255, 1 << 20])
    func `gives back bytes of every length`(_ test: TestDatabase, _ count: Int) throws {
        try test.with { database in
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
            let found = try store(.init(content: bytes), database)
            #expect(found.content == bytes)
        }
    }

    @Test(arguments: TestDatabase.all, [true, false])
    func `gives back a truth value`(_ test: TestDatabase, _ truth: Bool) throws {
        try test.with { database in
            let found = try store(.init(closed: truth), database)
            #expect(found.closed == truth)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `gives back nothing as nothing`(_ test: TestDatabase) throws {
        try test.with { database throws in
            #expect(try store(.init(), database) == Item())
        }
    }

    @Test(arguments: TestDatabase.all)
    func `refuses to be read as what it is not`(_ test: TestDatabase) throws {
        try test.with { database in
            try insert(2, "two", into: database)
            func read<Value>(
                _ column: (borrowing Row) throws(DatabaseError) -> Value
            ) throws(DatabaseError) {
                _ = try database.read { reader throws(DatabaseError) in
                    try reader.first("SELECT id, label, content FROM item", column)
                }
            }
            #expect(throws: DatabaseError.unexpectedColumn(position: 0, wanted: .text)) {
                try read { row throws(DatabaseError) in try row.text(0) }
            }
            #expect(throws: DatabaseError.unexpectedColumn(position: 0, wanted: .boolean)) {
                try read { row throws(DatabaseError) in try row.boolIfPresent(0) }
            }
            #expect(throws: DatabaseError.unexpectedColumn(position: 1, wanted: .integer)) {
                try read { row throws(DatabaseError) in try row.int64(1) }
            }
            #expect(throws: DatabaseError.unexpectedColumn(position: 1, wanted: .bytes)) {
                try read { row throws(DatabaseError) in try row.bytesIfPresent(1) }
            }
            #expect(throws: DatabaseError.unexpectedColumn(position: 2, wanted: .bytes)) {
                try read { row throws(DatabaseError) in try row.bytes(2) }
            }
            #expect(throws: DatabaseError.unexpectedColumn(position: 3, wanted: .text)) {
                try read { row throws(DatabaseError) in try row.textIfPresent(3) }
            }
            #expect(throws: DatabaseError.unexpectedColumn(position: -1, wanted: .integer)) {
                try read { row throws(DatabaseError) in try row.int64(-1) }
            }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `never takes a text with a zero inside`(_ test: TestDatabase) throws {
        try test.with { database throws in
            #expect(throws: DatabaseError.valueRefused(parameter: 2)) {
                try insert(1, "a\u{0}b", into: database)
            }
            #expect(try ids(in: database).isEmpty)
        }
    }

    private struct Item: Equatable {
        var label: String?
        var content: [UInt8]?
        var closed: Bool?
        var amount: Int64?
    }

    /// Writes the item and reads it back.
    private func store(_ item: Item, _ database: any Database) throws -> Item {
        let count = try database.transaction { transaction throws(DatabaseError) in
            try transaction.execute(
                """
                INSERT INTO item (id, label, content, closed, amount)
                VALUES (1, \(item.label), \(item.content), \(item.closed), \(item.amount))
                """)
        }
        #expect(count == 1)
        let found = try database.read { reader throws(DatabaseError) in
            try reader.first("SELECT label, content, closed, amount FROM item WHERE id = 1") {
                row throws(DatabaseError) in
                Item(
                    label: try row.textIfPresent(0), content: try row.bytesIfPresent(1),
                    closed: try row.boolIfPresent(2), amount: try row.int64IfPresent(3))
            }
        }
        return try #require(found)
    }
}

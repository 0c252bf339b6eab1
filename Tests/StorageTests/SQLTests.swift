import Storage
import Testing

@Suite struct `A statement` {
    @Test func `without values is its text`() {
        let sql: SQL = "SELECT 1"
        #expect(sql.text == "SELECT 1")
        #expect(sql.values.isEmpty)
    }

    @Test func `numbers its values in order and keeps them out of its text`() {
        let name = "x'; DROP TABLE item; --"
        let sql: SQL = "UPDATE item SET label = \(name), closed = \(true) WHERE id = \(Int64(7))"
        #expect(sql.text == "UPDATE item SET label = $1, closed = $2 WHERE id = $3")
        #expect(sql.values == [.text(name), .boolean(true), .integer(7)])
        #expect(sql.description == sql.text)
    }

    @Test func `binds the same value twice as two parameters`() {
        let id = 5
        let sql: SQL = "SELECT \(id), \(id)"
        #expect(sql.text == "SELECT $1, $2")
        #expect(sql.values == [.integer(5), .integer(5)])
    }

    @Test func `keeps the type of a missing value`() {
        let sql: SQL =
            "SELECT \(Int64?.none), \(String?.none), \([UInt8]?.none), \(Bool?.none)"
        #expect(
            sql.values == [.null(.integer), .null(.text), .null(.bytes), .null(.boolean)])
    }

    @Test func `binds a raw value type as its raw value`() {
        enum Colour: String, Bindable { case red }
        struct Key: RawRepresentable, Bindable { let rawValue: [UInt8] }
        let sql: SQL = "SELECT \(Colour.red), \(Key(rawValue: [1, 2])), \(Colour?.none)"
        #expect(sql.values == [.text("red"), .bytes([1, 2]), .null(.text)])
    }

    @Test func `counts past nine`() {
        let sql: SQL = "\(1)\(2)\(3)\(4)\(5)\(6)\(7)\(8)\(9)\(10)\(11)"
        #expect(sql.text == "$1$2$3$4$5$6$7$8$9$10$11")
    }
}

/// One table of the schema as a copy sees it: columns, key, and the statements that page through it.
/// The one list of the schema beside the migrations; a test holds the two together.
package struct StoreTable: Sendable {
    package typealias Column = (name: StaticString, kind: SQLValue.Kind)

    package let name: StaticString
    /// In the order in which the statements name them; those of the primary key come first.
    package let columns: [Column]
    /// How many columns make the primary key, 1 or more.
    package let keyColumns: Int
    /// `$n` stand for the values in their order.
    package let statements: Statements

    package struct Statements: Sendable {
        package let count: StaticString
        /// The key of the row after `$1` others.
        package let keyAt: StaticString
        package let firstPage: StaticString
        /// Rows behind a key; the last value is how many.
        package let nextPage: StaticString
        package let insert: StaticString
    }

    init(
        _ name: StaticString, keyColumns: Int, _ columns: [Column], count: StaticString,
        keyAt: StaticString, firstPage: StaticString, nextPage: StaticString, insert: StaticString
    ) {
        self.name = name
        self.columns = columns
        self.keyColumns = keyColumns
        statements = Statements(
            count: count, keyAt: keyAt, firstPage: firstPage, nextPage: nextPage, insert: insert)
    }

    /// Every table but `schema_version`; a table stands behind those that it refers to.
    package static let all =
        keys + auditLog + accounts + archive + signIn + queue + passwordAudits + detection
        + incidents
        + consents + retention

    func count(_ reading: borrowing some Reading & ~Copyable) throws(DatabaseError) -> Int64 {
        let count = try reading.first(SQL(statements.count, [])) {
            row throws(DatabaseError) in try row.int64(0)
        }
        return count ?? 0
    }

    /// - Parameter rowsMax: 1 or more.
    func page(
        after key: [SQLValue]?, rowsMax: Int, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [[SQLValue]] {
        let limit = SQLValue.integer(Int64(rowsMax))
        let sql =
            if let key { SQL(statements.nextPage, key + [limit]) } else {
                SQL(statements.firstPage, [limit])
            }
        return try reading.rows(sql) { row throws(DatabaseError) in try values(row, columns[...]) }
    }

    /// The key of the last of the first `count` rows; `nil` when there are fewer.
    func key(
        ofRow count: Int64, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [SQLValue]? {
        try reading.first(SQL(statements.keyAt, [.integer(count - 1)])) {
            row throws(DatabaseError) in try values(row, columns[..<keyColumns])
        }
    }

    /// Does nothing where the row is there.
    func insert(
        _ values: [SQLValue], _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        _ = try transaction.execute(SQL(statements.insert, values))
    }

    private func values(
        _ row: borrowing Row, _ columns: ArraySlice<Column>
    ) throws(DatabaseError) -> [SQLValue] {
        var values: [SQLValue] = []
        values.reserveCapacity(columns.count)
        for (position, column) in columns.enumerated() {
            values.append(try row.sqlValue(position, column.kind))
        }
        return values
    }
}

extension SQL {
    /// For a text whose number of values is the table's: it names them `$1`, `$2`, … itself.
    fileprivate init(_ text: StaticString, _ values: [SQLValue]) {
        self.text = text.description
        self.values = values
    }
}

extension Row {
    fileprivate func sqlValue(
        _ position: Int, _ kind: SQLValue.Kind
    ) throws(DatabaseError) -> SQLValue {
        let value: SQLValue? =
            switch kind {
            case .integer: try int64IfPresent(position).map(SQLValue.integer)
            case .text: try textIfPresent(position).map(SQLValue.text)
            case .bytes: try bytesIfPresent(position).map(SQLValue.bytes)
            case .boolean: try boolIfPresent(position).map(SQLValue.boolean)
            }
        return value ?? .null(kind)
    }
}

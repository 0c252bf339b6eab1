import Storage
import Testing

@Suite struct `The list of tables that a copy goes by` {
    private struct Column: Equatable {
        let name: String
        let type: String
        /// From 1; 0 outside the primary key.
        let keyPosition: Int64
    }

    @Test func `has every table of the schema, with every column and the key in front`() throws {
        try withSchema { database in
            let names = try texts(
                """
                SELECT name FROM sqlite_schema
                WHERE type = 'table' AND name <> 'schema_version' AND name NOT LIKE 'sqlite_%'
                """, database)
            let listed = StoreTable.all.map(\.name.description)
            #expect(Set(names) == Set(listed))
            #expect(listed.count == names.count)
            for table in StoreTable.all {
                let real = try columns(of: table.name.description, database)
                let expected = table.columns.enumerated().map { index, column in
                    Column(
                        name: column.name.description, type: type(column.kind),
                        keyPosition: index < table.keyColumns ? Int64(index + 1) : 0)
                }
                #expect(real == expected, "\(table.name)")
            }
        }
    }

    @Test func `puts a table behind those it refers to`() throws {
        try withSchema { database in
            var before: Set<String> = []
            for table in StoreTable.all {
                let name = table.name.description
                let parents = try texts(
                    "SELECT \"table\" FROM pragma_foreign_key_list(\(name))", database)
                #expect(Set(parents).isSubset(of: before), "\(name)")
                before.insert(name)
            }
        }
    }

    @Test(arguments: StoreTable.all.indices)
    func `has statements that name all columns`(index: Int) {
        let table = StoreTable.all[index]
        let name = table.name.description
        let names = table.columns.map(\.name.description)
        let all = names.joined(separator: ", ")
        let numbers = names.indices.map { "$\($0 + 1)" }
        let keys = names.prefix(table.keyColumns).joined(separator: ", ")
        let marks = numbers.prefix(table.keyColumns).joined(separator: ", ")
        let behind = table.keyColumns == 1 ? "\(keys) > $1" : "(\(keys)) > (\(marks))"
        let statements = table.statements
        #expect(statements.count.description == "SELECT count(*) FROM \(name)")
        #expect(
            statements.keyAt.description
                == "SELECT \(keys) FROM \(name) ORDER BY \(keys) LIMIT 1 OFFSET $1")
        #expect(
            statements.firstPage.description
                == "SELECT \(all) FROM \(name) ORDER BY \(keys) LIMIT $1")
        #expect(
            statements.nextPage.description
                == "SELECT \(all) FROM \(name) WHERE \(behind) ORDER BY \(keys) "
                + "LIMIT $\(table.keyColumns + 1)")
        #expect(
            statements.insert.description
                == "INSERT INTO \(name) (\(all)) VALUES (\(numbers.joined(separator: ", "))) "
                + "ON CONFLICT DO NOTHING")
    }

    private func withSchema(_ body: (any Database) throws -> Void) throws {
        let folder = try TemporaryFolder()
        let database = try SQLiteDatabase(
            path: folder.path("store.db"), onFatal: { fatalError($0) })
        defer { database.close() }
        try Migrations.loquet.apply(to: database, nowMicroseconds: 0)
        try body(database)
    }

    private func columns(
        of table: String, _ database: any Database
    ) throws(DatabaseError) -> [Column] {
        try database.read { reader throws(DatabaseError) in
            try reader.rows("SELECT name, type, pk FROM pragma_table_info(\(table)) ORDER BY cid") {
                row throws(DatabaseError) in
                Column(
                    name: try row.text(0), type: try row.text(1), keyPosition: try row.int64(2))
            }
        }
    }

    private func texts(_ sql: SQL, _ database: any Database) throws(DatabaseError) -> [String] {
        try database.read { reader throws(DatabaseError) in
            try reader.rows(sql) { row throws(DatabaseError) in try row.text(0) }
        }
    }

    private func type(_ kind: SQLValue.Kind) -> String {
        switch kind {
        case .integer: "BIGINT"
        case .text: "TEXT"
        case .bytes: "BYTEA"
        case .boolean: "BOOLEAN"
        }
    }
}

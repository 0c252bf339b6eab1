import Foundation
import Testing
import Threads

@testable import Storage

@Suite(.enabled(if: postgresIsThere)) struct `A PostgreSQL database` {
    @Test func `gives its name, its limits and UTF-8 to every connection`() throws {
        try withItems { database, _ throws in
            let found = try texts(
                """
                SELECT current_setting('application_name') UNION ALL
                SELECT current_setting('client_encoding') UNION ALL
                SELECT current_setting('statement_timeout') UNION ALL
                SELECT current_setting('lock_timeout') UNION ALL
                SELECT current_setting('idle_in_transaction_session_timeout') UNION ALL
                SELECT current_setting('enable_seqscan') UNION ALL
                SELECT current_setting('transaction_isolation') UNION ALL
                SELECT current_setting('transaction_read_only')
                """, in: database)
            #expect(
                found == ["loquet", "UTF8", "5s", "3s", "10s", "off", "repeatable read", "on"])
        }
    }

    @Test func `is not opened where it may not write, or what it wrote could be lost`() throws {
        let cluster = try PostgresCluster.shared.get()
        for (options, reason) in [
            (
                "-c default_transaction_read_only=on",
                "the server does not let this user write (transaction_read_only)"
            ),
            (
                "-c synchronous_commit=off",
                "the server's synchronous_commit is off: what was stored could be lost with the power"
            ),
        ] {
            #expect(throws: DatabaseError.refused(reason)) {
                try PostgresDatabase(cluster.target(options))
            }
        }
    }

    @Test func `is not opened on a replica`() throws {
        let standby = try PostgresCluster(.standby)
        let target = try standby.target()
        #expect(
            throws: DatabaseError.refused(
                "the server is a read-only replica: name its primary")
        ) { try PostgresDatabase(target) }
    }

    @Test func `is not opened on a server without fsync`() throws {
        let careless = try PostgresCluster(settings: ["fsync=off"])
        let target = try careless.target()
        #expect(throws: DatabaseError.self) { try PostgresDatabase(target) }
    }

    @Test func `is unavailable where no server listens`() throws {
        let folder = try TemporaryFolder()
        let target = try PostgresTarget(
            parsing: "postgresql:///postgres?user=loquet&host=\(folder.path(""))")
        let error = #expect(throws: DatabaseError.self) { try PostgresDatabase(target) }
        guard case .unavailable(let reason) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(reason.contains("No such file or directory"))
    }

    @Test func `reads numbers of other types not at all`() throws {
        try withItems { database, _ throws in
            #expect(throws: DatabaseError.unexpectedColumn(position: 0, wanted: .integer)) {
                try database.read { reader throws(DatabaseError) in
                    try reader.first("SELECT CAST(1 AS NUMERIC)") { row throws(DatabaseError) in
                        try row.int64IfPresent(0)
                    }
                }
            }
        }
    }

    @Test func `says nothing of the values that a statement failed on`() throws {
        try withItems { database, _ throws in
            try insert(1, "azerty", into: database)
            let failing: [SQL] = [
                "INSERT INTO item (id, label) VALUES (2, \("azerty"))",
                "SELECT CAST(\("azerty") AS BIGINT)",
                "INSERT INTO item (id, amount) VALUES (2, 13 + length(\("azerty")) - 6)",
                "SELECT convert_from(\(Array("azerty\u{e9}".utf8)), \("azerty"))",
            ]
            for sql in failing {
                let error = #expect(throws: DatabaseError.self) {
                    try database.transaction { transaction throws(DatabaseError) in
                        try transaction.first(sql) { _ in 0 }
                    }
                }
                #expect(!String(describing: error).contains("azerty"), "\(sql)")
            }
        }
    }

    @Test func `forgets its statements when there are too many, and goes on`() throws {
        try withItems { database, target throws in
            let connection = try PostgresConnection(target, PostgresLimits())
            for kinds in Array(0..<300) + Array(0..<300) {
                var found: Int64?
                try connection.run(.one(kinds), atMost: 1) { row throws(DatabaseError) in
                    found = try row.int64(0)
                }
                #expect(found == 1)
            }
            #expect(try ids(in: database).isEmpty)
        }
    }

    @Test func `is scrubbed by a vacuum of its own tables`() throws {
        try withItems { database, _ throws in
            for id in 1...3 { try insert(Int64(id), into: database) }
            _ = try database.transaction { transaction throws(DatabaseError) in
                try transaction.execute("DELETE FROM item WHERE id > 1")
            }
            func isCounted() throws -> Bool? {
                try database.read { reader throws(DatabaseError) in
                    try reader.first(
                        """
                        SELECT reltuples >= 0 FROM pg_class
                        WHERE relname = 'item' AND pg_table_is_visible(oid)
                        """
                    ) { row throws(DatabaseError) in try row.bool(0) }
                }
            }
            #expect(try isCounted() == false)
            try database.scrub()
            #expect(try isCounted() == true)
            #expect(try ids(in: database) == [1])
            // The limit of ordinary statements is back.
            let limits = try texts("SELECT current_setting('statement_timeout')", in: database)
            #expect(limits == ["5s"])
        }
    }

    @Test func `ends the process when it is used inside its own closure`() async {
        await #expect(processExitsWith: .failure) {
            let database = try PostgresDatabase(PostgresCluster.shared.get().target())
            try database.read { _ throws(DatabaseError) in
                try database.read { _ throws(DatabaseError) in }
            }
        }
    }
}

extension SQL {
    /// One text with five parameters, whose types are the number's digits to base four.
    fileprivate static func one(_ kinds: Int) -> SQL {
        let digits = (0..<5).map { kinds >> (2 * $0) & 3 }
        let nothings: [SQLValue] = [
            .null(.integer), .null(.text), .null(.bytes), .null(.boolean),
        ]
        struct Nothing: Bindable {
            static var sqlKind: SQLValue.Kind { .integer }
            let sqlValue: SQLValue
        }
        let values = digits.map { Nothing(sqlValue: nothings[$0]) }
        return """
            SELECT 1 WHERE \(values[0]) IS NULL AND \(values[1]) IS NULL
                AND \(values[2]) IS NULL AND \(values[3]) IS NULL AND \(values[4]) IS NULL
            """
    }
}

/// The first column of every row.
func texts(_ sql: SQL, in database: any Database) throws -> [String] {
    try database.read { reader throws(DatabaseError) in
        try reader.rows(sql) { row throws(DatabaseError) in try row.text(0) }
    }
}

/// A database with the table `item`, and where it is.
func withItems(
    _ limits: PostgresLimits = PostgresLimits(), in cluster: PostgresCluster? = nil,
    _ body: (PostgresDatabase, PostgresTarget) throws -> Void
) throws {
    let folder = try TemporaryFolder()
    let cluster = try cluster ?? PostgresCluster.shared.get()
    let target = try cluster.schema(of: folder)
    let database = try PostgresDatabase(target, limits: limits)
    defer { database.close() }
    try makeItems(database)
    try body(database, target)
}

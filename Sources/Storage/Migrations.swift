/// One step of the schema. Never edited once released: a mistake is repaired by the next step.
package struct Migration: Sendable {
    /// 1, 2, 3, … without a gap.
    package let number: Int
    package let name: StaticString
    /// Run in order, in one transaction.
    package let statements: [SQL]

    package init(_ number: Int, _ name: StaticString, _ statements: [SQL]) {
        self.number = number
        self.name = name
        self.statements = statements
    }
}

/// The schema's whole history, and how far a database has come in it. Forward only.
///
/// The table `schema_version` holds one row for each applied migration.
package struct Migrations: Sendable {
    /// Numbered 1, 2, 3, …
    package let steps: [Migration]

    /// - Precondition: the numbers are 1, 2, 3, … in this order.
    package init(_ all: [Migration]) {
        precondition(
            all.enumerated().allSatisfy { $0.element.number == $0.offset + 1 },
            "migrations are numbered 1, 2, 3, … without a gap")
        steps = all
    }

    package var count: Int { steps.count }

    /// What ``apply(to:nowMicroseconds:)`` would run, in order. Changes nothing.
    ///
    /// - Throws: `.refused` when the database knows a migration that this program does not, or
    ///   knows it by another name.
    package func plan(on database: any Database) throws(DatabaseError) -> [Migration] {
        guard try database.hasTable("schema_version") else { return steps }
        let rows = try database.read { reader throws(DatabaseError) in try applied(reader) }
        return try remaining(after: rows)
    }

    /// Brings the database up to date, each migration in a transaction of its own.
    ///
    /// Several processes may do this at once: a migration starts by inserting its row, which
    /// makes every other process wait for its outcome, and then find the row there.
    ///
    /// - Parameter nowMicroseconds: since 1970-01-01 UTC, noted beside each migration.
    /// - Returns: what this call applied, in order.
    /// - Throws: as ``plan(on:)``; and what a statement throws, in which case its migration is
    ///   undone and the ones before it stay.
    @discardableResult
    package func apply(
        to database: any Database, nowMicroseconds: Int64
    ) throws(DatabaseError) -> [Migration] {
        let plan = try plan(on: database)
        guard !plan.isEmpty else { return [] }
        try makeVersionTable(database)
        var done: [Migration] = []
        for migration in plan {
            let isMine = try database.transaction { transaction throws(DatabaseError) in
                try run(migration, in: transaction, nowMicroseconds)
            }
            if isMine { done.append(migration) }
        }
        return done
    }

    private func makeVersionTable(_ database: any Database) throws(DatabaseError) {
        do throws(DatabaseError) {
            _ = try database.transaction { transaction throws(DatabaseError) in
                try transaction.execute(
                    """
                    CREATE TABLE IF NOT EXISTS schema_version (
                        number BIGINT NOT NULL PRIMARY KEY,
                        name TEXT NOT NULL,
                        applied_at_us BIGINT NOT NULL
                    )
                    """)
            }
        } catch {
            // PostgreSQL looks first and then creates: of two processes, one may fail although the
            // table is there now.
            guard try database.hasTable("schema_version") else { throw error }
        }
    }

    /// - Returns: `false` when another process has applied it meanwhile.
    private func run(
        _ migration: Migration, in transaction: borrowing Transaction, _ nowMicroseconds: Int64
    ) throws(DatabaseError) -> Bool {
        _ = try remaining(after: applied(transaction))
        let inserted = try transaction.execute(
            """
            INSERT INTO schema_version (number, name, applied_at_us)
            VALUES (\(migration.number), \(migration.name.description), \(nowMicroseconds))
            ON CONFLICT DO NOTHING
            """)
        guard inserted == 1 else { return false }
        for statement in migration.statements { try transaction.execute(statement) }
        return true
    }

    private func applied(
        _ reader: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [(number: Int64, name: String)] {
        try reader.rows("SELECT number, name FROM schema_version ORDER BY number") {
            row throws(DatabaseError) in
            (try row.int64(0), try row.text(1))
        }
    }

    private func remaining(
        after applied: [(number: Int64, name: String)]
    ) throws(DatabaseError) -> [Migration] {
        if let last = applied.last, last.number > steps.count {
            throw .refused(
                """
                the database has schema version \(last.number) and this program knows versions \
                up to \(steps.count): start a newer program
                """)
        }
        for (migration, row) in zip(steps, applied) {
            guard migration.number == row.number, migration.name.description == row.name else {
                throw .refused(
                    """
                    the database has schema version \(row.number) “\(row.name)” where this \
                    program has \(migration.number) “\(migration.name)”
                    """)
            }
        }
        return Array(steps.dropFirst(applied.count))
    }
}

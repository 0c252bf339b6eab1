import CPostgreSQL
import Glibc

/// A PostgreSQL server: the database of several nodes.
///
/// **Isolation.** Transactions are SERIALIZABLE, reads see a read-only REPEATABLE READ snapshot.
/// The stores read rows and then decide (a session is made because a password had this version;
/// another transaction changes that password and deletes the sessions it sees), which row locks
/// and the weaker levels do not keep apart unless each store says what it depends on. With
/// SERIALIZABLE a store that is right on SQLite, where one writes at a time, is right here. The
/// price is that a transaction may fail because others came first; it is then run again.
///
/// **Durability.** A server that does not write what it has acknowledged is refused at start, as is
/// one that is read-only. Replication is the server's affair: set `synchronous_standby_names` there
/// when a failover must not lose anything.
///
/// **Pooling.** Prepared statements and the lock that repeated transactions take belong to a
/// connection, so a pooler in between must hand out connections by session, not by transaction.
package final class PostgresDatabase: Database {
    private let limits: PostgresLimits
    private let pool: PostgresPool

    /// Connects, and checks that the server will do.
    ///
    /// - Parameter target: see ``PostgresTarget``.
    /// - Throws: `.refused` with the reason when the server is a replica or read-only, older than
    ///   13, stores text in another encoding than UTF-8, or runs with `synchronous_commit`, `fsync`
    ///   or `full_page_writes` off; `.unavailable` when it cannot be reached.
    package init(
        _ target: PostgresTarget, limits: PostgresLimits = PostgresLimits()
    ) throws(DatabaseError) {
        self.limits = limits
        pool = try PostgresPool(target, limits)
    }

    package var answersAtOnce: Bool { false }

    /// The library that runs, such as `libpq 15.4`.
    package var library: String {
        let number = PQlibVersion()
        return "libpq \(number / 10_000).\(number % 10_000)"
    }

    package func settings() throws(DatabaseError) -> [String: String] {
        let rows = try read { reader throws(DatabaseError) in
            try reader.rows(
                """
                SELECT name, setting FROM pg_catalog.pg_settings
                WHERE name IN ('server_version', 'server_encoding', 'fsync', 'full_page_writes',
                    'synchronous_commit', 'transaction_read_only', 'ssl', 'max_connections')
                """
            ) { row throws(DatabaseError) in (try row.text(0), try row.text(1)) }
        }
        return Dictionary(rows) { first, _ in first }
    }

    package func integrityFaults() throws(DatabaseError) -> [String]? { nil }

    package func read<Answer>(
        _ body: (borrowing Reader) throws(DatabaseError) -> Answer
    ) throws(DatabaseError) -> Answer {
        try pool.withConnection { connection throws(DatabaseError) in
            try connection.inTransaction(as: .reader) { () throws(DatabaseError) in
                try body(Reader(connection))
            }
        }
    }

    /// As ``Database/transaction(_:)``.
    ///
    /// `.unavailable` mostly means that nothing was changed. When the connection breaks between
    /// sending COMMIT and its answer, nobody on this side can know: the reason says so, the
    /// transaction is stored whole or not at all, and it is never repeated here. Whoever asks again
    /// must be ready to find it done.
    package func transaction<Answer>(
        _ durability: Durability,
        _ body: (borrowing Transaction) throws(DatabaseError) -> Answer
    ) throws(DatabaseError) -> Answer {
        try pool.withConnection { connection throws(DatabaseError) in
            let deadline = ContinuousClock.now + limits.waitMax
            do throws(DatabaseError) {
                return try attempt(durability, body, on: connection)
            } catch {
                guard connection.lostRace else { throw error }
            }
            return try takingTurns(on: connection) { () throws(DatabaseError) in
                try attempt(durability, body, on: connection, until: deadline)
            }
        }
    }

    package func hasTable(_ name: StaticString) throws(DatabaseError) -> Bool {
        try read { reader throws(DatabaseError) in
            let found = try reader.first(
                """
                SELECT 1 FROM pg_catalog.pg_class
                WHERE relname = \(name.description) AND relkind IN ('r', 'p')
                    AND pg_catalog.pg_table_is_visible(oid)
                """
            ) { row throws(DatabaseError) in try row.int64(0) }
            return found != nil
        }
    }

    /// Vacuums the tables of our schema, so that no statement can reach deleted and overwritten rows
    /// any more. Tables without such rows cost next to nothing.
    ///
    /// Rows that an older transaction anywhere on the server may still see stay until the next
    /// time, and a table that takes more than a minute, or is being vacuumed already, is left to
    /// the server's autovacuum. Bytes may outlive this in the unused part of a page until it is
    /// written over, in the write-ahead log until it is recycled, and in replicas and backups as
    /// long as those are kept.
    package func scrub() throws(DatabaseError) {
        try pool.withConnection { connection throws(DatabaseError) in
            try connection.withStatementMax(.seconds(60), insteadOf: limits) {
                () throws(DatabaseError) in
                for table in try quotedTables(connection) {
                    try vacuum(table, on: connection)
                }
            }
        }
    }

    package func close() {
        pool.close()
    }

    private func vacuum(
        _ quotedTable: String, on connection: PostgresConnection
    ) throws(DatabaseError) {
        do throws(DatabaseError) {
            // TRUNCATE would lock readers out for a moment.
            try connection.command("VACUUM (SKIP_LOCKED, TRUNCATE OFF) \(quotedTable)")
        } catch {
            // Asking again would take as long again; autovacuum has no such limit.
            guard connection.wasCancelled else { throw error }
        }
    }

    /// Our tables, quoted by the server.
    private func quotedTables(_ connection: PostgresConnection) throws(DatabaseError) -> [String] {
        var tables: [String] = []
        try connection.run(
            """
            SELECT format('%I.%I', schemaname, tablename) FROM pg_catalog.pg_tables
            WHERE schemaname = current_schema() AND tableowner = current_user ORDER BY tablename
            """, atMost: .max
        ) { row throws(DatabaseError) in tables.append(try row.text(0)) }
        return tables
    }

    private func attempt<Answer>(
        _ durability: Durability,
        _ body: (borrowing Transaction) throws(DatabaseError) -> Answer,
        on connection: PostgresConnection
    ) throws(DatabaseError) -> Answer {
        try connection.inTransaction(as: .writer, durability) { () throws(DatabaseError) in
            try body(Transaction(connection))
        }
    }

    /// Again and again, until the transaction does not lose the race or the time is over.
    private func attempt<Answer>(
        _ durability: Durability,
        _ body: (borrowing Transaction) throws(DatabaseError) -> Answer,
        on connection: PostgresConnection, until deadline: ContinuousClock.Instant
    ) throws(DatabaseError) -> Answer {
        var doublings: UInt32 = 0
        while true {
            do throws(DatabaseError) {
                return try attempt(durability, body, on: connection)
            } catch {
                guard connection.lostRace else { throw error }
                guard ContinuousClock.now < deadline else {
                    throw .unavailable("other transactions came first too often")
                }
            }
            // Up to 1 ms, 2 ms, … 64 ms, at random.
            usleep(.random(in: 0...(1_000 << doublings)))
            doublings = min(doublings + 1, 6)
        }
    }

    /// Transactions that are run again wait for each other, over all nodes, so that of many that
    /// want the same row one is always done next; they race with new ones only.
    ///
    /// The lock is taken outside the transaction, whose snapshot must be younger than the lock.
    private func takingTurns<Answer>(
        on connection: PostgresConnection, _ body: () throws(DatabaseError) -> Answer
    ) throws(DatabaseError) -> Answer {
        try connection.takeTurn()
        defer { connection.endTurn() }
        return try body()
    }
}

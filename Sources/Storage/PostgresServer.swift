/// What a server says of itself when a connection is made, and whether it will do.
struct PostgresServer: Equatable, Sendable {
    /// `server_version_num`, such as 150004 for 15.4.
    var version: Int64 = 0
    var encoding = ""
    var isReplica = false
    var isReadOnly = false
    /// As the server names them: `on`, `off`, and for `synchronous_commit` more.
    var synchronousCommit = ""
    var fsync = ""
    var fullPageWrites = ""

    /// Why a program must not store anything there; `nil` when it may.
    var refusal: String? {
        // 12 is no longer maintained since November 2024.
        if version < 130_000 {
            return "the server is PostgreSQL \(version / 10_000): 13 or newer is needed"
        }
        if encoding != "UTF8" { return "the database's encoding is \(encoding): UTF8 is needed" }
        if isReplica { return "the server is a read-only replica: name its primary" }
        if isReadOnly { return "the server does not let this user write (transaction_read_only)" }
        // What is reported as stored must be on the disk.
        for (name, value) in [
            ("synchronous_commit", synchronousCommit), ("fsync", fsync),
            ("full_page_writes", fullPageWrites),
        ] where value == "off" {
            return "the server's \(name) is off: what was stored could be lost with the power"
        }
        return nil
    }
}

extension PostgresConnection {
    /// Sets what this connection needs, and asks what the server is. One round trip.
    ///
    /// Values are texts, as the server's settings are; times are milliseconds.
    ///
    /// Sequential scans are made unattractive, because under SERIALIZABLE one locks its whole table: a
    /// plan made while a table was small let sign-ins to different accounts fail each other. Every
    /// statement on the request path has an index, and where there is none the scan is made all
    /// the same.
    ///
    /// Source: https://www.postgresql.org/docs/15/transaction-iso.html, section 13.2.3.
    func prepareSession(_ limits: PostgresLimits) throws(DatabaseError) -> PostgresServer {
        let statementMax = String(limits.statementMax.milliseconds)
        let lockMax = String(limits.lockMax.milliseconds)
        let idleMax = String(limits.idleInTransactionMax.milliseconds)
        var server = PostgresServer()
        try run(
            """
            SELECT
                CAST(current_setting('server_version_num') AS BIGINT),
                current_setting('server_encoding'),
                pg_is_in_recovery(),
                current_setting('transaction_read_only') = 'on',
                current_setting('synchronous_commit'),
                current_setting('fsync'),
                current_setting('full_page_writes'),
                set_config('statement_timeout', \(statementMax), FALSE),
                set_config('lock_timeout', \(lockMax), FALSE),
                set_config('idle_in_transaction_session_timeout', \(idleMax), FALSE),
                set_config('enable_seqscan', 'off', FALSE),
                set_config('client_min_messages', 'error', FALSE)
            """, atMost: 1
        ) { row throws(DatabaseError) in
            server = PostgresServer(
                version: try row.int64(0), encoding: try row.text(1), isReplica: try row.bool(2),
                isReadOnly: try row.bool(3), synchronousCommit: try row.text(4),
                fsync: try row.text(5), fullPageWrites: try row.text(6))
        }
        return server
    }
}

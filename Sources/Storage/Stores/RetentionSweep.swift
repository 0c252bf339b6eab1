package import Accounts

/// One kind of row that is kept for a time from its own date, and how rows that are over go. Whoever
/// adds a table of such rows adds a line to ``all``.
package struct RetentionSweep: Sendable {
    /// What goes, as the journal and a plan name it.
    package let name: String
    package let category: RetentionCategory
    private let statements:
        @Sendable (Timestamp, Int, borrowing Transaction) throws(DatabaseError) -> Int
    private let counting: @Sendable (Timestamp, borrowing Reader) throws(DatabaseError) -> Int64

    package init(
        name: String, category: RetentionCategory,
        delete:
            @escaping @Sendable (Timestamp, Int, borrowing Transaction) throws(DatabaseError)
            -> Int,
        count: @escaping @Sendable (Timestamp, borrowing Reader) throws(DatabaseError) -> Int64
    ) {
        self.name = name
        self.category = category
        statements = delete
        counting = count
    }

    /// Removes at most `limit` things whose date is before `cut`, but what a flag of their owner holds.
    ///
    /// - Returns: how many; fewer than `limit` when none is left.
    package func delete(
        before cut: Timestamp, limit: Int, _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> Int {
        try statements(cut, limit, transaction)
    }

    /// How many would go, held ones included.
    package func count(
        before cut: Timestamp, _ reader: borrowing Reader
    ) throws(DatabaseError) -> Int64 {
        try counting(cut, reader)
    }

    package static let all: [RetentionSweep] = [signIns, events, incidents, flags]

    private static let signIns = RetentionSweep(
        name: "sign_in", category: .securityLog,
        delete: { cut, limit, transaction throws(DatabaseError) in
            try transaction.execute(
                """
                DELETE FROM sign_in WHERE id IN (
                    SELECT s.id FROM sign_in s
                    WHERE s.at_us < \(cut) AND NOT EXISTS (
                        SELECT 1 FROM account_flag f
                        WHERE f.account_id = s.subject AND f.released_at_us IS NULL
                            AND f.category IN ('', 'security_log'))
                    LIMIT \(limit)
                )
                """)
        },
        count: { cut, reader throws(DatabaseError) in
            try number("SELECT count(*) FROM sign_in WHERE at_us < \(cut)", reader)
        })

    // A dead letter waits for an administrator, and one that waits for its consumer.
    private static let events = RetentionSweep(
        name: "event", category: .securityLog,
        delete: { cut, limit, transaction throws(DatabaseError) in
            let ids = try transaction.rows(
                """
                SELECT e.id FROM event e
                WHERE e.created_at_us < \(cut) AND NOT EXISTS (
                    SELECT 1 FROM delivery d WHERE d.event_id = e.id AND d.state <> 'done')
                LIMIT \(limit)
                """
            ) { row throws(DatabaseError) in try row.text(0) }
            for id in ids {
                try transaction.execute("DELETE FROM delivery WHERE event_id = \(id)")
                try transaction.execute("DELETE FROM event WHERE id = \(id)")
            }
            return ids.count
        },
        count: { cut, reader throws(DatabaseError) in
            try number(
                """
                SELECT count(*) FROM event e
                WHERE e.created_at_us < \(cut) AND NOT EXISTS (
                    SELECT 1 FROM delivery d WHERE d.event_id = e.id AND d.state <> 'done')
                """, reader)
        })

    private static let incidents = RetentionSweep(
        name: "incident", category: .breachRegister,
        delete: { cut, limit, transaction throws(DatabaseError) in
            let ids = try transaction.rows(
                "SELECT id FROM incident WHERE closed_at_us < \(cut) LIMIT \(limit)"
            ) { row throws(DatabaseError) in try row.text(0) }
            for id in ids {
                try transaction.execute("DELETE FROM dossier_version WHERE incident_id = \(id)")
                try transaction.execute("DELETE FROM dossier_field WHERE incident_id = \(id)")
                try transaction.execute("DELETE FROM incident_entry WHERE incident_id = \(id)")
                try transaction.execute("DELETE FROM incident_finding WHERE incident_id = \(id)")
                try transaction.execute("DELETE FROM incident WHERE id = \(id)")
            }
            return ids.count
        },
        count: { cut, reader throws(DatabaseError) in
            try number("SELECT count(*) FROM incident WHERE closed_at_us < \(cut)", reader)
        })

    private static let flags = RetentionSweep(
        name: "released_flag", category: .rightsFile,
        delete: { cut, limit, transaction throws(DatabaseError) in
            try transaction.execute(
                """
                DELETE FROM account_flag WHERE id IN (
                    SELECT id FROM account_flag WHERE released_at_us < \(cut) LIMIT \(limit))
                """)
        },
        count: { cut, reader throws(DatabaseError) in
            try number("SELECT count(*) FROM account_flag WHERE released_at_us < \(cut)", reader)
        })

    private static func number(
        _ sql: SQL, _ reader: borrowing Reader
    ) throws(DatabaseError) -> Int64 {
        try reader.first(sql) { row throws(DatabaseError) in try row.int64(0) } ?? 0
    }
}

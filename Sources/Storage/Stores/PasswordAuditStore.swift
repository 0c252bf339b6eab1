package import Accounts

/// Audits that were asked for, and what they found.
package enum PasswordAuditStore {
    package enum State: String, Sendable {
        case waiting
        case running
        case done
    }

    package struct Record: Equatable, Sendable {
        /// An event id: ordered by time.
        package let id: String
        package let state: State
        package let actor: String
        package let askedAt: Timestamp
        package let finishedAt: Timestamp?
        /// JSON, once it is done.
        package let report: [UInt8]?

        package init(
            id: String, state: State, actor: String, askedAt: Timestamp, finishedAt: Timestamp?,
            report: [UInt8]?
        ) {
            self.id = id
            self.state = state
            self.actor = actor
            self.askedAt = askedAt
            self.finishedAt = finishedAt
            self.report = report
        }
    }

    /// Asks for an audit, unless one waits or runs already.
    ///
    /// - Returns: the open one's id when there is one, and then nothing was written.
    package static func ask(
        _ id: String, by actor: String, at now: Timestamp, _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> String? {
        let open: String? = try transaction.first(
            "SELECT id FROM password_audit WHERE state <> 'done' ORDER BY id LIMIT 1"
        ) { row throws(DatabaseError) in try row.text(0) }
        if let open { return open }
        try transaction.execute(
            """
            INSERT INTO password_audit (id, state, actor, asked_at_us, beat_at_us)
            VALUES (\(id), \(State.waiting.rawValue), \(actor), \(now), \(now))
            """)
        return nil
    }

    /// Whether one waits or runs.
    package static func isOpen(
        _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> Bool {
        let open: Int64? = try reading.first(
            "SELECT count(*) FROM password_audit WHERE state <> 'done'"
        ) { row throws(DatabaseError) in try row.int64(0) }
        return (open ?? 0) > 0
    }

    /// Takes the open audit: one that waits, or that its node has not spoken of since.
    ///
    /// - Returns: its id, for the one node that got it.
    package static func claim(
        silentSince: Timestamp, at now: Timestamp, _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> String? {
        try transaction.first(
            """
            UPDATE password_audit SET state = \(State.running.rawValue), beat_at_us = \(now)
            WHERE state <> 'done' AND (state = \(State.waiting.rawValue)
                OR beat_at_us <= \(silentSince))
            RETURNING id
            """
        ) { row throws(DatabaseError) in try row.text(0) }
    }

    /// Says that the work goes on.
    package static func beat(
        _ id: String, at now: Timestamp, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try transaction.execute(
            "UPDATE password_audit SET beat_at_us = \(now) WHERE id = \(id) AND state <> 'done'")
    }

    /// Keeps a report, and of all finished ones the latest `countMax`.
    package static func finish(
        _ id: String, report: [UInt8], countMax: Int, at now: Timestamp,
        _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try transaction.execute(
            """
            UPDATE password_audit
            SET state = \(State.done.rawValue), finished_at_us = \(now), report = \(report)
            WHERE id = \(id)
            """)
        try transaction.execute(
            """
            DELETE FROM password_audit WHERE state = 'done' AND id NOT IN (
                SELECT id FROM password_audit WHERE state = 'done' ORDER BY id DESC LIMIT \(countMax)
            )
            """)
    }

    /// Adds an audit that was made elsewhere, finished.
    package static func insert(
        _ record: Record, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try transaction.execute(
            """
            INSERT INTO password_audit
                (id, state, actor, asked_at_us, beat_at_us, finished_at_us, report)
            VALUES (
                \(record.id), \(record.state.rawValue), \(record.actor), \(record.askedAt),
                \(record.askedAt), \(record.finishedAt), \(record.report)
            )
            """)
    }

    package static func find(
        _ id: String, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> Record? {
        try reading.first(
            """
            SELECT id, state, actor, asked_at_us, finished_at_us, report FROM password_audit
            WHERE id = \(id)
            """, record)
    }

    /// The latest first.
    package static func latest(
        countMax: Int, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [Record] {
        try reading.rows(
            """
            SELECT id, state, actor, asked_at_us, finished_at_us, report FROM password_audit
            ORDER BY id DESC LIMIT \(countMax)
            """, record)
    }

    private static func record(_ row: borrowing Row) throws(DatabaseError) -> Record {
        Record(
            id: try row.text(0),
            state: try row.value(1, .text, State(rawValue: try row.text(1))),
            actor: try row.text(2), askedAt: try row.timestamp(3),
            finishedAt: try row.timestampIfPresent(4), report: try row.bytesIfPresent(5))
    }
}

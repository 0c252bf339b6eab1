package import Accounts
import Secrets

/// The chain as it is stored, for those who verify and show it.
extension AuditStore {
    /// - Returns: `nil` while there is no record.
    package static func head(
        _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> ChainWalk.Position? {
        try reading.first("SELECT sequence, digest FROM audit_head WHERE name = 'log'") {
            row throws(DatabaseError) in
            ChainWalk.Position(sequence: try row.int64(0), digest: try row.digest(1))
        }
    }

    /// Chained rows behind a number, in the order of their numbers.
    package static func rows(
        after sequence: Int64, limit: Int, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [ChainWalk.Row] {
        try reading.rows(
            """
            SELECT sequence, id, at_us, actor, role, action, object, reason, form, digest
            FROM audit WHERE sequence > \(sequence) ORDER BY sequence LIMIT \(limit)
            """
        ) { row throws(DatabaseError) in
            ChainWalk.Row(
                record: ChainedRecord(
                    sequence: try row.int64(0), id: try row.text(1), at: try row.timestamp(2),
                    actor: try row.text(3), role: try row.text(4), action: try row.text(5),
                    object: try row.text(6), reason: try row.text(7)),
                form: try row.int64IfPresent(8) ?? 0,
                digest: try row.bytesIfPresent(9).flatMap { Digest(bytes: $0) } ?? .zero)
        }
    }

    /// Rows in no chain: see ``adopt(limit:_:)``.
    package static func strays(
        _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> Int64 {
        try reading.first("SELECT count(*) FROM audit WHERE sequence IS NULL") {
            row throws(DatabaseError) in try row.int64(0)
        } ?? 0
    }

    /// Whether there are any. A look that costs next to nothing.
    package static func hasStrays(
        _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> Bool {
        try reading.first("SELECT 1 FROM audit WHERE sequence IS NULL LIMIT 1") {
            row throws(DatabaseError) in try row.int64(0)
        } != nil
    }

    package static func keep(
        _ mark: AuditMark, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try transaction.execute(
            """
            INSERT INTO audit_mark (kind, sequence, line)
            VALUES (\(mark.kind.rawValue), \(mark.sequence), \(mark.line)) ON CONFLICT DO NOTHING
            """)
    }

    /// A mark as it is stored: whoever writes the database can have put anything there.
    package struct StoredMark: Equatable, Sendable {
        package let kind: String
        package let sequence: Int64
        /// See `AuditMark`.
        package let line: String
    }

    /// All that are kept: the anchor, restore records, the latest checkpoints.
    package static func marks(
        _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [StoredMark] {
        try reading.rows(
            "SELECT kind, sequence, line FROM audit_mark ORDER BY kind, sequence"
        ) { row throws(DatabaseError) in
            StoredMark(
                kind: try row.text(0), sequence: try row.int64(1), line: try row.text(2))
        }
    }

    /// - Parameter count: how many of the latest stay.
    package static func forgetCheckpoints(
        but count: Int, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try transaction.execute(
            """
            DELETE FROM audit_mark WHERE kind = 'checkpoint' AND sequence <= (
                SELECT sequence FROM audit_mark WHERE kind = 'checkpoint'
                ORDER BY sequence DESC LIMIT 1 OFFSET \(count)
            )
            """)
    }
}

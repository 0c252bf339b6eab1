package import Accounts

/// What versions before the archive left of closed accounts, in the clear: found, sealed and removed by
/// housekeeping. A node of such a version may still add to it while it is being replaced.
package enum ClosedRecordStore {
    package struct Record: Equatable, Sendable {
        package let account: AccountID
        package let email: String
        package let displayName: String?
        package let reason: ClosureReason
        package let createdAt: Timestamp
        package let closedAt: Timestamp
    }

    package static func some(
        limit: Int, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [Record] {
        try reading.rows(
            """
            SELECT account_id, email, display_name, reason, created_at_us, closed_at_us
            FROM closed_record ORDER BY account_id LIMIT \(limit)
            """
        ) { row throws(DatabaseError) in
            Record(
                account: try row.id(0), email: try row.text(1),
                displayName: try row.textIfPresent(2),
                reason: ClosureReason(rawValue: try row.text(3)) ?? .other,
                createdAt: try row.timestamp(4), closedAt: try row.timestamp(5))
        }
    }

    /// - Returns: `false` when another node was first.
    package static func delete(
        _ account: AccountID, _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> Bool {
        try transaction.execute("DELETE FROM closed_record WHERE account_id = \(account)") == 1
    }

    package static func count(
        _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> Int64 {
        let count = try reading.first("SELECT count(*) FROM closed_record") {
            row throws(DatabaseError) in try row.int64(0)
        }
        return count ?? 0
    }

    /// Closed accounts whose tombstone has no end and that left nothing in the clear.
    package static func undatedTombstones(
        limit: Int, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [(account: AccountID, closedAt: Timestamp)] {
        try reading.rows(
            """
            SELECT DISTINCT a.id, a.state_time_us
            FROM identifier i JOIN account a ON a.id = i.account_id
            WHERE NOT i.is_live AND i.erase_after_us IS NULL AND a.state = 'closed'
                AND NOT EXISTS (SELECT 1 FROM closed_record c WHERE c.account_id = a.id)
            ORDER BY a.id LIMIT \(limit)
            """
        ) { row throws(DatabaseError) in (try row.id(0), try row.timestamp(1)) }
    }
}

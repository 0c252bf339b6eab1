package import Accounts

/// Accounts that nobody uses. Decoys, which nobody is meant to use, are none of them.
package enum UnusedStore {
    package struct Record: Equatable, Sendable {
        package let account: AccountID
        /// The last sign-in, or the creation.
        package let lastUsed: Timestamp
        package let warnedAt: Timestamp?
    }

    /// How exactly uses are kept: a sign-in writes at most once in this time.
    package static let precision = Duration.days(1)

    /// Notes a sign-in. Whoever was warned is not any more.
    package static func noteUse(
        of account: AccountID, at now: Timestamp, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try transaction.execute(
            """
            UPDATE account SET used_at_us = \(now), warned_at_us = NULL
            WHERE id = \(account) AND (warned_at_us IS NOT NULL OR used_at_us IS NULL
                OR used_at_us < \(now - precision))
            """)
    }

    /// Those to be warned: not used since `cut`, and not warned since they were.
    package static func unwarned(
        usedBefore cut: Timestamp, after place: RetentionStore.Place<String>, limit: Int,
        _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [Record] {
        try reading.rows(
            """
            SELECT id, COALESCE(used_at_us, created_at_us), warned_at_us FROM account
            WHERE state IN ('invited', 'active', 'suspended')
                AND COALESCE(used_at_us, created_at_us) < \(cut) AND warned_at_us IS NULL
                AND (COALESCE(used_at_us, created_at_us), id) > (\(place.eraseAfter), \(place.key))
                AND NOT EXISTS (SELECT 1 FROM canary WHERE account_id = account.id)
            ORDER BY COALESCE(used_at_us, created_at_us), id LIMIT \(limit)
            """, record)
    }

    /// Those to be closed: not used since `cut`, and warned before `warnedBefore`.
    package static func overdue(
        usedBefore cut: Timestamp, warnedBefore: Timestamp,
        after place: RetentionStore.Place<String>, limit: Int,
        _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [Record] {
        try reading.rows(
            """
            SELECT id, COALESCE(used_at_us, created_at_us), warned_at_us FROM account
            WHERE state IN ('invited', 'active', 'suspended')
                AND COALESCE(used_at_us, created_at_us) < \(cut)
                AND warned_at_us <= \(warnedBefore)
                AND (COALESCE(used_at_us, created_at_us), id) > (\(place.eraseAfter), \(place.key))
                AND NOT EXISTS (SELECT 1 FROM canary WHERE account_id = account.id)
            ORDER BY COALESCE(used_at_us, created_at_us), id LIMIT \(limit)
            """, record)
    }

    /// The same as it stands now, for whoever acts on an answer of before.
    package static func find(
        _ account: AccountID, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> Record? {
        try reading.first(
            """
            SELECT id, COALESCE(used_at_us, created_at_us), warned_at_us FROM account
            WHERE id = \(account) AND state IN ('invited', 'active', 'suspended')
            """, record)
    }

    package static func noteWarning(
        of account: AccountID, at now: Timestamp, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try transaction.execute(
            "UPDATE account SET warned_at_us = \(now) WHERE id = \(account)")
    }

    private static func record(_ row: borrowing Row) throws(DatabaseError) -> Record {
        Record(
            account: try row.id(0), lastUsed: try row.timestamp(1),
            warnedAt: try row.timestampIfPresent(2))
    }
}

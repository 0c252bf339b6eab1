package import Accounts
package import Secrets

/// Identifiers of closed accounts. A tombstone is a row of `identifier` that is not live: the same
/// unique key refuses a registration for it as for a living account, until it is erased, which is due
/// at its own date. It holds a keyed digest and an account id, nothing else.
package enum TombstoneStore {
    package struct Record: Equatable, Sendable {
        package let locator: Digest
        package let account: AccountID
        package let eraseAfter: Timestamp
    }

    /// Makes an account's identifiers tombstones, and findable as long as it has sealed records.
    package static func put(
        for account: AccountID, eraseAfter: Timestamp, hasRecords: Bool,
        _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try transaction.execute(
            """
            UPDATE identifier SET is_live = FALSE, erase_after_us = \(eraseAfter)
            WHERE account_id = \(account)
            """)
        guard hasRecords else { return }
        try transaction.execute(
            """
            INSERT INTO archive_locator (account_id, locator, key_id)
            SELECT account_id, locator, key_id FROM identifier WHERE account_id = \(account)
            ON CONFLICT DO NOTHING
            """)
    }

    /// The same owner comes back by a recorded decision: what was a tombstone is their name again.
    ///
    /// - Returns: `false` when there is none left to take up.
    package static func takeUp(
        by account: AccountID, _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> Bool {
        try transaction.execute(
            """
            UPDATE identifier SET is_live = TRUE, erase_after_us = NULL
            WHERE account_id = \(account) AND NOT is_live
            """) > 0
    }

    /// When an account's tombstone ends; `nil` without one.
    package static func end(
        of account: AccountID, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> Timestamp? {
        let end: Timestamp?? = try reading.first(
            """
            SELECT MAX(erase_after_us) FROM identifier
            WHERE account_id = \(account) AND NOT is_live
            """
        ) { row throws(DatabaseError) in try row.timestampIfPresent(0) }
        return end ?? nil
    }

    /// Whose time is over, the oldest first.
    package static func due(
        at now: Timestamp, limit: Int, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [Record] {
        try reading.rows(
            """
            SELECT locator, account_id, erase_after_us FROM identifier
            WHERE NOT is_live AND erase_after_us <= \(now)
            ORDER BY erase_after_us, locator LIMIT \(limit)
            """
        ) { row throws(DatabaseError) in
            Record(
                locator: try row.digest(0), account: try row.id(1),
                eraseAfter: try row.timestamp(2))
        }
    }

    /// Erases a tombstone that is due. Looks again: an owner may have come back since it was found due.
    ///
    /// - Returns: `false` when it is gone, not due, or no tombstone any more.
    package static func erase(
        _ locator: Digest, at now: Timestamp, _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> Bool {
        try transaction.execute(
            """
            DELETE FROM identifier
            WHERE locator = \(locator) AND NOT is_live AND erase_after_us <= \(now)
            """) == 1
    }

    /// Values that were made with an identifier key and need it: names of living accounts, tombstones,
    /// and locators of sealed records.
    package static func count(
        keyID: String, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> Int64 {
        let count = try reading.first(
            """
            SELECT (SELECT count(*) FROM identifier WHERE key_id = \(keyID))
                + (SELECT count(*) FROM archive_locator WHERE key_id = \(keyID))
            """
        ) { row throws(DatabaseError) in try row.int64(0) }
        return count ?? 0
    }
}

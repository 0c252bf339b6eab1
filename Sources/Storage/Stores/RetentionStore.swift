package import Accounts
package import Secrets

/// What is due to be erased and not held, page by page, and erasing it. Every page is a read of its
/// own; whoever erases looks again in the transaction in which it does.
package enum RetentionStore {
    /// A sealed record or a tombstone whose time is over.
    package struct Due: Equatable, Sendable {
        package let what: What
        package let account: AccountID
        package let category: RetentionCategory
        package let basis: String
        package let eraseAfter: Timestamp

        package enum What: Equatable, Sendable {
            case record(SealedRecordID)
            case tombstone(Digest)
        }
    }

    /// Where a page ends; the next one begins behind it.
    package struct Place<Key: Sendable>: Sendable {
        package let eraseAfter: Timestamp
        package let key: Key

        package init(eraseAfter: Timestamp, key: Key) {
            self.eraseAfter = eraseAfter
            self.key = key
        }
    }

    /// Sealed records that are over by `end` and that no flag holds, the oldest first.
    ///
    /// - Parameter heldToo: with those that a flag holds, for a plan.
    package static func records(
        dueBy end: Timestamp, after place: Place<String>, limit: Int, heldToo: Bool = false,
        _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [Due] {
        try reading.rows(
            """
            SELECT r.id, r.account_id, r.category, r.basis, r.erase_after_us FROM sealed_record r
            WHERE r.erase_after_us <= \(end)
                AND (r.erase_after_us, r.id) > (\(place.eraseAfter), \(place.key))
                AND (\(heldToo) OR (NOT EXISTS (
                    SELECT 1 FROM account_flag f
                    WHERE f.account_id = r.account_id AND f.released_at_us IS NULL
                        AND f.category IN ('', r.category)
                ) AND NOT EXISTS (
                    SELECT 1 FROM account_flag f
                    WHERE f.account_id = '' AND f.released_at_us IS NULL
                        AND f.category = r.category
                )))
            ORDER BY r.erase_after_us, r.id LIMIT \(limit)
            """
        ) { row throws(DatabaseError) in
            Due(
                what: .record(try row.id(0)), account: try row.id(1),
                category: try row.value(
                    2, .text, RetentionCategory(rawValue: try row.text(2))),
                basis: try row.text(3), eraseAfter: try row.timestamp(4))
        }
    }

    /// The same of tombstones. Their basis is their rule's.
    package static func tombstones(
        dueBy end: Timestamp, after place: Place<[UInt8]>, limit: Int, heldToo: Bool = false,
        _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [Due] {
        try reading.rows(
            """
            SELECT i.locator, i.account_id, i.erase_after_us FROM identifier i
            WHERE NOT i.is_live AND i.erase_after_us <= \(end)
                AND (i.erase_after_us, i.locator) > (\(place.eraseAfter), \(place.key))
                AND (\(heldToo) OR (NOT EXISTS (
                    SELECT 1 FROM account_flag f
                    WHERE f.account_id = i.account_id AND f.released_at_us IS NULL
                        AND f.category IN ('', 'identifier_tombstone')
                ) AND NOT EXISTS (
                    SELECT 1 FROM account_flag f
                    WHERE f.account_id = '' AND f.released_at_us IS NULL
                        AND f.category = 'identifier_tombstone'
                )))
            ORDER BY i.erase_after_us, i.locator LIMIT \(limit)
            """
        ) { row throws(DatabaseError) in
            Due(
                what: .tombstone(try row.digest(0)), account: try row.id(1),
                category: .identifierTombstone, basis: "", eraseAfter: try row.timestamp(2))
        }
    }

    /// Accounts closed before `cut` whose consents are still there and that no flag holds.
    package static func consenting(
        closedBefore cut: Timestamp, after place: Place<String>, limit: Int,
        _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [(account: AccountID, closedAt: Timestamp)] {
        try reading.rows(
            """
            SELECT a.id, a.state_time_us FROM account a
            WHERE a.state = 'closed' AND a.state_time_us < \(cut)
                AND (a.state_time_us, a.id) > (\(place.eraseAfter), \(place.key))
                AND (EXISTS (SELECT 1 FROM consent WHERE account_id = a.id)
                    OR EXISTS (SELECT 1 FROM policy_acceptance WHERE account_id = a.id))
                AND NOT EXISTS (
                    SELECT 1 FROM account_flag f
                    WHERE f.account_id IN ('', a.id) AND f.released_at_us IS NULL
                        AND f.category IN ('', 'consent_proof'))
            ORDER BY a.state_time_us, a.id LIMIT \(limit)
            """
        ) { row throws(DatabaseError) in
            (account: try row.id(0), closedAt: try row.timestamp(1))
        }
    }

    /// Erases the consents of an account that is still closed since then: an owner may have come back.
    ///
    /// - Returns: how many rows went.
    package static func eraseConsents(
        of account: AccountID, closedAt: Timestamp, _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> Int {
        let acts = try transaction.execute(
            """
            DELETE FROM consent WHERE account_id IN (
                SELECT id FROM account
                WHERE id = \(account) AND state = 'closed' AND state_time_us = \(closedAt))
            """)
        let acceptances = try transaction.execute(
            """
            DELETE FROM policy_acceptance WHERE account_id IN (
                SELECT id FROM account
                WHERE id = \(account) AND state = 'closed' AND state_time_us = \(closedAt))
            """)
        return acts + acceptances
    }

    /// Erases whatever has a date of its own, for an account whose erasure is on record.
    package static func eraseRemains(
        of account: AccountID, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try transaction.execute("DELETE FROM sealed_record WHERE account_id = \(account)")
        try transaction.execute("DELETE FROM archive_locator WHERE account_id = \(account)")
        try transaction.execute("DELETE FROM identifier WHERE account_id = \(account)")
        try transaction.execute("DELETE FROM consent WHERE account_id = \(account)")
        try transaction.execute("DELETE FROM policy_acceptance WHERE account_id = \(account)")
    }

    /// - Returns: whether there was one. Whose account is living has no tombstone.
    package static func eraseTombstones(
        of account: AccountID, _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> Bool {
        try transaction.execute(
            "DELETE FROM identifier WHERE account_id = \(account) AND NOT is_live") > 0
    }

    /// Whether a flag holds an account's records of a category.
    package static func isHeld(
        _ category: RetentionCategory, of account: AccountID,
        _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> Bool {
        let found: Int64? = try reading.first(
            """
            SELECT 1 FROM account_flag
            WHERE released_at_us IS NULL
                AND ((account_id = \(account) AND category IN ('', \(category.rawValue)))
                    OR (account_id = '' AND category = \(category.rawValue)))
            LIMIT 1
            """
        ) { row throws(DatabaseError) in try row.int64(0) }
        return found != nil
    }

    /// Whether anything with a date of its own is left of a closed account.
    package static func hasRemains(
        _ account: AccountID, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> Bool {
        let found: Int64? = try reading.first(
            """
            SELECT 1 FROM account
            WHERE id = \(account)
                AND (EXISTS (SELECT 1 FROM sealed_record WHERE account_id = \(account))
                    OR EXISTS (SELECT 1 FROM identifier WHERE account_id = \(account))
                    OR EXISTS (SELECT 1 FROM consent WHERE account_id = \(account))
                    OR EXISTS (SELECT 1 FROM policy_acceptance WHERE account_id = \(account)))
            """
        ) { row throws(DatabaseError) in try row.int64(0) }
        return found != nil
    }

    /// Due by `end`, held or not: how much there is to do.
    package static func count(
        dueBy end: Timestamp, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> Int64 {
        let count = try reading.first(
            """
            SELECT (SELECT count(*) FROM sealed_record WHERE erase_after_us <= \(end))
                + (SELECT count(*) FROM identifier
                    WHERE NOT is_live AND erase_after_us <= \(end))
            """
        ) { row throws(DatabaseError) in try row.int64(0) }
        return count ?? 0
    }

    /// The state of an account whose last remains went; and what carries its id goes with it.
    ///
    /// - Throws: `.conflict` when somebody changed the account since it was read.
    package static func markErased(
        _ account: AccountStore.Record, at now: Timestamp, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        let state = AccountState.erased(at: now)
        let changed = try transaction.execute(
            """
            UPDATE account SET state = \(state.name), state_time_us = \(state.time),
                version = \(account.version + 1), changed_at_us = \(now), used_at_us = NULL,
                warned_at_us = NULL
            WHERE id = \(account.id) AND version = \(account.version)
            """)
        guard changed == 1 else { throw .conflict }
        try transaction.execute("DELETE FROM sign_in WHERE subject = \(account.id.text)")
        try transaction.execute("DELETE FROM canary WHERE account_id = \(account.id)")
    }
}

package import Accounts
package import Secrets

/// The address of an account: whether it was verified, and what becomes of the one before.
package enum AddressStore {
    /// Whether an identifier is somebody else's, living or closed. One that this account gave up
    /// itself is not.
    package static func isTaken(
        locators: [Digest], by others: AccountID, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> Bool {
        for locator in locators {
            let owner: AccountID? = try reading.first(
                "SELECT account_id FROM identifier WHERE locator = \(locator)"
            ) { row throws(DatabaseError) in try row.id(0) }
            if let owner, owner != others { return true }
        }
        return false
    }

    /// Gives an account another address, verified. The old identifiers stay its own until `until`:
    /// whoever gets the mailbox after its owner does not get the name here.
    ///
    /// - Parameter locators: of the new address, today's key first.
    /// - Throws: `.uniqueViolation` when it is somebody else's.
    package static func replace(
        of account: AccountID, locators: [Digest], keyID: String, email: String, until: Timestamp,
        at now: Timestamp, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        if try isTaken(locators: locators, by: account, transaction) { throw .uniqueViolation }
        try transaction.execute(
            """
            UPDATE identifier SET is_live = FALSE, until_us = \(until)
            WHERE account_id = \(account) AND is_live
            """)
        // One that the account gave up before comes back, also under an older key.
        for locator in locators {
            try transaction.execute("DELETE FROM identifier WHERE locator = \(locator)")
        }
        try transaction.execute(
            """
            INSERT INTO identifier (locator, key_id, account_id, is_live)
            VALUES (\(locators[0]), \(keyID), \(account), TRUE)
            """)
        try transaction.execute(
            """
            UPDATE profile SET email = \(email), verified_at_us = \(now)
            WHERE account_id = \(account)
            """)
    }

    package static func markVerified(
        _ account: AccountID, at now: Timestamp, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try transaction.execute(
            "UPDATE profile SET verified_at_us = \(now) WHERE account_id = \(account)")
    }

    /// When the present address was verified; `nil` when it never was.
    package static func verifiedAt(
        _ account: AccountID, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> Timestamp? {
        let time: Timestamp?? = try reading.first(
            "SELECT verified_at_us FROM profile WHERE account_id = \(account)"
        ) { row throws(DatabaseError) in try row.timestampIfPresent(0) }
        return time ?? nil
    }

    package static func setLocale(
        _ locale: NoticeLocale, of account: AccountID, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try transaction.execute(
            "UPDATE profile SET locale = \(locale.rawValue) WHERE account_id = \(account)")
    }

    /// - Returns: whether this was the account's first sign-in.
    package static func noteFirstSignIn(
        of account: AccountID, _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> Bool {
        try transaction.execute(
            """
            UPDATE profile SET has_signed_in = TRUE
            WHERE account_id = \(account) AND NOT has_signed_in
            """) == 1
    }

    /// The living identifier of an account.
    package static func locators(
        of account: AccountID, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [Digest] {
        try reading.rows(
            "SELECT locator FROM identifier WHERE account_id = \(account) AND is_live"
        ) { row throws(DatabaseError) in try row.digest(0) }
    }

    /// Frees the names that were given up long enough ago.
    package static func deleteExpired(
        at now: Timestamp, limit: Int, _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> Int {
        try transaction.execute(
            """
            DELETE FROM identifier WHERE locator IN (
                SELECT locator FROM identifier
                WHERE until_us IS NOT NULL AND until_us <= \(now) AND NOT is_live LIMIT \(limit)
            )
            """)
    }
}

/// Addresses that were given up in the last day, sealed.
package enum FormerAddressStore {
    package struct Record: Equatable, Sendable {
        package let account: AccountID
        package let changedAt: Timestamp
        package let sealed: SealedBytes

        package init(account: AccountID, changedAt: Timestamp, sealed: SealedBytes) {
            self.account = account
            self.changedAt = changedAt
            self.sealed = sealed
        }
    }

    package static func insert(
        _ record: Record, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try transaction.execute(
            """
            INSERT INTO former_address (account_id, changed_at_us, key_id, sealed)
            VALUES (
                \(record.account), \(record.changedAt), \(record.sealed.keyID),
                \(record.sealed.bytes)
            )
            ON CONFLICT (account_id, changed_at_us) DO NOTHING
            """)
    }

    /// Those given up after a time, the latest last.
    package static func all(
        of account: AccountID, changedAfter: Timestamp,
        _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [Record] {
        try reading.rows(
            """
            SELECT account_id, changed_at_us, key_id, sealed FROM former_address
            WHERE account_id = \(account) AND changed_at_us > \(changedAfter)
            ORDER BY changed_at_us
            """
        ) { row throws(DatabaseError) in
            Record(
                account: try row.id(0), changedAt: try row.timestamp(1),
                sealed: SealedBytes(keyID: try row.text(2), bytes: try row.bytes(3)))
        }
    }

    package static func deleteAll(
        of account: AccountID, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try transaction.execute("DELETE FROM former_address WHERE account_id = \(account)")
    }

    package static func deleteOld(
        before: Timestamp, limit: Int, _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> Int {
        try transaction.execute(
            """
            DELETE FROM former_address WHERE (account_id, changed_at_us) IN (
                SELECT account_id, changed_at_us FROM former_address
                WHERE changed_at_us <= \(before) LIMIT \(limit)
            )
            """)
    }
}

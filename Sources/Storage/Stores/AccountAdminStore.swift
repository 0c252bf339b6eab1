package import Accounts
package import Passwords
package import Secrets

/// What administrators do to accounts. Each change names the version it was decided on.
package enum AccountAdminStore {
    /// Where the next page begins: after this account.
    package struct Place: Equatable, Sendable {
        package let createdAt: Timestamp
        package let id: AccountID

        package init(createdAt: Timestamp, id: AccountID) {
            self.createdAt = createdAt
            self.id = id
        }
    }

    /// An account without a password.
    ///
    /// - Throws: `.uniqueViolation` when the identifier is taken, by a living or a closed account.
    package static func insertInvited(
        _ id: AccountID, locator: Digest, keyID: String, profile: AccountStore.Profile,
        application: String, until: Timestamp, at now: Timestamp,
        _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        let state = AccountState.invited(until: until)
        try transaction.execute(
            """
            INSERT INTO account
                (id, state, state_time_us, version, application, created_at_us, changed_at_us)
            VALUES (\(id), \(state.name), \(state.time), 1, \(application), \(now), \(now))
            """)
        try transaction.execute(
            """
            INSERT INTO identifier (locator, key_id, account_id, is_live)
            VALUES (\(locator), \(keyID), \(id), TRUE)
            """)
        try insert(profile, of: id, transaction)
    }

    /// - Throws: `.conflict` when somebody else changed the account first.
    package static func move(
        _ account: AccountStore.Record, to state: AccountState, at now: Timestamp,
        _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        let changed = try transaction.execute(
            """
            UPDATE account SET state = \(state.name), state_time_us = \(state.time),
                version = \(account.version + 1), changed_at_us = \(now)
            WHERE id = \(account.id) AND version = \(account.version)
            """)
        guard changed == 1 else { throw .conflict }
    }

    /// A password that its owner must change, where there was one or none.
    package static func setPassword(
        of account: AccountStore.Record, phc: PHCString, at now: Timestamp,
        _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        if let stored = account.password {
            try AccountStore.setPassword(
                of: account.id, phc: phc, mustChange: true, over: stored.version, at: now,
                transaction)
            return
        }
        try PasswordHashStore.requirePepper(phc, transaction)
        try transaction.execute(
            """
            INSERT INTO password
                (account_id, phc, memory_kib, scheme, version, must_change, set_at_us)
            VALUES (
                \(account.id), \(phc.text), \(Int64(phc.cost.memoryKiB)), \(phc.scheme), 1, TRUE,
                \(now)
            )
            """)
    }

    /// The account whose identifier this was, and is nobody's yet.
    package static func closedOwner(
        of locators: [Digest], _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> AccountID? {
        for locator in locators {
            let owner: AccountID? = try reading.first(
                "SELECT account_id FROM identifier WHERE locator = \(locator) AND NOT is_live"
            ) { row throws(DatabaseError) in try row.id(0) }
            if let owner { return owner }
        }
        return nil
    }

    /// Who was closed has a profile again, and the tombstone is a living name.
    ///
    /// - Throws: `.conflict` when there is no tombstone left to take up.
    package static func revive(
        _ account: AccountID, profile: AccountStore.Profile, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        guard try TombstoneStore.takeUp(by: account, transaction) else { throw .conflict }
        try transaction.execute("DELETE FROM closed_record WHERE account_id = \(account)")
        try insert(profile, of: account, transaction)
    }

    /// Accounts in one state, the oldest first.
    ///
    /// - Parameter place: of the last account before this page; `nil` for the first page.
    package static func page(
        state: String, from: Timestamp, until: Timestamp, after place: Place?, countMax: Int,
        _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [AccountStore.Record] {
        let start = place?.createdAt ?? from
        let ids = try reading.rows(
            """
            SELECT id FROM account
            WHERE state = \(state) AND created_at_us >= \(from) AND created_at_us < \(until)
                AND (created_at_us, id) > (\(start), \(place?.id.text ?? ""))
            ORDER BY created_at_us, id LIMIT \(countMax)
            """
        ) { row throws(DatabaseError) in try row.id(0) as AccountID }
        var accounts: [AccountStore.Record] = []
        for id in ids {
            if let account = try AccountStore.find(id, reading) { accounts.append(account) }
        }
        return accounts
    }

    private static func insert(
        _ profile: AccountStore.Profile, of account: AccountID,
        _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try transaction.execute(
            """
            INSERT INTO profile (account_id, email, display_name)
            VALUES (\(account), \(profile.email), \(profile.displayName))
            """)
    }
}

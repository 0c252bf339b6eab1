package import Accounts
package import Passwords
package import Secrets

/// Accounts, their identifiers, profiles and passwords.
package enum AccountStore {
    /// An account as it is online. A closed one has neither profile nor password.
    package struct Record: Equatable, Sendable {
        package let id: AccountID
        package let state: AccountState
        /// Grows with every change; an update names the version it read.
        package let version: Int64
        package let createdAt: Timestamp
        package let profile: Profile?
        package let password: StoredPassword?
    }

    package struct Profile: Equatable, Sendable {
        /// As the owner spelt it.
        package let email: String
        package let displayName: String?

        package init(email: String, displayName: String?) {
            self.email = email
            self.displayName = displayName
        }
    }

    package struct StoredPassword: Equatable, Sendable {
        /// A PHC string.
        package let phc: String
        /// Grows with every change of the password; a renewed hash of the same one leaves it.
        package let version: Int64
        /// Set by somebody else: the owner must choose another one.
        package let mustChange: Bool
    }

    /// - Throws: `.uniqueViolation` when the identifier is taken, by a living or a closed account.
    package static func insert(
        _ id: AccountID, locator: Digest, keyID: String, profile: Profile, phc: PHCString,
        application: String, at now: Timestamp, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try transaction.execute(
            """
            INSERT INTO account (id, state, version, application, created_at_us, changed_at_us)
            VALUES (\(id), \(AccountState.active.name), 1, \(application), \(now), \(now))
            """)
        try transaction.execute(
            """
            INSERT INTO identifier (locator, key_id, account_id, is_live)
            VALUES (\(locator), \(keyID), \(id), TRUE)
            """)
        try transaction.execute(
            """
            INSERT INTO profile (account_id, email, display_name)
            VALUES (\(id), \(profile.email), \(profile.displayName))
            """)
        try PasswordHashStore.requirePepper(phc, transaction)
        try transaction.execute(
            """
            INSERT INTO password
                (account_id, phc, memory_kib, scheme, version, must_change, set_at_us)
            VALUES (
                \(id), \(phc.text), \(Int64(phc.cost.memoryKiB)), \(phc.scheme), 1, FALSE, \(now)
            )
            """)
    }

    package static func isTaken(
        locators: [Digest], _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> Bool {
        for locator in locators {
            let taken: Bool? = try reading.first(
                "SELECT is_live FROM identifier WHERE locator = \(locator)"
            ) { row throws(DatabaseError) in try row.bool(0) }
            if taken != nil { return true }
        }
        return false
    }

    /// The living account behind an identifier, tried under every identifier key.
    ///
    /// - Parameter locators: one or more.
    package static func id(
        locators: [Digest], _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> AccountID? {
        try resolve(locators, reading).known
    }

    /// The living account behind an identifier. Where there is none, another account's record is read and
    /// dropped, so that an unknown identifier costs the reading that a known one does.
    package static func findOrStandIn(
        _ locators: [Digest], _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> Record? {
        let (known, standIn) = try resolve(locators, reading)
        guard let id = known ?? standIn else { return nil }
        let found = try find(id, reading)
        return known == nil ? nil : found
    }

    /// Every locator finds a row, its own or the next: digests are random, so the next one is anybody's.
    /// None ends the search early.
    private static func resolve(
        _ locators: [Digest], _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> (known: AccountID?, standIn: AccountID?) {
        var known: AccountID?
        var standIn: AccountID?
        for locator in locators {
            let nearest: (locator: Digest, account: AccountID)? = try reading.first(
                """
                SELECT locator, account_id FROM identifier
                WHERE locator >= \(locator) AND is_live ORDER BY locator LIMIT 1
                """
            ) { row throws(DatabaseError) in (try row.digest(0), try row.id(1)) }
            guard let nearest else { continue }
            if nearest.locator == locator {
                known = nearest.account
            } else {
                standIn = nearest.account
            }
        }
        return (known, standIn)
    }

    package static func find(
        _ id: AccountID, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> Record? {
        try reading.first(
            """
            SELECT a.id, a.state, a.state_time_us, a.version, a.created_at_us,
                p.email, p.display_name, w.phc, w.version, w.must_change
            FROM account a
            LEFT JOIN profile p ON p.account_id = a.id
            LEFT JOIN password w ON w.account_id = a.id
            WHERE a.id = \(id)
            """, record)
    }

    /// - Throws: `.conflict` when the password is no longer the version that was verified.
    package static func setPassword(
        of id: AccountID, phc: PHCString, mustChange: Bool, over version: Int64, at now: Timestamp,
        _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try PasswordHashStore.requirePepper(phc, transaction)
        let changed = try transaction.execute(
            """
            UPDATE password SET phc = \(phc.text), memory_kib = \(Int64(phc.cost.memoryKiB)),
                scheme = \(phc.scheme), version = \(version + 1), must_change = \(mustChange), set_at_us = \(now)
            WHERE account_id = \(id) AND version = \(version)
            """)
        guard changed == 1 else { throw .conflict }
    }

    /// Replaces the hash of the same password by one at today's cost. The version stays: it counts
    /// passwords, and a sign-in that runs beside this one verified the same password.
    ///
    /// Does nothing when the hash is no longer `old`: somebody else renewed it first.
    package static func rehash(
        _ id: AccountID, phc: PHCString, over old: String, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try PasswordHashStore.requirePepper(phc, transaction)
        try transaction.execute(
            """
            UPDATE password SET phc = \(phc.text), memory_kib = \(Int64(phc.cost.memoryKiB)),
                scheme = \(phc.scheme)
            WHERE account_id = \(id) AND phc = \(old)
            """)
    }

    /// KiB of the most expensive hash there is; 0 without any.
    package static func memoryKiBMax(
        _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> Int64 {
        let most: Int64?? = try reading.first("SELECT MAX(memory_kib) FROM password") {
            row throws(DatabaseError) in try row.int64IfPresent(0)
        }
        return (most ?? nil) ?? 0
    }

    /// Takes an account off line: profile and hash are destroyed, and the identifier stays as a
    /// tombstone. What is kept of it was sealed before.
    ///
    /// - Parameter hasRecords: whether its sealed records must be found by the identifier.
    /// - Throws: `.conflict` when somebody else changed the account first, or its state cannot be closed.
    package static func close(
        _ account: Record, at now: Timestamp, tombstoneUntil: Timestamp, hasRecords: Bool,
        _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        let state: AccountState
        do {
            state = try account.state.after(.closed, at: now)
        } catch {
            throw .conflict
        }
        let changed = try transaction.execute(
            """
            UPDATE account SET state = \(state.name), state_time_us = \(state.time),
                version = \(account.version + 1), changed_at_us = \(now)
            WHERE id = \(account.id) AND version = \(account.version)
            """)
        guard changed == 1 else { throw .conflict }
        try transaction.execute("DELETE FROM profile WHERE account_id = \(account.id)")
        try transaction.execute("DELETE FROM password WHERE account_id = \(account.id)")
        try VerdictStore.delete(of: account.id, transaction)
        try TombstoneStore.put(
            for: account.id, eraseAfter: tombstoneUntil, hasRecords: hasRecords, transaction)
    }

    private static func record(_ row: borrowing Row) throws(DatabaseError) -> Record {
        var profile: Profile?
        if let email = try row.textIfPresent(5) {
            profile = Profile(email: email, displayName: try row.textIfPresent(6))
        }
        var password: StoredPassword?
        if let phc = try row.textIfPresent(7) {
            password = StoredPassword(
                phc: phc, version: try row.int64(8), mustChange: try row.bool(9))
        }
        let state = AccountState(name: try row.text(1), time: try row.timestampIfPresent(2))
        return Record(
            id: try row.id(0), state: try row.value(1, .text, state), version: try row.int64(3),
            createdAt: try row.timestamp(4), profile: profile, password: password)
    }
}

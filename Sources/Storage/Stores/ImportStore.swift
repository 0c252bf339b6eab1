package import Accounts
package import Passwords
package import Secrets

/// Accounts that come from another system.
package enum ImportStore {
    /// What stands under an identifier.
    package enum Standing: Equatable, Sendable {
        case free
        /// An account that was imported with the same hash, whatever became of the hash since.
        case imported
        /// Anybody else's, closed ones too.
        case taken
    }

    /// An account as a line of the file gives it.
    package struct Account: Sendable {
        package let id: AccountID
        package let keyID: String
        package let profile: AccountStore.Profile
        package let hash: PasswordHash
        package let application: String
        package let createdAt: Timestamp

        package init(
            id: AccountID, keyID: String, profile: AccountStore.Profile, hash: PasswordHash,
            application: String, createdAt: Timestamp
        ) {
            self.id = id
            self.keyID = keyID
            self.profile = profile
            self.hash = hash
            self.application = application
            self.createdAt = createdAt
        }
    }

    /// - Parameters:
    ///   - locators: the identifier under every identifier key.
    ///   - marks: the line's hash under every identifier key.
    package static func standing(
        locators: [Digest], marks: [Digest], _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> Standing {
        for locator in locators {
            let mark: [UInt8]?? = try reading.first(
                """
                SELECT w.import_mark FROM identifier i
                LEFT JOIN password w ON w.account_id = i.account_id
                WHERE i.locator = \(locator)
                """
            ) { row throws(DatabaseError) in try row.bytesIfPresent(0) }
            guard let mark else { continue }
            return marks.contains { $0.bytes == mark } ? .imported : .taken
        }
        return .free
    }

    /// - Throws: `.uniqueViolation` when somebody else took the identifier meanwhile.
    package static func insert(
        _ account: Account, locator: Digest, mark: Digest, at now: Timestamp,
        _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try transaction.execute(
            """
            INSERT INTO account (id, state, version, application, created_at_us, changed_at_us)
            VALUES (
                \(account.id), \(AccountState.active.name), 1, \(account.application),
                \(account.createdAt), \(now)
            )
            """)
        try transaction.execute(
            """
            INSERT INTO identifier (locator, key_id, account_id, is_live)
            VALUES (\(locator), \(account.keyID), \(account.id), TRUE)
            """)
        try transaction.execute(
            """
            INSERT INTO profile (account_id, email, display_name)
            VALUES (\(account.id), \(account.profile.email), \(account.profile.displayName))
            """)
        if case .argon2id(let hash) = account.hash {
            try PasswordHashStore.requirePepper(hash, transaction)
        }
        try transaction.execute(
            """
            INSERT INTO password
                (account_id, phc, memory_kib, scheme, version, must_change, set_at_us, import_mark)
            VALUES (
                \(account.id), \(account.hash.text), \(Int64(account.hash.memoryKiB)),
                \(account.hash.scheme), 1, FALSE, \(now), \(mark)
            )
            """)
    }
}

package import Accounts
package import Secrets

/// Sessions and device tokens, by the digest of their token.
package enum SessionStore {
    package struct Record: Equatable, Sendable {
        package let digest: Digest
        package let accountID: AccountID
        /// The application that signed the person in.
        package let application: String
        package let createdAt: Timestamp
        /// When it ends whatever happens.
        package let expiresAt: Timestamp
        /// Last use as written, at most a minute behind the last use itself.
        package let usedAt: Timestamp
        /// May only change the password, close the account or end: the password must be changed first.
        package let isRestricted: Bool

        package init(
            digest: Digest, accountID: AccountID, application: String, createdAt: Timestamp,
            expiresAt: Timestamp, usedAt: Timestamp, isRestricted: Bool = false
        ) {
            self.digest = digest
            self.accountID = accountID
            self.application = application
            self.createdAt = createdAt
            self.expiresAt = expiresAt
            self.usedAt = usedAt
            self.isRestricted = isRestricted
        }

        /// The same session with a later use.
        package func used(at time: Timestamp) -> Record {
            Record(
                digest: digest, accountID: accountID, application: application,
                createdAt: createdAt, expiresAt: expiresAt, usedAt: time,
                isRestricted: isRestricted)
        }
    }

    package static func insert(
        _ session: Record, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try transaction.execute(
            """
            INSERT INTO session
                (digest, account_id, application, created_at_us, expires_at_us, used_at_us,
                restricted)
            VALUES (
                \(session.digest), \(session.accountID), \(session.application),
                \(session.createdAt), \(session.expiresAt), \(session.usedAt),
                \(session.isRestricted)
            )
            """)
    }

    /// The session of an account that may still sign in. Expiry is the caller's to judge.
    package static func find(
        _ digest: Digest, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> Record? {
        try reading.first(
            """
            SELECT s.account_id, s.application, s.created_at_us, s.expires_at_us, s.used_at_us,
                s.restricted
            FROM session s JOIN account a ON a.id = s.account_id
            WHERE s.digest = \(digest) AND a.state = \(AccountState.active.name)
            """
        ) { row throws(DatabaseError) in
            Record(
                digest: digest, accountID: try row.id(0), application: try row.text(1),
                createdAt: try row.timestamp(2), expiresAt: try row.timestamp(3),
                usedAt: try row.timestamp(4), isRestricted: try row.bool(5))
        }
    }

    /// Notes a use. Never moves it back, because another node may have written a later one, except
    /// from a future that only a wrong clock can have written.
    package static func touch(
        _ digest: Digest, at now: Timestamp, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try transaction.execute(
            """
            UPDATE session SET used_at_us = \(now)
            WHERE digest = \(digest)
                AND (used_at_us < \(now) OR used_at_us > \(now + SessionLifetimes.touchInterval))
            """)
    }

    /// After a change of password the session that asked for it may do everything again.
    package static func lift(
        _ digest: Digest, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try transaction.execute("UPDATE session SET restricted = FALSE WHERE digest = \(digest)")
    }

    /// - Returns: whether there was such a session.
    package static func delete(
        _ digest: Digest, _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> Bool {
        try transaction.execute("DELETE FROM session WHERE digest = \(digest)") == 1
    }

    /// - Parameter kept: the session to spare, if any.
    package static func deleteAll(
        of account: AccountID, but kept: Digest? = nil, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try transaction.execute(
            """
            DELETE FROM session
            WHERE account_id = \(account) AND digest IS DISTINCT FROM \(kept)
            """)
    }

    /// - Returns: how many were deleted, at most `limit`.
    package static func deleteExpired(
        at now: Timestamp, idleSince: Timestamp, limit: Int, _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> Int {
        try transaction.execute(
            """
            DELETE FROM session WHERE digest IN (
                SELECT digest FROM session
                WHERE expires_at_us <= \(now) OR used_at_us <= \(idleSince) LIMIT \(limit)
            )
            """)
    }
}

/// Device tokens: proof that this device signed in before.
package enum DeviceStore {
    /// - Parameter countMax: the oldest beyond this number go.
    package static func insert(
        _ digest: Digest, of account: AccountID, expiresAt: Timestamp, countMax: Int,
        at now: Timestamp, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try transaction.execute(
            """
            INSERT INTO device (digest, account_id, created_at_us, expires_at_us)
            VALUES (\(digest), \(account), \(now), \(expiresAt))
            """)
        try transaction.execute(
            """
            DELETE FROM device WHERE account_id = \(account) AND digest NOT IN (
                SELECT digest FROM device WHERE account_id = \(account)
                ORDER BY created_at_us DESC, digest LIMIT \(countMax)
            )
            """)
    }

    /// Whether this device is known for this account. Another account's device is not.
    package static func isKnown(
        _ digest: Digest, of account: AccountID, at now: Timestamp,
        _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> Bool {
        let expiry: Timestamp? = try reading.first(
            "SELECT expires_at_us FROM device WHERE digest = \(digest) AND account_id = \(account)"
        ) { row throws(DatabaseError) in try row.timestamp(0) }
        return expiry.map { now < $0 } ?? false
    }

    package static func deleteAll(
        of account: AccountID, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try transaction.execute("DELETE FROM device WHERE account_id = \(account)")
    }

    package static func deleteExpired(
        at now: Timestamp, limit: Int, _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> Int {
        try transaction.execute(
            """
            DELETE FROM device WHERE digest IN (
                SELECT digest FROM device WHERE expires_at_us <= \(now) LIMIT \(limit)
            )
            """)
    }
}

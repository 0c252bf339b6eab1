package import Accounts
package import Secrets

/// Links that were sent, by the digest of their token. Each opens once.
package enum LinkStore {
    package struct Record: Equatable, Sendable {
        package let digest: Digest
        package let kind: LinkKind
        /// `nil` where the link makes the account.
        package let account: AccountID?
        package let sealed: SealedBytes?
        package let createdAt: Timestamp
        package let expiresAt: Timestamp
        /// Written for its cost alone: opens nothing.
        package let isVoid: Bool

        package init(
            digest: Digest, kind: LinkKind, account: AccountID?, sealed: SealedBytes?,
            createdAt: Timestamp, expiresAt: Timestamp, isVoid: Bool = false
        ) {
            self.digest = digest
            self.kind = kind
            self.account = account
            self.sealed = sealed
            self.createdAt = createdAt
            self.expiresAt = expiresAt
            self.isVoid = isVoid
        }

        /// The same link of somebody who became known only now.
        package func owned(by account: AccountID?, isVoid: Bool) -> Record {
            Record(
                digest: digest, kind: kind, account: account, sealed: sealed,
                createdAt: createdAt, expiresAt: expiresAt, isVoid: isVoid)
        }
    }

    /// Links of one kind that one account may have open. A mail that is sent twice has two.
    package static let openMax = 5

    /// Adds a link; of the account's others of this kind the oldest beyond ``openMax`` go.
    package static func insert(
        _ link: Record, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try transaction.execute(
            """
            INSERT INTO link
                (digest, kind, account_id, key_id, sealed, created_at_us, expires_at_us, is_void)
            VALUES (
                \(link.digest), \(link.kind.rawValue), \(link.account), \(link.sealed?.keyID),
                \(link.sealed?.bytes), \(link.createdAt), \(link.expiresAt), \(link.isVoid)
            )
            """)
        try transaction.execute(
            """
            DELETE FROM link
            WHERE account_id = \(link.account) AND kind = \(link.kind.rawValue)
                AND is_void = \(link.isVoid) AND digest NOT IN (
                SELECT digest FROM link
                WHERE account_id = \(link.account) AND kind = \(link.kind.rawValue)
                    AND is_void = \(link.isVoid)
                ORDER BY created_at_us DESC, digest LIMIT \(openMax)
            )
            """)
    }

    /// The link, unless it is over.
    package static func find(
        _ digest: Digest, at now: Timestamp, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> Record? {
        try reading.first(
            """
            SELECT digest, kind, account_id, key_id, sealed, created_at_us, expires_at_us
            FROM link WHERE digest = \(digest) AND expires_at_us > \(now) AND NOT is_void
            """, record)
    }

    /// Opens a link: whoever gets it is the only one who ever does.
    package static func take(
        _ digest: Digest, at now: Timestamp, _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> Record? {
        try transaction.first(
            """
            DELETE FROM link WHERE digest = \(digest) AND expires_at_us > \(now) AND NOT is_void
            RETURNING digest, kind, account_id, key_id, sealed, created_at_us, expires_at_us
            """, record)
    }

    /// - Parameter kind: `nil` for all kinds.
    package static func deleteAll(
        of account: AccountID, kind: LinkKind? = nil, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try transaction.execute(
            """
            DELETE FROM link
            WHERE account_id = \(account) AND kind = COALESCE(\(kind?.rawValue), kind)
            """)
    }

    package static func deleteExpired(
        at now: Timestamp, limit: Int, _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> Int {
        try transaction.execute(
            """
            DELETE FROM link WHERE digest IN (
                SELECT digest FROM link WHERE expires_at_us <= \(now) LIMIT \(limit)
            )
            """)
    }

    private static func record(_ row: borrowing Row) throws(DatabaseError) -> Record {
        Record(
            digest: try row.digest(0),
            kind: try row.value(1, .text, LinkKind(rawValue: try row.text(1))),
            account: try row.idIfPresent(2), sealed: try row.sealedIfPresent(3),
            createdAt: try row.timestamp(5), expiresAt: try row.timestamp(6))
    }
}

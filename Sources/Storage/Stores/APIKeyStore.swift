package import Accounts
package import Secrets

/// Keys of applications and administrators. Only the digest of a key is stored.
package enum APIKeyStore {
    package enum Kind: String, Bindable, Sendable {
        case application
        case administrator
    }

    package struct Record: Equatable, Sendable {
        /// `app_…` or `adm_…`.
        package let id: String
        package let kind: Kind
        package let name: String
        /// Role names, empty for applications.
        package let roles: [String]
        package let createdAt: Timestamp
        package let expiresAt: Timestamp?
        package let revokedAt: Timestamp?

        package init(
            id: String, kind: Kind, name: String, roles: [String], createdAt: Timestamp,
            expiresAt: Timestamp?, revokedAt: Timestamp? = nil
        ) {
            self.id = id
            self.kind = kind
            self.name = name
            self.roles = roles
            self.createdAt = createdAt
            self.expiresAt = expiresAt
            self.revokedAt = revokedAt
        }

        package func isValid(at now: Timestamp) -> Bool {
            revokedAt == nil && expiresAt.map { now < $0 } ?? true
        }
    }

    package static func insert(
        _ record: Record, digest: Digest, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try transaction.execute(
            """
            INSERT INTO api_key (id, kind, name, roles, digest, created_at_us, expires_at_us)
            VALUES (
                \(record.id), \(record.kind), \(record.name), \(record.roles.joined(separator: " ")),
                \(digest), \(record.createdAt), \(record.expiresAt)
            )
            """)
    }

    package static func find(
        digest: Digest, _ kind: Kind, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> Record? {
        try reading.first(
            """
            SELECT id, kind, name, roles, created_at_us, expires_at_us, revoked_at_us
            FROM api_key WHERE digest = \(digest) AND kind = \(kind)
            """, record)
    }

    package static func all(
        _ kind: Kind, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [Record] {
        try reading.rows(
            """
            SELECT id, kind, name, roles, created_at_us, expires_at_us, revoked_at_us
            FROM api_key WHERE kind = \(kind) ORDER BY created_at_us, id
            """, record)
    }

    /// - Returns: `false` when there is no such key, or it was revoked before.
    package static func revoke(
        id: String, _ kind: Kind, at now: Timestamp, _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> Bool {
        try transaction.execute(
            """
            UPDATE api_key SET revoked_at_us = \(now)
            WHERE id = \(id) AND kind = \(kind) AND revoked_at_us IS NULL
            """) == 1
    }

    /// A key that still is valid gets an end, unless it ends earlier.
    ///
    /// - Returns: `false` when there is no such key, or it is not valid now.
    package static func end(
        id: String, _ kind: Kind, after end: Timestamp, at now: Timestamp,
        _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> Bool {
        guard end > now else {
            return try transaction.execute(
                """
                UPDATE api_key SET revoked_at_us = \(now)
                WHERE id = \(id) AND kind = \(kind) AND revoked_at_us IS NULL
                    AND (expires_at_us IS NULL OR expires_at_us > \(now))
                """) == 1
        }
        return try transaction.execute(
            """
            UPDATE api_key SET expires_at_us =
                CASE WHEN expires_at_us < \(end) THEN expires_at_us ELSE \(end) END
            WHERE id = \(id) AND kind = \(kind) AND revoked_at_us IS NULL
                AND (expires_at_us IS NULL OR expires_at_us > \(now))
            """) == 1
    }

    package static func find(
        id: String, _ kind: Kind, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> Record? {
        try reading.first(
            """
            SELECT id, kind, name, roles, created_at_us, expires_at_us, revoked_at_us
            FROM api_key WHERE id = \(id) AND kind = \(kind)
            """, record)
    }

    private static func record(_ row: borrowing Row) throws(DatabaseError) -> Record {
        Record(
            id: try row.text(0), kind: try row.value(1, .text, Kind(rawValue: try row.text(1))),
            name: try row.text(2), roles: try row.text(3).split(separator: " ").map(String.init),
            createdAt: try row.timestamp(4), expiresAt: try row.timestampIfPresent(5),
            revokedAt: try row.timestampIfPresent(6))
    }
}

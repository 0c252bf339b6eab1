extension StoreTable {
    /// Keys and certificates.
    static let keys: [StoreTable] = [
        StoreTable(
            "service_key", keyColumns: 1,
            [
                ("id", .text),
                ("purpose", .text),
                ("check_value", .bytes),
                ("is_current", .boolean),
                ("created_at_us", .integer),
            ],
            count: "SELECT count(*) FROM service_key",
            keyAt: "SELECT id FROM service_key ORDER BY id LIMIT 1 OFFSET $1",
            firstPage: """
                SELECT id, purpose, check_value, is_current, created_at_us FROM service_key \
                ORDER BY id LIMIT $1
                """,
            nextPage: """
                SELECT id, purpose, check_value, is_current, created_at_us FROM service_key \
                WHERE id > $1 ORDER BY id LIMIT $2
                """,
            insert: """
                INSERT INTO service_key (id, purpose, check_value, is_current, created_at_us) \
                VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING
                """
        ),
        StoreTable(
            "archive_certificate", keyColumns: 1,
            [
                ("fingerprint", .bytes),
                ("pem", .text),
                ("created_at_us", .integer),
                ("possession_proven_at_us", .integer),
            ],
            count: "SELECT count(*) FROM archive_certificate",
            keyAt: """
                SELECT fingerprint FROM archive_certificate ORDER BY fingerprint LIMIT 1 OFFSET \
                $1
                """,
            firstPage: """
                SELECT fingerprint, pem, created_at_us, possession_proven_at_us FROM \
                archive_certificate ORDER BY fingerprint LIMIT $1
                """,
            nextPage: """
                SELECT fingerprint, pem, created_at_us, possession_proven_at_us FROM \
                archive_certificate WHERE fingerprint > $1 ORDER BY fingerprint LIMIT $2
                """,
            insert: """
                INSERT INTO archive_certificate (fingerprint, pem, created_at_us, \
                possession_proven_at_us) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING
                """
        ),
        StoreTable(
            "api_key", keyColumns: 1,
            [
                ("id", .text),
                ("kind", .text),
                ("name", .text),
                ("roles", .text),
                ("digest", .bytes),
                ("created_at_us", .integer),
                ("expires_at_us", .integer),
                ("revoked_at_us", .integer),
            ],
            count: "SELECT count(*) FROM api_key",
            keyAt: "SELECT id FROM api_key ORDER BY id LIMIT 1 OFFSET $1",
            firstPage: """
                SELECT id, kind, name, roles, digest, created_at_us, expires_at_us, \
                revoked_at_us FROM api_key ORDER BY id LIMIT $1
                """,
            nextPage: """
                SELECT id, kind, name, roles, digest, created_at_us, expires_at_us, \
                revoked_at_us FROM api_key WHERE id > $1 ORDER BY id LIMIT $2
                """,
            insert: """
                INSERT INTO api_key (id, kind, name, roles, digest, created_at_us, \
                expires_at_us, revoked_at_us) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON \
                CONFLICT DO NOTHING
                """
        ),
    ]
}

extension StoreTable {
    /// What closed accounts leave; behind accounts and certificates.
    static let archive: [StoreTable] = [
        StoreTable(
            "sealed_record", keyColumns: 1,
            [
                ("id", .text),
                ("account_id", .text),
                ("category", .text),
                ("basis", .text),
                ("erase_after_us", .integer),
                ("sealed", .bytes),
                ("digest", .bytes),
                ("archive_key", .bytes),
                ("sealed_at_us", .integer),
            ],
            count: "SELECT count(*) FROM sealed_record",
            keyAt: "SELECT id FROM sealed_record ORDER BY id LIMIT 1 OFFSET $1",
            firstPage: """
                SELECT id, account_id, category, basis, erase_after_us, sealed, digest, \
                archive_key, sealed_at_us FROM sealed_record ORDER BY id LIMIT $1
                """,
            nextPage: """
                SELECT id, account_id, category, basis, erase_after_us, sealed, digest, \
                archive_key, sealed_at_us FROM sealed_record WHERE id > $1 ORDER BY id LIMIT \
                $2
                """,
            insert: """
                INSERT INTO sealed_record (id, account_id, category, basis, erase_after_us, \
                sealed, digest, archive_key, sealed_at_us) VALUES ($1, $2, $3, $4, $5, $6, $7, \
                $8, $9) ON CONFLICT DO NOTHING
                """
        ),
        StoreTable(
            "archive_locator", keyColumns: 2,
            [
                ("account_id", .text),
                ("locator", .bytes),
                ("key_id", .text),
            ],
            count: "SELECT count(*) FROM archive_locator",
            keyAt: """
                SELECT account_id, locator FROM archive_locator ORDER BY account_id, locator \
                LIMIT 1 OFFSET $1
                """,
            firstPage: """
                SELECT account_id, locator, key_id FROM archive_locator ORDER BY account_id, \
                locator LIMIT $1
                """,
            nextPage: """
                SELECT account_id, locator, key_id FROM archive_locator WHERE (account_id, \
                locator) > ($1, $2) ORDER BY account_id, locator LIMIT $3
                """,
            insert: """
                INSERT INTO archive_locator (account_id, locator, key_id) VALUES ($1, $2, $3) \
                ON CONFLICT DO NOTHING
                """
        ),
        StoreTable(
            "archive_challenge", keyColumns: 1,
            [
                ("fingerprint", .bytes),
                ("answer_digest", .bytes),
                ("expires_at_us", .integer),
            ],
            count: "SELECT count(*) FROM archive_challenge",
            keyAt: """
                SELECT fingerprint FROM archive_challenge ORDER BY fingerprint LIMIT 1 OFFSET \
                $1
                """,
            firstPage: """
                SELECT fingerprint, answer_digest, expires_at_us FROM archive_challenge ORDER \
                BY fingerprint LIMIT $1
                """,
            nextPage: """
                SELECT fingerprint, answer_digest, expires_at_us FROM archive_challenge WHERE \
                fingerprint > $1 ORDER BY fingerprint LIMIT $2
                """,
            insert: """
                INSERT INTO archive_challenge (fingerprint, answer_digest, expires_at_us) \
                VALUES ($1, $2, $3) ON CONFLICT DO NOTHING
                """
        ),
    ]
}

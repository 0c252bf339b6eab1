extension StoreTable {
    /// Flags and the journal of erasures.
    static let retention: [StoreTable] = [
        StoreTable(
            "account_flag", keyColumns: 1,
            [
                ("id", .text),
                ("flag", .text),
                ("account_id", .text),
                ("category", .text),
                ("reason", .text),
                ("placed_by", .text),
                ("placed_at_us", .integer),
                ("released_by", .text),
                ("released_at_us", .integer),
                ("release_reason", .text),
            ],
            count: "SELECT count(*) FROM account_flag",
            keyAt: "SELECT id FROM account_flag ORDER BY id LIMIT 1 OFFSET $1",
            firstPage: """
                SELECT id, flag, account_id, category, reason, placed_by, placed_at_us, \
                released_by, released_at_us, release_reason FROM account_flag ORDER BY id LIMIT $1
                """,
            nextPage: """
                SELECT id, flag, account_id, category, reason, placed_by, placed_at_us, \
                released_by, released_at_us, release_reason FROM account_flag WHERE id > $1 \
                ORDER BY id LIMIT $2
                """,
            insert: """
                INSERT INTO account_flag (id, flag, account_id, category, reason, placed_by, \
                placed_at_us, released_by, released_at_us, release_reason) VALUES ($1, $2, $3, \
                $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING
                """
        ),
        StoreTable(
            "erasure", keyColumns: 1,
            [
                ("id", .text),
                ("account_id", .text),
                ("thing", .text),
                ("record", .text),
                ("count", .integer),
                ("erase_after_us", .integer),
                ("erased_at_us", .integer),
                ("key_id", .text),
                ("proof", .bytes),
            ],
            count: "SELECT count(*) FROM erasure",
            keyAt: "SELECT id FROM erasure ORDER BY id LIMIT 1 OFFSET $1",
            firstPage: """
                SELECT id, account_id, thing, record, count, erase_after_us, erased_at_us, \
                key_id, proof FROM erasure ORDER BY id LIMIT $1
                """,
            nextPage: """
                SELECT id, account_id, thing, record, count, erase_after_us, erased_at_us, \
                key_id, proof FROM erasure WHERE id > $1 ORDER BY id LIMIT $2
                """,
            insert: """
                INSERT INTO erasure (id, account_id, thing, record, count, erase_after_us, \
                erased_at_us, key_id, proof) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON \
                CONFLICT DO NOTHING
                """
        ),
    ]
}

extension StoreTable {
    /// Which accounts are decoys.
    static let detection: [StoreTable] = [
        StoreTable(
            "canary", keyColumns: 1,
            [
                ("account_id", .text),
                ("added_at_us", .integer),
            ],
            count: "SELECT count(*) FROM canary",
            keyAt: "SELECT account_id FROM canary ORDER BY account_id LIMIT 1 OFFSET $1",
            firstPage: "SELECT account_id, added_at_us FROM canary ORDER BY account_id LIMIT $1",
            nextPage: """
                SELECT account_id, added_at_us FROM canary WHERE account_id > $1 ORDER BY \
                account_id LIMIT $2
                """,
            insert: """
                INSERT INTO canary (account_id, added_at_us) VALUES ($1, $2) ON CONFLICT DO \
                NOTHING
                """
        )
    ]
}

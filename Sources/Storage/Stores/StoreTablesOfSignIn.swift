extension StoreTable {
    /// What sign-ins leave behind.
    static let signIn: [StoreTable] = [
        StoreTable(
            "throttle", keyColumns: 2,
            [
                ("locator", .bytes),
                ("client", .text),
                ("state", .bytes),
                ("dies_at_us", .integer),
            ],
            count: "SELECT count(*) FROM throttle",
            keyAt:
                "SELECT locator, client FROM throttle ORDER BY locator, client LIMIT 1 OFFSET $1",
            firstPage: """
                SELECT locator, client, state, dies_at_us FROM throttle ORDER BY locator, client \
                LIMIT $1
                """,
            nextPage: """
                SELECT locator, client, state, dies_at_us FROM throttle WHERE (locator, client) \
                > ($1, $2) ORDER BY locator, client LIMIT $3
                """,
            insert: """
                INSERT INTO throttle (locator, client, state, dies_at_us) VALUES ($1, $2, $3, \
                $4) ON CONFLICT DO NOTHING
                """
        ),
        StoreTable(
            "sign_in", keyColumns: 1,
            [
                ("id", .text),
                ("at_us", .integer),
                ("minute", .integer),
                ("outcome", .text),
                ("subject", .text),
                ("source", .text),
                ("application", .text),
                ("tags", .bytes),
                ("attempts", .integer),
                ("folded", .integer),
                ("breached", .boolean),
            ],
            count: "SELECT count(*) FROM sign_in",
            keyAt: "SELECT id FROM sign_in ORDER BY id LIMIT 1 OFFSET $1",
            firstPage: """
                SELECT id, at_us, minute, outcome, subject, source, application, tags, attempts, \
                folded, breached FROM sign_in ORDER BY id LIMIT $1
                """,
            nextPage: """
                SELECT id, at_us, minute, outcome, subject, source, application, tags, attempts, \
                folded, breached FROM sign_in WHERE id > $1 ORDER BY id LIMIT $2
                """,
            insert: """
                INSERT INTO sign_in (id, at_us, minute, outcome, subject, source, application, \
                tags, attempts, folded, breached) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, \
                $11) ON CONFLICT DO NOTHING
                """
        ),
    ]
}

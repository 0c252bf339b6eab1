extension StoreTable {
    /// Verdicts, policies and audits; a verdict behind its account.
    static let passwordAudits: [StoreTable] = [
        StoreTable(
            "verdict", keyColumns: 1,
            [
                ("account_id", .text),
                ("key_id", .text),
                ("sealed", .bytes),
            ],
            count: "SELECT count(*) FROM verdict",
            keyAt: "SELECT account_id FROM verdict ORDER BY account_id LIMIT 1 OFFSET $1",
            firstPage: """
                SELECT account_id, key_id, sealed FROM verdict ORDER BY account_id LIMIT $1
                """,
            nextPage: """
                SELECT account_id, key_id, sealed FROM verdict WHERE account_id > $1 ORDER BY \
                account_id LIMIT $2
                """,
            insert: """
                INSERT INTO verdict (account_id, key_id, sealed) VALUES ($1, $2, $3) ON \
                CONFLICT DO NOTHING
                """
        ),
        StoreTable(
            "policy_switch", keyColumns: 1,
            [
                ("number", .integer),
                ("at_us", .integer),
                ("actor", .text),
                ("policy", .text),
                ("version", .integer),
                ("stage", .text),
                ("rules", .text),
                ("block_after_us", .integer),
                ("content", .bytes),
            ],
            count: "SELECT count(*) FROM policy_switch",
            keyAt: "SELECT number FROM policy_switch ORDER BY number LIMIT 1 OFFSET $1",
            firstPage: """
                SELECT number, at_us, actor, policy, version, stage, rules, block_after_us, \
                content FROM policy_switch ORDER BY number LIMIT $1
                """,
            nextPage: """
                SELECT number, at_us, actor, policy, version, stage, rules, block_after_us, \
                content FROM policy_switch WHERE number > $1 ORDER BY number LIMIT $2
                """,
            insert: """
                INSERT INTO policy_switch (number, at_us, actor, policy, version, stage, rules, \
                block_after_us, content) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON \
                CONFLICT DO NOTHING
                """
        ),
        StoreTable(
            "password_audit", keyColumns: 1,
            [
                ("id", .text),
                ("state", .text),
                ("actor", .text),
                ("asked_at_us", .integer),
                ("beat_at_us", .integer),
                ("finished_at_us", .integer),
                ("report", .bytes),
            ],
            count: "SELECT count(*) FROM password_audit",
            keyAt: "SELECT id FROM password_audit ORDER BY id LIMIT 1 OFFSET $1",
            firstPage: """
                SELECT id, state, actor, asked_at_us, beat_at_us, finished_at_us, report FROM \
                password_audit ORDER BY id LIMIT $1
                """,
            nextPage: """
                SELECT id, state, actor, asked_at_us, beat_at_us, finished_at_us, report FROM \
                password_audit WHERE id > $1 ORDER BY id LIMIT $2
                """,
            insert: """
                INSERT INTO password_audit (id, state, actor, asked_at_us, beat_at_us, \
                finished_at_us, report) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO \
                NOTHING
                """
        ),
    ]
}

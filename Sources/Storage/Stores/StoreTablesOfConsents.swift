extension StoreTable {
    /// Privacy policies and consents; a version before what names it.
    static let consents: [StoreTable] = [
        StoreTable(
            "privacy_policy", keyColumns: 1,
            [
                ("version", .text),
                ("effective_at_us", .integer),
                ("added_at_us", .integer),
                ("actor", .text),
                ("told_after", .text),
                ("told_at_us", .integer),
            ],
            count: "SELECT count(*) FROM privacy_policy",
            keyAt: "SELECT version FROM privacy_policy ORDER BY version LIMIT 1 OFFSET $1",
            firstPage: """
                SELECT version, effective_at_us, added_at_us, actor, told_after, told_at_us FROM \
                privacy_policy ORDER BY version LIMIT $1
                """,
            nextPage: """
                SELECT version, effective_at_us, added_at_us, actor, told_after, told_at_us FROM \
                privacy_policy WHERE version > $1 ORDER BY version LIMIT $2
                """,
            insert: """
                INSERT INTO privacy_policy (version, effective_at_us, added_at_us, actor, \
                told_after, told_at_us) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING
                """
        ),
        StoreTable(
            "privacy_policy_text", keyColumns: 2,
            [
                ("version", .text),
                ("locale", .text),
                ("digest", .bytes),
                ("content", .bytes),
            ],
            count: "SELECT count(*) FROM privacy_policy_text",
            keyAt: """
                SELECT version, locale FROM privacy_policy_text ORDER BY version, locale LIMIT 1 \
                OFFSET $1
                """,
            firstPage: """
                SELECT version, locale, digest, content FROM privacy_policy_text ORDER BY \
                version, locale LIMIT $1
                """,
            nextPage: """
                SELECT version, locale, digest, content FROM privacy_policy_text WHERE (version, \
                locale) > ($1, $2) ORDER BY version, locale LIMIT $3
                """,
            insert: """
                INSERT INTO privacy_policy_text (version, locale, digest, content) VALUES ($1, \
                $2, $3, $4) ON CONFLICT DO NOTHING
                """
        ),
        StoreTable(
            "policy_acceptance", keyColumns: 2,
            [
                ("version", .text),
                ("account_id", .text),
                ("at_us", .integer),
                ("locale", .text),
                ("channel", .text),
                ("evidence", .text),
                ("actor", .text),
            ],
            count: "SELECT count(*) FROM policy_acceptance",
            keyAt: """
                SELECT version, account_id FROM policy_acceptance ORDER BY version, account_id \
                LIMIT 1 OFFSET $1
                """,
            firstPage: """
                SELECT version, account_id, at_us, locale, channel, evidence, actor FROM \
                policy_acceptance ORDER BY version, account_id LIMIT $1
                """,
            nextPage: """
                SELECT version, account_id, at_us, locale, channel, evidence, actor FROM \
                policy_acceptance WHERE (version, account_id) > ($1, $2) ORDER BY version, \
                account_id LIMIT $3
                """,
            insert: """
                INSERT INTO policy_acceptance (version, account_id, at_us, locale, channel, \
                evidence, actor) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING
                """
        ),
        StoreTable(
            "consent", keyColumns: 1,
            [
                ("id", .text),
                ("account_id", .text),
                ("purpose", .text),
                ("act", .text),
                ("effective_at_us", .integer),
                ("recorded_at_us", .integer),
                ("policy_version", .text),
                ("text_digest", .bytes),
                ("locale", .text),
                ("channel", .text),
                ("evidence", .text),
                ("actor", .text),
            ],
            count: "SELECT count(*) FROM consent",
            keyAt: "SELECT id FROM consent ORDER BY id LIMIT 1 OFFSET $1",
            firstPage: """
                SELECT id, account_id, purpose, act, effective_at_us, recorded_at_us, \
                policy_version, text_digest, locale, channel, evidence, actor FROM consent ORDER \
                BY id LIMIT $1
                """,
            nextPage: """
                SELECT id, account_id, purpose, act, effective_at_us, recorded_at_us, \
                policy_version, text_digest, locale, channel, evidence, actor FROM consent WHERE \
                id > $1 ORDER BY id LIMIT $2
                """,
            insert: """
                INSERT INTO consent (id, account_id, purpose, act, effective_at_us, \
                recorded_at_us, policy_version, text_digest, locale, channel, evidence, actor) \
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO \
                NOTHING
                """
        ),
    ]
}

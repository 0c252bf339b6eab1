extension StoreTable {
    /// Notices, links and tasks; a task before its members.
    static let notices: [StoreTable] = [
        StoreTable(
            "notice", keyColumns: 1,
            [
                ("id", .text),
                ("account_id", .text),
                ("kind", .text),
                ("locale", .text),
                ("cause", .text),
                ("key_id", .text),
                ("sealed", .bytes),
                ("state", .text),
                ("attempts", .integer),
                ("not_before_us", .integer),
                ("useful_until_us", .integer),
                ("created_at_us", .integer),
                ("lease_token", .bytes),
                ("lease_until_us", .integer),
                ("last_error", .text),
                ("is_void", .boolean),
            ],
            count: "SELECT count(*) FROM notice",
            keyAt: "SELECT id FROM notice ORDER BY id LIMIT 1 OFFSET $1",
            firstPage: """
                SELECT id, account_id, kind, locale, cause, key_id, sealed, state, attempts, \
                not_before_us, useful_until_us, created_at_us, lease_token, lease_until_us, \
                last_error, is_void FROM notice ORDER BY id LIMIT $1
                """,
            nextPage: """
                SELECT id, account_id, kind, locale, cause, key_id, sealed, state, attempts, \
                not_before_us, useful_until_us, created_at_us, lease_token, lease_until_us, \
                last_error, is_void FROM notice WHERE id > $1 ORDER BY id LIMIT $2
                """,
            insert: """
                INSERT INTO notice (id, account_id, kind, locale, cause, key_id, sealed, \
                state, attempts, not_before_us, useful_until_us, created_at_us, lease_token, \
                lease_until_us, last_error, is_void) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, \
                $9, $10, $11, $12, $13, $14, $15, $16) ON CONFLICT DO NOTHING
                """
        ),
        StoreTable(
            "link", keyColumns: 1,
            [
                ("digest", .bytes),
                ("kind", .text),
                ("account_id", .text),
                ("key_id", .text),
                ("sealed", .bytes),
                ("created_at_us", .integer),
                ("expires_at_us", .integer),
                ("is_void", .boolean),
            ],
            count: "SELECT count(*) FROM link",
            keyAt: "SELECT digest FROM link ORDER BY digest LIMIT 1 OFFSET $1",
            firstPage: """
                SELECT digest, kind, account_id, key_id, sealed, created_at_us, expires_at_us, \
                is_void FROM link ORDER BY digest LIMIT $1
                """,
            nextPage: """
                SELECT digest, kind, account_id, key_id, sealed, created_at_us, expires_at_us, \
                is_void FROM link WHERE digest > $1 ORDER BY digest LIMIT $2
                """,
            insert: """
                INSERT INTO link (digest, kind, account_id, key_id, sealed, created_at_us, \
                expires_at_us, is_void) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO \
                NOTHING
                """
        ),
        StoreTable(
            "former_address", keyColumns: 2,
            [
                ("account_id", .text),
                ("changed_at_us", .integer),
                ("key_id", .text),
                ("sealed", .bytes),
            ],
            count: "SELECT count(*) FROM former_address",
            keyAt: """
                SELECT account_id, changed_at_us FROM former_address ORDER BY account_id, \
                changed_at_us LIMIT 1 OFFSET $1
                """,
            firstPage: """
                SELECT account_id, changed_at_us, key_id, sealed FROM former_address ORDER BY \
                account_id, changed_at_us LIMIT $1
                """,
            nextPage: """
                SELECT account_id, changed_at_us, key_id, sealed FROM former_address WHERE \
                (account_id, changed_at_us) > ($1, $2) ORDER BY account_id, changed_at_us \
                LIMIT $3
                """,
            insert: """
                INSERT INTO former_address (account_id, changed_at_us, key_id, sealed) VALUES \
                ($1, $2, $3, $4) ON CONFLICT DO NOTHING
                """
        ),
        StoreTable(
            "account_task", keyColumns: 1,
            [
                ("id", .text),
                ("kind", .text),
                ("state", .text),
                ("actor", .text),
                ("reason", .text),
                ("source", .text),
                ("since_us", .integer),
                ("until_us", .integer),
                ("position", .text),
                ("subject", .text),
                ("content", .text),
                ("key_digest", .bytes),
                ("fingerprint", .bytes),
                ("asked_at_us", .integer),
                ("finished_at_us", .integer),
            ],
            count: "SELECT count(*) FROM account_task",
            keyAt: "SELECT id FROM account_task ORDER BY id LIMIT 1 OFFSET $1",
            firstPage: """
                SELECT id, kind, state, actor, reason, source, since_us, until_us, position, \
                subject, content, key_digest, fingerprint, asked_at_us, finished_at_us FROM \
                account_task ORDER BY id LIMIT $1
                """,
            nextPage: """
                SELECT id, kind, state, actor, reason, source, since_us, until_us, position, \
                subject, content, key_digest, fingerprint, asked_at_us, finished_at_us FROM \
                account_task WHERE id > $1 ORDER BY id LIMIT $2
                """,
            insert: """
                INSERT INTO account_task (id, kind, state, actor, reason, source, since_us, \
                until_us, position, subject, content, key_digest, fingerprint, asked_at_us, \
                finished_at_us) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, \
                $13, $14, $15) ON CONFLICT DO NOTHING
                """
        ),
        StoreTable(
            "account_task_member", keyColumns: 2,
            [
                ("task_id", .text),
                ("account_id", .text),
                ("outcome", .text),
            ],
            count: "SELECT count(*) FROM account_task_member",
            keyAt: """
                SELECT task_id, account_id FROM account_task_member ORDER BY task_id, \
                account_id LIMIT 1 OFFSET $1
                """,
            firstPage: """
                SELECT task_id, account_id, outcome FROM account_task_member ORDER BY task_id, \
                account_id LIMIT $1
                """,
            nextPage: """
                SELECT task_id, account_id, outcome FROM account_task_member WHERE (task_id, \
                account_id) > ($1, $2) ORDER BY task_id, account_id LIMIT $3
                """,
            insert: """
                INSERT INTO account_task_member (task_id, account_id, outcome) VALUES ($1, $2, \
                $3) ON CONFLICT DO NOTHING
                """
        ),
    ]
}

extension StoreTable {
    /// Accounts and what belongs to one; an account before what refers to it.
    static let accounts: [StoreTable] = [
        StoreTable(
            "account", keyColumns: 1,
            [
                ("id", .text),
                ("state", .text),
                ("state_time_us", .integer),
                ("version", .integer),
                ("application", .text),
                ("created_at_us", .integer),
                ("changed_at_us", .integer),
                ("used_at_us", .integer),
                ("warned_at_us", .integer),
            ],
            count: "SELECT count(*) FROM account",
            keyAt: "SELECT id FROM account ORDER BY id LIMIT 1 OFFSET $1",
            firstPage: """
                SELECT id, state, state_time_us, version, application, created_at_us, \
                changed_at_us, used_at_us, warned_at_us FROM account ORDER BY id LIMIT $1
                """,
            nextPage: """
                SELECT id, state, state_time_us, version, application, created_at_us, \
                changed_at_us, used_at_us, warned_at_us FROM account WHERE id > $1 ORDER BY id LIMIT $2
                """,
            insert: """
                INSERT INTO account (id, state, state_time_us, version, application, \
                created_at_us, changed_at_us, used_at_us, warned_at_us) VALUES ($1, $2, $3, $4, \
                $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING
                """
        ),
        StoreTable(
            "identifier", keyColumns: 1,
            [
                ("locator", .bytes),
                ("key_id", .text),
                ("account_id", .text),
                ("is_live", .boolean),
                ("erase_after_us", .integer),
            ],
            count: "SELECT count(*) FROM identifier",
            keyAt: "SELECT locator FROM identifier ORDER BY locator LIMIT 1 OFFSET $1",
            firstPage: """
                SELECT locator, key_id, account_id, is_live, erase_after_us FROM identifier \
                ORDER BY locator LIMIT $1
                """,
            nextPage: """
                SELECT locator, key_id, account_id, is_live, erase_after_us FROM identifier \
                WHERE locator > $1 ORDER BY locator LIMIT $2
                """,
            insert: """
                INSERT INTO identifier (locator, key_id, account_id, is_live, erase_after_us) \
                VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING
                """
        ),
        StoreTable(
            "profile", keyColumns: 1,
            [
                ("account_id", .text),
                ("email", .text),
                ("display_name", .text),
            ],
            count: "SELECT count(*) FROM profile",
            keyAt: "SELECT account_id FROM profile ORDER BY account_id LIMIT 1 OFFSET $1",
            firstPage:
                "SELECT account_id, email, display_name FROM profile ORDER BY account_id LIMIT $1",
            nextPage: """
                SELECT account_id, email, display_name FROM profile WHERE account_id > $1 ORDER \
                BY account_id LIMIT $2
                """,
            insert: """
                INSERT INTO profile (account_id, email, display_name) VALUES ($1, $2, $3) ON \
                CONFLICT DO NOTHING
                """
        ),
        StoreTable(
            "password", keyColumns: 1,
            [
                ("account_id", .text),
                ("phc", .text),
                ("memory_kib", .integer),
                ("version", .integer),
                ("must_change", .boolean),
                ("set_at_us", .integer),
                ("scheme", .text),
                ("import_mark", .bytes),
            ],
            count: "SELECT count(*) FROM password",
            keyAt: "SELECT account_id FROM password ORDER BY account_id LIMIT 1 OFFSET $1",
            firstPage: """
                SELECT account_id, phc, memory_kib, version, must_change, set_at_us, scheme, \
                import_mark FROM password ORDER BY account_id LIMIT $1
                """,
            nextPage: """
                SELECT account_id, phc, memory_kib, version, must_change, set_at_us, scheme, \
                import_mark FROM password WHERE account_id > $1 ORDER BY account_id LIMIT $2
                """,
            insert: """
                INSERT INTO password (account_id, phc, memory_kib, version, must_change, \
                set_at_us, scheme, import_mark) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING
                """
        ),
        StoreTable(
            "closed_record", keyColumns: 1,
            [
                ("account_id", .text),
                ("email", .text),
                ("display_name", .text),
                ("reason", .text),
                ("created_at_us", .integer),
                ("closed_at_us", .integer),
            ],
            count: "SELECT count(*) FROM closed_record",
            keyAt: "SELECT account_id FROM closed_record ORDER BY account_id LIMIT 1 OFFSET $1",
            firstPage: """
                SELECT account_id, email, display_name, reason, created_at_us, closed_at_us FROM \
                closed_record ORDER BY account_id LIMIT $1
                """,
            nextPage: """
                SELECT account_id, email, display_name, reason, created_at_us, closed_at_us FROM \
                closed_record WHERE account_id > $1 ORDER BY account_id LIMIT $2
                """,
            insert: """
                INSERT INTO closed_record (account_id, email, display_name, reason, \
                created_at_us, closed_at_us) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO \
                NOTHING
                """
        ),
        StoreTable(
            "session", keyColumns: 1,
            [
                ("digest", .bytes),
                ("account_id", .text),
                ("application", .text),
                ("created_at_us", .integer),
                ("expires_at_us", .integer),
                ("used_at_us", .integer),
                ("restricted", .boolean),
            ],
            count: "SELECT count(*) FROM session",
            keyAt: "SELECT digest FROM session ORDER BY digest LIMIT 1 OFFSET $1",
            firstPage: """
                SELECT digest, account_id, application, created_at_us, expires_at_us, \
                used_at_us, restricted FROM session ORDER BY digest LIMIT $1
                """,
            nextPage: """
                SELECT digest, account_id, application, created_at_us, expires_at_us, \
                used_at_us, restricted FROM session WHERE digest > $1 ORDER BY digest LIMIT $2
                """,
            insert: """
                INSERT INTO session (digest, account_id, application, created_at_us, \
                expires_at_us, used_at_us, restricted) VALUES ($1, $2, $3, $4, $5, $6, $7) ON \
                CONFLICT DO NOTHING
                """
        ),
        StoreTable(
            "device", keyColumns: 1,
            [
                ("digest", .bytes),
                ("account_id", .text),
                ("created_at_us", .integer),
                ("expires_at_us", .integer),
            ],
            count: "SELECT count(*) FROM device",
            keyAt: "SELECT digest FROM device ORDER BY digest LIMIT 1 OFFSET $1",
            firstPage: """
                SELECT digest, account_id, created_at_us, expires_at_us FROM device ORDER BY \
                digest LIMIT $1
                """,
            nextPage: """
                SELECT digest, account_id, created_at_us, expires_at_us FROM device WHERE digest \
                > $1 ORDER BY digest LIMIT $2
                """,
            insert: """
                INSERT INTO device (digest, account_id, created_at_us, expires_at_us) VALUES \
                ($1, $2, $3, $4) ON CONFLICT DO NOTHING
                """
        ),
        StoreTable(
            "idempotency", keyColumns: 3,
            [
                ("caller", .bytes),
                ("route", .text),
                ("key_digest", .bytes),
                ("fingerprint", .bytes),
                ("status", .integer),
                ("account_id", .text),
                ("created_at_us", .integer),
            ],
            count: "SELECT count(*) FROM idempotency",
            keyAt: """
                SELECT caller, route, key_digest FROM idempotency ORDER BY caller, route, \
                key_digest LIMIT 1 OFFSET $1
                """,
            firstPage: """
                SELECT caller, route, key_digest, fingerprint, status, account_id, created_at_us \
                FROM idempotency ORDER BY caller, route, key_digest LIMIT $1
                """,
            nextPage: """
                SELECT caller, route, key_digest, fingerprint, status, account_id, created_at_us \
                FROM idempotency WHERE (caller, route, key_digest) > ($1, $2, $3) ORDER BY \
                caller, route, key_digest LIMIT $4
                """,
            insert: """
                INSERT INTO idempotency (caller, route, key_digest, fingerprint, status, \
                account_id, created_at_us) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO \
                NOTHING
                """
        ),
    ]
}

extension Migrations {
    /// What people are told, the links they are sent, and what is done to many accounts at once.
    static let notices: [SQL] = [
        // A void row is sent to nobody: it is written, under somebody's id, so that a request does the same
        // work for an unknown identifier. `account_id` is empty where there is no account yet. `sealed` holds what is known only now, an old
        // address or a registration; only the service can read it, and it is emptied when the notice
        // has ended. `cause` is the task that asked for it, or empty.
        """
        CREATE TABLE notice (
            id TEXT NOT NULL PRIMARY KEY,
            account_id TEXT REFERENCES account (id),
            kind TEXT NOT NULL,
            locale TEXT NOT NULL,
            cause TEXT NOT NULL,
            key_id TEXT,
            sealed BYTEA,
            state TEXT NOT NULL,
            attempts BIGINT NOT NULL,
            not_before_us BIGINT NOT NULL,
            useful_until_us BIGINT NOT NULL,
            created_at_us BIGINT NOT NULL,
            lease_token BYTEA,
            lease_until_us BIGINT,
            last_error TEXT NOT NULL,
            is_void BOOLEAN NOT NULL DEFAULT FALSE
        )
        """,
        "CREATE INDEX notice_due ON notice (not_before_us, id) WHERE state IN ('ready', 'leased')",
        """
        CREATE INDEX notice_end ON notice (useful_until_us) WHERE state IN ('ready', 'leased')
        """,
        "CREATE INDEX notice_lease ON notice (lease_token) WHERE state = 'leased'",
        "CREATE INDEX notice_dead ON notice (id) WHERE state = 'dead'",
        "CREATE INDEX notice_account ON notice (account_id, kind, created_at_us)",
        "CREATE INDEX notice_cause ON notice (cause, state) WHERE cause <> ''",
        "CREATE INDEX notice_age ON notice (created_at_us)",
        // `sealed` is what the link acts with: a new address, a registration. `account_id` is empty
        // where the link makes the account. A void link opens nothing.
        """
        CREATE TABLE link (
            digest BYTEA NOT NULL PRIMARY KEY,
            kind TEXT NOT NULL,
            account_id TEXT REFERENCES account (id),
            key_id TEXT,
            sealed BYTEA,
            created_at_us BIGINT NOT NULL,
            expires_at_us BIGINT NOT NULL,
            is_void BOOLEAN NOT NULL DEFAULT FALSE
        )
        """,
        "CREATE INDEX link_account ON link (account_id, kind, created_at_us)",
        "CREATE INDEX link_expiry ON link (expires_at_us)",
        // Addresses given up in the last day, so that their mailboxes hear of reset links.
        """
        CREATE TABLE former_address (
            account_id TEXT NOT NULL REFERENCES account (id),
            changed_at_us BIGINT NOT NULL,
            key_id TEXT NOT NULL,
            sealed BYTEA NOT NULL,
            PRIMARY KEY (account_id, changed_at_us)
        )
        """,
        "CREATE INDEX former_address_age ON former_address (changed_at_us)",
        "ALTER TABLE profile ADD COLUMN locale TEXT",
        "ALTER TABLE profile ADD COLUMN verified_at_us BIGINT",
        "ALTER TABLE profile ADD COLUMN has_signed_in BOOLEAN NOT NULL DEFAULT FALSE",
        // Until when an address that was given up is nobody else's; empty for all others.
        "ALTER TABLE identifier ADD COLUMN until_us BIGINT",
        "CREATE INDEX identifier_end ON identifier (until_us) WHERE until_us IS NOT NULL",
        // `source`, `since_us` and `until_us` choose accounts from the sign-in log; without times,
        // `source` is an incident and chooses whom it concerns. `position` is how far was read. `subject` and `content` are a breach notice's words. `key_digest`
        // is of the Idempotency-Key that it was asked for with, `fingerprint` of what was asked for.
        """
        CREATE TABLE account_task (
            id TEXT NOT NULL PRIMARY KEY,
            kind TEXT NOT NULL,
            state TEXT NOT NULL,
            actor TEXT NOT NULL,
            reason TEXT NOT NULL,
            source TEXT NOT NULL,
            since_us BIGINT,
            until_us BIGINT,
            position TEXT NOT NULL,
            subject TEXT NOT NULL,
            content TEXT NOT NULL,
            key_digest BYTEA UNIQUE,
            fingerprint BYTEA NOT NULL,
            asked_at_us BIGINT NOT NULL,
            finished_at_us BIGINT
        )
        """,
        "CREATE INDEX account_task_open ON account_task (id) WHERE state <> 'done'",
        """
        CREATE TABLE account_task_member (
            task_id TEXT NOT NULL REFERENCES account_task (id),
            account_id TEXT NOT NULL REFERENCES account (id),
            outcome TEXT NOT NULL,
            PRIMARY KEY (task_id, account_id)
        )
        """,
        """
        CREATE INDEX account_task_member_waiting ON account_task_member (task_id, account_id)
        WHERE outcome = 'waiting'
        """,
    ]
}

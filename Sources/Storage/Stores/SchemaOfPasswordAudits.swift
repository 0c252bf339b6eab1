extension Migrations {
    /// What is known of passwords that are already set, which policy is being brought in, and what
    /// audits found.
    static let passwordAudits: [SQL] = [
        // `sealed` is always as long: see `VerdictVector`. Only the service can read it.
        """
        CREATE TABLE verdict (
            account_id TEXT NOT NULL PRIMARY KEY REFERENCES account (id),
            key_id TEXT NOT NULL,
            sealed BYTEA NOT NULL
        )
        """,
        // Every step ever taken, numbered 1, 2, 3, …; the last one counts. `content` is the policy file, so that every node
        // goes by the same text. `rules` is empty, or names of rules separated by commas.
        """
        CREATE TABLE policy_switch (
            number BIGINT NOT NULL PRIMARY KEY,
            at_us BIGINT NOT NULL,
            actor TEXT NOT NULL,
            policy TEXT NOT NULL,
            version BIGINT NOT NULL,
            stage TEXT NOT NULL,
            rules TEXT NOT NULL,
            block_after_us BIGINT,
            content BYTEA NOT NULL
        )
        """,
        // `beat_at_us`: when the node that works on it last said so.
        """
        CREATE TABLE password_audit (
            id TEXT NOT NULL PRIMARY KEY,
            state TEXT NOT NULL,
            actor TEXT NOT NULL,
            asked_at_us BIGINT NOT NULL,
            beat_at_us BIGINT NOT NULL,
            finished_at_us BIGINT,
            report BYTEA
        )
        """,
        "CREATE INDEX password_audit_open ON password_audit (id) WHERE state <> 'done'",
        // Such a session may only change the password, close the account or end.
        "ALTER TABLE session ADD COLUMN restricted BOOLEAN NOT NULL DEFAULT FALSE",
        // Why somebody read what concerns people; empty where no reason is asked for.
        "ALTER TABLE audit ADD COLUMN reason TEXT NOT NULL DEFAULT ''",
    ]
}

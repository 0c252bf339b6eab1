extension Migrations {
    /// What people agreed to, and the versions of the privacy policy.
    static let consents: [SQL] = [
        // Rows are added and never changed. `told_after` is the last account that was told of the
        // version, in the order of ids, and `told_at_us` when the last one was.
        """
        CREATE TABLE privacy_policy (
            version TEXT NOT NULL PRIMARY KEY,
            effective_at_us BIGINT NOT NULL,
            added_at_us BIGINT NOT NULL,
            actor TEXT NOT NULL,
            told_after TEXT NOT NULL,
            told_at_us BIGINT
        )
        """,
        "CREATE INDEX privacy_policy_effect ON privacy_policy (effective_at_us)",
        "CREATE INDEX privacy_policy_untold ON privacy_policy (version) WHERE told_at_us IS NULL",
        """
        CREATE TABLE privacy_policy_text (
            version TEXT NOT NULL REFERENCES privacy_policy (version),
            locale TEXT NOT NULL,
            digest BYTEA NOT NULL,
            content BYTEA NOT NULL,
            PRIMARY KEY (version, locale)
        )
        """,
        """
        CREATE TABLE policy_acceptance (
            version TEXT NOT NULL REFERENCES privacy_policy (version),
            account_id TEXT NOT NULL REFERENCES account (id),
            at_us BIGINT NOT NULL,
            locale TEXT NOT NULL,
            channel TEXT NOT NULL,
            evidence TEXT,
            actor TEXT NOT NULL,
            PRIMARY KEY (version, account_id)
        )
        """,
        "CREATE INDEX policy_acceptance_account ON policy_acceptance (account_id)",
        // `policy_version`, `text_digest` and `locale` are empty for a withdrawal.
        """
        CREATE TABLE consent (
            id TEXT NOT NULL PRIMARY KEY,
            account_id TEXT NOT NULL REFERENCES account (id),
            purpose TEXT NOT NULL,
            act TEXT NOT NULL,
            effective_at_us BIGINT NOT NULL,
            recorded_at_us BIGINT NOT NULL,
            policy_version TEXT REFERENCES privacy_policy (version),
            text_digest BYTEA,
            locale TEXT,
            channel TEXT NOT NULL,
            evidence TEXT,
            actor TEXT NOT NULL
        )
        """,
        "CREATE INDEX consent_account ON consent (account_id, purpose, effective_at_us)",
    ]
}

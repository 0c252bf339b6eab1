extension Migrations {
    /// Flags that stop erasure, the journal of erasures, and when accounts were last used.
    static let retention: [SQL] = [
        // `account_id` is empty for a hold on a category of everybody, `category` for one on everything of
        // a person. Released flags stay, as the record of a decision, until they are over themselves.
        """
        CREATE TABLE account_flag (
            id TEXT NOT NULL PRIMARY KEY,
            flag TEXT NOT NULL,
            account_id TEXT NOT NULL,
            category TEXT NOT NULL,
            reason TEXT NOT NULL,
            placed_by TEXT NOT NULL,
            placed_at_us BIGINT NOT NULL,
            released_by TEXT,
            released_at_us BIGINT,
            release_reason TEXT
        )
        """,
        """
        CREATE UNIQUE INDEX account_flag_standing ON account_flag (account_id, category, flag)
        WHERE released_at_us IS NULL
        """,
        "CREATE INDEX account_flag_released ON account_flag (released_at_us)",
        // Nothing of what was erased. `proof` is an Ed25519 signature by the key that `key_id` names.
        """
        CREATE TABLE erasure (
            id TEXT NOT NULL PRIMARY KEY,
            account_id TEXT NOT NULL,
            thing TEXT NOT NULL,
            record TEXT NOT NULL,
            count BIGINT NOT NULL,
            erase_after_us BIGINT NOT NULL,
            erased_at_us BIGINT NOT NULL,
            key_id TEXT NOT NULL,
            proof BYTEA NOT NULL
        )
        """,
        "CREATE INDEX erasure_account ON erasure (account_id)",
        // A year's closures end at one instant: the id makes the order, and a page of it, cheap.
        "DROP INDEX sealed_record_due",
        "CREATE INDEX sealed_record_due ON sealed_record (erase_after_us, id)",
        "DROP INDEX identifier_due",
        "CREATE INDEX identifier_due ON identifier (erase_after_us, locator) WHERE NOT is_live",
        // NULL until the first sign-in: the time of creation counts then. Written once a day at most.
        "ALTER TABLE account ADD COLUMN used_at_us BIGINT",
        "ALTER TABLE account ADD COLUMN warned_at_us BIGINT",
        "UPDATE account SET used_at_us = changed_at_us",
        """
        CREATE INDEX account_unused ON account (COALESCE(used_at_us, created_at_us), id)
        WHERE state IN ('invited', 'active', 'suspended')
        """,
        "CREATE INDEX account_closed ON account (state_time_us, id) WHERE state = 'closed'",
        "CREATE INDEX event_age ON event (created_at_us)",
        "CREATE INDEX incident_end ON incident (closed_at_us) WHERE closed_at_us IS NOT NULL",
    ]
}

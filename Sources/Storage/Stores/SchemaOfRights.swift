extension Migrations {
    /// Requests of people about their data, and what authorities were given.
    static let rights: [SQL] = [
        // `account_id` is empty where nobody was found. `suspended_us` is how long the clock stood, without
        // the stand that goes on since `suspended_since_us`. `told` names the reminders that were sent,
        // separated by commas. `next_reminder_us` follows from the others.
        """
        CREATE TABLE rights_request (
            id TEXT NOT NULL PRIMARY KEY,
            version BIGINT NOT NULL,
            account_id TEXT REFERENCES account (id),
            kind TEXT NOT NULL,
            channel TEXT NOT NULL,
            received_at_us BIGINT NOT NULL,
            recorded_at_us BIGINT NOT NULL,
            contact TEXT,
            detail TEXT,
            identity TEXT NOT NULL,
            suspended_us BIGINT NOT NULL,
            suspended_since_us BIGINT,
            extended_at_us BIGINT,
            told TEXT NOT NULL,
            next_reminder_us BIGINT,
            decided_at_us BIGINT,
            outcome TEXT,
            outcome_reason TEXT
        )
        """,
        "CREATE INDEX rights_request_account ON rights_request (account_id)",
        "CREATE INDEX rights_request_open ON rights_request (id) WHERE decided_at_us IS NULL",
        """
        CREATE INDEX rights_request_reminder ON rights_request (next_reminder_us)
        WHERE next_reminder_us IS NOT NULL
        """,
        "CREATE INDEX rights_request_end ON rights_request (decided_at_us)",
        // What was done, by whom and why, numbered 1, 2, 3, ….
        """
        CREATE TABLE rights_step (
            request_id TEXT NOT NULL REFERENCES rights_request (id),
            number BIGINT NOT NULL,
            at_us BIGINT NOT NULL,
            actor TEXT NOT NULL,
            step TEXT NOT NULL,
            text TEXT NOT NULL,
            PRIMARY KEY (request_id, number)
        )
        """,
        // `reference` says where what was given is kept; it is never the data itself.
        """
        CREATE TABLE disclosure (
            id TEXT NOT NULL PRIMARY KEY,
            authority TEXT NOT NULL,
            legal_basis TEXT NOT NULL,
            scope TEXT NOT NULL,
            reference TEXT NOT NULL,
            received_at_us BIGINT NOT NULL,
            disclosed_at_us BIGINT NOT NULL,
            recorded_at_us BIGINT NOT NULL,
            actor TEXT NOT NULL
        )
        """,
        // Whom it was about. Either the person was told, or `silent_because` says why not yet.
        """
        CREATE TABLE disclosure_person (
            disclosure_id TEXT NOT NULL REFERENCES disclosure (id),
            account_id TEXT NOT NULL REFERENCES account (id),
            told_at_us BIGINT,
            told_how TEXT,
            silent_because TEXT,
            PRIMARY KEY (disclosure_id, account_id)
        )
        """,
        "CREATE INDEX disclosure_person_account ON disclosure_person (account_id)",
        """
        CREATE INDEX disclosure_person_untold ON disclosure_person (disclosure_id)
        WHERE told_at_us IS NULL
        """,
    ]
}

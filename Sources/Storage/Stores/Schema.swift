extension Migrations {
    /// Loquet's schema. Forward only; a released migration is never edited.
    ///
    /// Times are microseconds since 1970 UTC, in columns that end in `_us`. Digests and locators
    /// are 32 bytes. Text columns with few values hold the raw values of the enums in `Accounts`
    /// and `Incidents`.
    package static let loquet = Migrations([
        Migration(1, "first", keys + accounts + signIn + queue),
        Migration(2, "live identifiers", liveIdentifiers),
        Migration(3, "schemes of passwords", passwordSchemes),
        Migration(4, "password audits", passwordAudits),
        Migration(5, "detection", detection),
        Migration(6, "sinks", sinks),
        Migration(7, "incidents", incidents),
        Migration(8, "consents", consents),
        Migration(9, "archive", archive),
        Migration(10, "audit chain", auditLog),
        Migration(11, "sealed records in the audit log", sealedRecordAudits),
        Migration(12, "retention", retention),
        Migration(13, "administration of accounts", accountAdministration),
    ])

    // Finds the account behind a locator, or the next living one, without meeting those of closed
    // accounts, which would cost time that tells of them.
    private static let liveIdentifiers: [SQL] = [
        "CREATE INDEX identifier_live ON identifier (locator, account_id) WHERE is_live"
    ]

    private static let keys: [SQL] = [
        """
        CREATE TABLE service_key (
            id TEXT NOT NULL PRIMARY KEY,
            purpose TEXT NOT NULL,
            check_value BYTEA NOT NULL,
            is_current BOOLEAN NOT NULL,
            created_at_us BIGINT NOT NULL
        )
        """,
        "CREATE UNIQUE INDEX service_key_current ON service_key (purpose) WHERE is_current",
        """
        CREATE TABLE archive_certificate (
            fingerprint BYTEA NOT NULL PRIMARY KEY,
            pem TEXT NOT NULL,
            created_at_us BIGINT NOT NULL,
            possession_proven_at_us BIGINT
        )
        """,
        """
        CREATE TABLE api_key (
            id TEXT NOT NULL PRIMARY KEY,
            kind TEXT NOT NULL,
            name TEXT NOT NULL,
            roles TEXT NOT NULL,
            digest BYTEA NOT NULL UNIQUE,
            created_at_us BIGINT NOT NULL,
            expires_at_us BIGINT,
            revoked_at_us BIGINT
        )
        """,
        """
        CREATE TABLE audit (
            id TEXT NOT NULL PRIMARY KEY,
            at_us BIGINT NOT NULL,
            actor TEXT NOT NULL,
            action TEXT NOT NULL,
            object TEXT NOT NULL
        )
        """,
    ]

    private static let accounts: [SQL] = [
        """
        CREATE TABLE account (
            id TEXT NOT NULL PRIMARY KEY,
            state TEXT NOT NULL,
            state_time_us BIGINT,
            version BIGINT NOT NULL,
            application TEXT NOT NULL,
            created_at_us BIGINT NOT NULL,
            changed_at_us BIGINT NOT NULL
        )
        """,
        // Live and closed identifiers share this one key, so that a tombstone refuses a
        // registration by the same constraint as a living account does.
        """
        CREATE TABLE identifier (
            locator BYTEA NOT NULL PRIMARY KEY,
            key_id TEXT NOT NULL,
            account_id TEXT NOT NULL REFERENCES account (id),
            is_live BOOLEAN NOT NULL
        )
        """,
        "CREATE INDEX identifier_account ON identifier (account_id)",
        """
        CREATE TABLE profile (
            account_id TEXT NOT NULL PRIMARY KEY REFERENCES account (id),
            email TEXT NOT NULL,
            display_name TEXT
        )
        """,
        """
        CREATE TABLE password (
            account_id TEXT NOT NULL PRIMARY KEY REFERENCES account (id),
            phc TEXT NOT NULL,
            memory_kib BIGINT NOT NULL,
            version BIGINT NOT NULL,
            must_change BOOLEAN NOT NULL,
            set_at_us BIGINT NOT NULL
        )
        """,
        // So that a node knows at start how large its arenas must be.
        "CREATE INDEX password_memory ON password (memory_kib)",
        // What is kept of a closed account. No statement that serves a request reads it.
        """
        CREATE TABLE closed_record (
            account_id TEXT NOT NULL PRIMARY KEY REFERENCES account (id),
            email TEXT NOT NULL,
            display_name TEXT,
            reason TEXT NOT NULL,
            created_at_us BIGINT NOT NULL,
            closed_at_us BIGINT NOT NULL
        )
        """,
        """
        CREATE TABLE session (
            digest BYTEA NOT NULL PRIMARY KEY,
            account_id TEXT NOT NULL REFERENCES account (id),
            application TEXT NOT NULL,
            created_at_us BIGINT NOT NULL,
            expires_at_us BIGINT NOT NULL,
            used_at_us BIGINT NOT NULL
        )
        """,
        "CREATE INDEX session_account ON session (account_id)",
        "CREATE INDEX session_expiry ON session (expires_at_us)",
        "CREATE INDEX session_use ON session (used_at_us)",
        """
        CREATE TABLE device (
            digest BYTEA NOT NULL PRIMARY KEY,
            account_id TEXT NOT NULL REFERENCES account (id),
            created_at_us BIGINT NOT NULL,
            expires_at_us BIGINT NOT NULL
        )
        """,
        "CREATE INDEX device_account ON device (account_id, created_at_us)",
        "CREATE INDEX device_expiry ON device (expires_at_us)",
        """
        CREATE TABLE idempotency (
            caller BYTEA NOT NULL,
            route TEXT NOT NULL,
            key_digest BYTEA NOT NULL,
            fingerprint BYTEA NOT NULL,
            status BIGINT,
            account_id TEXT,
            created_at_us BIGINT NOT NULL,
            PRIMARY KEY (caller, route, key_digest)
        )
        """,
        "CREATE INDEX idempotency_age ON idempotency (created_at_us)",
    ]

    private static let signIn: [SQL] = [
        """
        CREATE TABLE throttle (
            locator BYTEA NOT NULL,
            client TEXT NOT NULL,
            state BYTEA NOT NULL,
            dies_at_us BIGINT NOT NULL,
            PRIMARY KEY (locator, client)
        )
        """,
        "CREATE INDEX throttle_death ON throttle (dies_at_us)",
        // `subject` is an account id, or a keyed digest where there is no account. `source` is empty
        // where the application named no address. `folded` is how many of a row's attempts the
        // detectors have seen.
        """
        CREATE TABLE sign_in (
            id TEXT NOT NULL PRIMARY KEY,
            at_us BIGINT NOT NULL,
            minute BIGINT NOT NULL,
            outcome TEXT NOT NULL,
            subject TEXT NOT NULL,
            source TEXT NOT NULL,
            application TEXT NOT NULL,
            tags BYTEA,
            attempts BIGINT NOT NULL,
            folded BIGINT NOT NULL
        )
        """,
        """
        CREATE UNIQUE INDEX sign_in_throttled ON sign_in (subject, source, minute)
        WHERE outcome = 'throttled'
        """,
        "CREATE INDEX sign_in_unfolded ON sign_in (id) WHERE folded < attempts",
        "CREATE INDEX sign_in_tagged ON sign_in (at_us) WHERE tags IS NOT NULL",
        "CREATE INDEX sign_in_time ON sign_in (at_us)",
        "CREATE INDEX sign_in_subject ON sign_in (subject)",
    ]

    private static let queue: [SQL] = [
        """
        CREATE TABLE work_lease (
            name TEXT NOT NULL PRIMARY KEY,
            holder BYTEA NOT NULL,
            until_us BIGINT NOT NULL
        )
        """,
        """
        CREATE TABLE counter (
            name TEXT NOT NULL PRIMARY KEY,
            value BIGINT NOT NULL
        )
        """,
        """
        CREATE TABLE event (
            id TEXT NOT NULL PRIMARY KEY,
            sequence BIGINT NOT NULL UNIQUE,
            type TEXT NOT NULL,
            body BYTEA NOT NULL,
            created_at_us BIGINT NOT NULL
        )
        """,
        """
        CREATE TABLE delivery (
            event_id TEXT NOT NULL REFERENCES event (id),
            sink TEXT NOT NULL,
            sequence BIGINT NOT NULL,
            state TEXT NOT NULL,
            attempts BIGINT NOT NULL,
            not_before_us BIGINT NOT NULL,
            fetched_at_us BIGINT NOT NULL,
            lease_token BYTEA,
            lease_until_us BIGINT,
            PRIMARY KEY (event_id, sink)
        )
        """,
        "CREATE INDEX delivery_due ON delivery (sink, sequence) WHERE state IN ('ready', 'leased')",
        "CREATE INDEX delivery_end ON delivery (sink, lease_until_us) WHERE state = 'leased'",
        "CREATE INDEX delivery_age ON delivery (sink, fetched_at_us) WHERE state = 'ready'",
        "CREATE INDEX delivery_lease ON delivery (lease_token) WHERE state = 'leased'",
        "CREATE INDEX delivery_dead ON delivery (sink) WHERE state = 'dead'",
    ]
}

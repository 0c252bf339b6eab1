extension Migrations {
    /// An export holds each record against the audit log.
    static let sealedRecordAudits: [SQL] = [
        "CREATE INDEX audit_sealed ON audit (object) WHERE action = 'record.sealed'"
    ]

    /// What closed accounts leave: sealed records, and how to find them.
    static let archive: [SQL] = [
        // `sealed` is CMS that only the archive's private key opens, `archive_key` the fingerprint of the
        // certificate, `digest` the SHA-256 of `sealed`, which stands in the audit log too. The columns
        // beside it are what retention must know without opening anything.
        """
        CREATE TABLE sealed_record (
            id TEXT NOT NULL PRIMARY KEY,
            account_id TEXT NOT NULL REFERENCES account (id),
            category TEXT NOT NULL,
            basis TEXT NOT NULL,
            erase_after_us BIGINT NOT NULL,
            sealed BYTEA NOT NULL,
            digest BYTEA NOT NULL,
            archive_key BYTEA NOT NULL REFERENCES archive_certificate (fingerprint),
            sealed_at_us BIGINT NOT NULL
        )
        """,
        "CREATE INDEX sealed_record_account ON sealed_record (account_id)",
        "CREATE INDEX sealed_record_due ON sealed_record (erase_after_us)",
        // Finds a closed account's records by its identifier, as long as there are any. Not unique, and not
        // in `identifier`: the tombstone there ends earlier, and somebody else may then take the name.
        """
        CREATE TABLE archive_locator (
            account_id TEXT NOT NULL REFERENCES account (id),
            locator BYTEA NOT NULL,
            key_id TEXT NOT NULL,
            PRIMARY KEY (account_id, locator)
        )
        """,
        "CREATE INDEX archive_locator_locator ON archive_locator (locator)",
        // A tombstone's own end: until it is erased, which is due then, nobody else takes the identifier.
        // NULL for a living account's, and for tombstones of before, which housekeeping dates.
        "ALTER TABLE identifier ADD COLUMN erase_after_us BIGINT",
        "CREATE INDEX identifier_due ON identifier (erase_after_us) WHERE NOT is_live",
        // What somebody must answer to show that they hold the private key: at most one a certificate.
        """
        CREATE TABLE archive_challenge (
            fingerprint BYTEA NOT NULL PRIMARY KEY REFERENCES archive_certificate (fingerprint),
            answer_digest BYTEA NOT NULL,
            expires_at_us BIGINT NOT NULL
        )
        """,
    ]
}

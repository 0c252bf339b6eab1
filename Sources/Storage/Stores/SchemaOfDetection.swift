extension Migrations {
    static let detection: [SQL] = [
        // Which accounts are decoys. A table of its own, because nothing that serves a request may
        // tell one from another account: only the detection worker and administrators read it.
        """
        CREATE TABLE canary (
            account_id TEXT NOT NULL PRIMARY KEY REFERENCES account (id),
            added_at_us BIGINT NOT NULL
        )
        """,
        // A right password that stands in a corpus of leaked ones.
        "ALTER TABLE sign_in ADD COLUMN breached BOOLEAN NOT NULL DEFAULT FALSE",
    ]
}

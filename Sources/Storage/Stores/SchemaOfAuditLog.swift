extension Migrations {
    /// The audit log as a chain; see `ChainedRecord`. Rows of before, and of servers of the version
    /// before, have no `sequence`: they join the chain when a server of this version runs.
    static let auditLog: [SQL] = [
        "ALTER TABLE audit ADD COLUMN role TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE audit ADD COLUMN form BIGINT",
        "ALTER TABLE audit ADD COLUMN sequence BIGINT",
        "ALTER TABLE audit ADD COLUMN digest BYTEA",
        "CREATE UNIQUE INDEX audit_sequence ON audit (sequence)",
        // One row once there is a record: what every append reads and advances.
        """
        CREATE TABLE audit_head (
            name TEXT NOT NULL PRIMARY KEY,
            sequence BIGINT NOT NULL,
            digest BYTEA NOT NULL
        )
        """,
        // Signed lines: see `AuditMark`.
        """
        CREATE TABLE audit_mark (
            kind TEXT NOT NULL,
            sequence BIGINT NOT NULL,
            line TEXT NOT NULL,
            PRIMARY KEY (kind, sequence)
        )
        """,
    ]
}

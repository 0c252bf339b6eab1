extension Migrations {
    /// `scheme` is ``HashScheme/text``, by which hashes are counted; empty until housekeeping has filled
    /// it in, for rows that a program of the version before wrote. `import_mark` is a keyed digest of the
    /// hash that an account was imported with, `NULL` for everybody else.
    static let passwordSchemes: [SQL] = [
        "ALTER TABLE password ADD COLUMN scheme TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE password ADD COLUMN import_mark BYTEA",
        "CREATE INDEX password_scheme ON password (scheme)",
    ]
}

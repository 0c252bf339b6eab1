extension Migrations {
    /// Which function made a stored hash; empty means Argon2id.
    static let hashSchemes: [SQL] = [
        "ALTER TABLE password ADD COLUMN scheme TEXT NOT NULL DEFAULT ''",
        "CREATE INDEX password_scheme ON password (scheme)",
    ]
}

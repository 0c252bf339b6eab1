extension Migrations {
    /// Administrators page through accounts by state and age.
    static let accountAdministration: [SQL] = [
        "CREATE INDEX account_state_created ON account (state, created_at_us, id)"
    ]
}

extension Migrations {
    /// `last_error` is why the last attempt failed. A row of `sink` is written when something about it
    /// differs from "nothing paused, nothing died". `dead_untold` counts deliveries that died since the
    /// last event that said so.
    static let sinks: [SQL] = [
        "ALTER TABLE delivery ADD COLUMN last_error TEXT",
        """
        CREATE TABLE sink (
            name TEXT NOT NULL PRIMARY KEY,
            paused_at_us BIGINT,
            paused_by TEXT,
            pause_reason TEXT,
            dead_untold BIGINT NOT NULL,
            dead_told_at_us BIGINT NOT NULL
        )
        """,
    ]
}

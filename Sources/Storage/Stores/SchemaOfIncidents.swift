extension Migrations {
    /// The register of incidents. Rows are never removed here.
    static let incidents: [SQL] = [
        // `thing` is what findings about it have in common, empty for reports by hand. `notify_by_us`
        // and `next_warning_us` follow from the other columns, by the hours that were set when it was
        // opened; the second is NULL once nothing is left to warn of. `warned` is the last warning, 0 for
        // none. Texts are empty where there is none.
        """
        CREATE TABLE incident (
            id TEXT NOT NULL PRIMARY KEY,
            version BIGINT NOT NULL,
            state TEXT NOT NULL,
            severity TEXT NOT NULL,
            origin TEXT NOT NULL,
            thing TEXT NOT NULL,
            opened_at_us BIGINT NOT NULL,
            first_at_us BIGINT NOT NULL,
            last_at_us BIGINT NOT NULL,
            findings BIGINT NOT NULL,
            suspected_at_us BIGINT,
            aware_at_us BIGINT,
            processor_notified_at_us BIGINT,
            clock_start TEXT NOT NULL,
            notify_hours BIGINT NOT NULL,
            notify_by_us BIGINT,
            warned BIGINT NOT NULL,
            next_warning_us BIGINT,
            authority_notified_at_us BIGINT,
            authority_waived_at_us BIGINT,
            authority_reason TEXT NOT NULL,
            people_notified_at_us BIGINT,
            people_waived_at_us BIGINT,
            people_reason TEXT NOT NULL,
            dismissed_because TEXT NOT NULL,
            closed_at_us BIGINT,
            processor TEXT NOT NULL,
            summary TEXT NOT NULL
        )
        """,
        "CREATE INDEX incident_thing ON incident (thing, opened_at_us) WHERE thing <> ''",
        "CREATE INDEX incident_age ON incident (opened_at_us, id)",
        "CREATE INDEX incident_state ON incident (state, opened_at_us, id)",
        "CREATE INDEX incident_warning ON incident (next_warning_us) WHERE next_warning_us IS NOT NULL",
        // The latest report of each finding.
        """
        CREATE TABLE incident_finding (
            incident_id TEXT NOT NULL REFERENCES incident (id),
            uid TEXT NOT NULL,
            type TEXT NOT NULL,
            severity TEXT NOT NULL,
            subject TEXT NOT NULL,
            count BIGINT NOT NULL,
            succeeded BIGINT NOT NULL,
            window_us BIGINT NOT NULL,
            start_us BIGINT NOT NULL,
            last_us BIGINT NOT NULL,
            source TEXT NOT NULL,
            message TEXT NOT NULL,
            PRIMARY KEY (incident_id, uid)
        )
        """,
        // The timeline: what happened, by whom and why, numbered 1, 2, 3, ….
        """
        CREATE TABLE incident_entry (
            incident_id TEXT NOT NULL REFERENCES incident (id),
            number BIGINT NOT NULL,
            at_us BIGINT NOT NULL,
            actor TEXT NOT NULL,
            action TEXT NOT NULL,
            text TEXT NOT NULL,
            PRIMARY KEY (incident_id, number)
        )
        """,
        // What persons entered into the dossier; the last value of each field.
        """
        CREATE TABLE dossier_field (
            incident_id TEXT NOT NULL REFERENCES incident (id),
            field TEXT NOT NULL,
            value TEXT NOT NULL,
            at_us BIGINT NOT NULL,
            actor TEXT NOT NULL,
            PRIMARY KEY (incident_id, field)
        )
        """,
        // Versions as they were saved; never changed. `content` is JSON.
        """
        CREATE TABLE dossier_version (
            incident_id TEXT NOT NULL REFERENCES incident (id),
            number BIGINT NOT NULL,
            kind TEXT NOT NULL,
            at_us BIGINT NOT NULL,
            actor TEXT NOT NULL,
            content BYTEA NOT NULL,
            PRIMARY KEY (incident_id, number)
        )
        """,
    ]
}

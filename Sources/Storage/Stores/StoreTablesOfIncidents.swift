extension StoreTable {
    /// The register of incidents, an incident before what belongs to it.
    static let incidents: [StoreTable] = [
        StoreTable(
            "incident", keyColumns: 1,
            [
                ("id", .text),
                ("version", .integer),
                ("state", .text),
                ("severity", .text),
                ("origin", .text),
                ("thing", .text),
                ("opened_at_us", .integer),
                ("first_at_us", .integer),
                ("last_at_us", .integer),
                ("findings", .integer),
                ("suspected_at_us", .integer),
                ("aware_at_us", .integer),
                ("processor_notified_at_us", .integer),
                ("clock_start", .text),
                ("notify_hours", .integer),
                ("notify_by_us", .integer),
                ("warned", .integer),
                ("next_warning_us", .integer),
                ("authority_notified_at_us", .integer),
                ("authority_waived_at_us", .integer),
                ("authority_reason", .text),
                ("people_notified_at_us", .integer),
                ("people_waived_at_us", .integer),
                ("people_reason", .text),
                ("dismissed_because", .text),
                ("closed_at_us", .integer),
                ("processor", .text),
                ("summary", .text),
            ],
            count: "SELECT count(*) FROM incident",
            keyAt: "SELECT id FROM incident ORDER BY id LIMIT 1 OFFSET $1",
            firstPage: """
                SELECT id, version, state, severity, origin, thing, opened_at_us, \
                first_at_us, last_at_us, findings, suspected_at_us, aware_at_us, \
                processor_notified_at_us, clock_start, notify_hours, notify_by_us, \
                warned, next_warning_us, authority_notified_at_us, \
                authority_waived_at_us, authority_reason, people_notified_at_us, \
                people_waived_at_us, people_reason, dismissed_because, closed_at_us, \
                processor, summary FROM incident ORDER BY id LIMIT $1
                """,
            nextPage: """
                SELECT id, version, state, severity, origin, thing, opened_at_us, \
                first_at_us, last_at_us, findings, suspected_at_us, aware_at_us, \
                processor_notified_at_us, clock_start, notify_hours, notify_by_us, \
                warned, next_warning_us, authority_notified_at_us, \
                authority_waived_at_us, authority_reason, people_notified_at_us, \
                people_waived_at_us, people_reason, dismissed_because, closed_at_us, \
                processor, summary FROM incident WHERE id > $1 ORDER BY id LIMIT $2
                """,
            insert: """
                INSERT INTO incident (id, version, state, severity, origin, thing, \
                opened_at_us, first_at_us, last_at_us, findings, suspected_at_us, \
                aware_at_us, processor_notified_at_us, clock_start, notify_hours, \
                notify_by_us, warned, next_warning_us, authority_notified_at_us, \
                authority_waived_at_us, authority_reason, people_notified_at_us, \
                people_waived_at_us, people_reason, dismissed_because, closed_at_us, \
                processor, summary) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, \
                $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, \
                $25, $26, $27, $28) ON CONFLICT DO NOTHING
                """
        ),
        StoreTable(
            "incident_finding", keyColumns: 2,
            [
                ("incident_id", .text),
                ("uid", .text),
                ("type", .text),
                ("severity", .text),
                ("subject", .text),
                ("count", .integer),
                ("succeeded", .integer),
                ("window_us", .integer),
                ("start_us", .integer),
                ("last_us", .integer),
                ("source", .text),
                ("message", .text),
            ],
            count: "SELECT count(*) FROM incident_finding",
            keyAt: """
                SELECT incident_id, uid FROM incident_finding ORDER BY incident_id, uid \
                LIMIT 1 OFFSET $1
                """,
            firstPage: """
                SELECT incident_id, uid, type, severity, subject, count, succeeded, \
                window_us, start_us, last_us, source, message FROM incident_finding \
                ORDER BY incident_id, uid LIMIT $1
                """,
            nextPage: """
                SELECT incident_id, uid, type, severity, subject, count, succeeded, \
                window_us, start_us, last_us, source, message FROM incident_finding \
                WHERE (incident_id, uid) > ($1, $2) ORDER BY incident_id, uid LIMIT $3
                """,
            insert: """
                INSERT INTO incident_finding (incident_id, uid, type, severity, subject, \
                count, succeeded, window_us, start_us, last_us, source, message) VALUES \
                ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO \
                NOTHING
                """
        ),
        StoreTable(
            "incident_entry", keyColumns: 2,
            [
                ("incident_id", .text),
                ("number", .integer),
                ("at_us", .integer),
                ("actor", .text),
                ("action", .text),
                ("text", .text),
            ],
            count: "SELECT count(*) FROM incident_entry",
            keyAt: """
                SELECT incident_id, number FROM incident_entry ORDER BY incident_id, \
                number LIMIT 1 OFFSET $1
                """,
            firstPage: """
                SELECT incident_id, number, at_us, actor, action, text FROM \
                incident_entry ORDER BY incident_id, number LIMIT $1
                """,
            nextPage: """
                SELECT incident_id, number, at_us, actor, action, text FROM \
                incident_entry WHERE (incident_id, number) > ($1, $2) ORDER BY \
                incident_id, number LIMIT $3
                """,
            insert: """
                INSERT INTO incident_entry (incident_id, number, at_us, actor, action, \
                text) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING
                """
        ),
        StoreTable(
            "dossier_field", keyColumns: 2,
            [
                ("incident_id", .text),
                ("field", .text),
                ("value", .text),
                ("at_us", .integer),
                ("actor", .text),
            ],
            count: "SELECT count(*) FROM dossier_field",
            keyAt: """
                SELECT incident_id, field FROM dossier_field ORDER BY incident_id, field \
                LIMIT 1 OFFSET $1
                """,
            firstPage: """
                SELECT incident_id, field, value, at_us, actor FROM dossier_field ORDER \
                BY incident_id, field LIMIT $1
                """,
            nextPage: """
                SELECT incident_id, field, value, at_us, actor FROM dossier_field WHERE \
                (incident_id, field) > ($1, $2) ORDER BY incident_id, field LIMIT $3
                """,
            insert: """
                INSERT INTO dossier_field (incident_id, field, value, at_us, actor) \
                VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING
                """
        ),
        StoreTable(
            "dossier_version", keyColumns: 2,
            [
                ("incident_id", .text),
                ("number", .integer),
                ("kind", .text),
                ("at_us", .integer),
                ("actor", .text),
                ("content", .bytes),
            ],
            count: "SELECT count(*) FROM dossier_version",
            keyAt: """
                SELECT incident_id, number FROM dossier_version ORDER BY incident_id, \
                number LIMIT 1 OFFSET $1
                """,
            firstPage: """
                SELECT incident_id, number, kind, at_us, actor, content FROM \
                dossier_version ORDER BY incident_id, number LIMIT $1
                """,
            nextPage: """
                SELECT incident_id, number, kind, at_us, actor, content FROM \
                dossier_version WHERE (incident_id, number) > ($1, $2) ORDER BY \
                incident_id, number LIMIT $3
                """,
            insert: """
                INSERT INTO dossier_version (incident_id, number, kind, at_us, actor, \
                content) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING
                """
        ),
    ]
}

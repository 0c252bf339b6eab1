extension StoreTable {
    /// The queue and its counters; an event before its deliveries.
    static let queue: [StoreTable] = [
        StoreTable(
            "work_lease", keyColumns: 1,
            [
                ("name", .text),
                ("holder", .bytes),
                ("until_us", .integer),
            ],
            count: "SELECT count(*) FROM work_lease",
            keyAt: "SELECT name FROM work_lease ORDER BY name LIMIT 1 OFFSET $1",
            firstPage: "SELECT name, holder, until_us FROM work_lease ORDER BY name LIMIT $1",
            nextPage: """
                SELECT name, holder, until_us FROM work_lease WHERE name > $1 ORDER BY name \
                LIMIT $2
                """,
            insert: """
                INSERT INTO work_lease (name, holder, until_us) VALUES ($1, $2, $3) ON CONFLICT \
                DO NOTHING
                """
        ),
        StoreTable(
            "counter", keyColumns: 1,
            [
                ("name", .text),
                ("value", .integer),
            ],
            count: "SELECT count(*) FROM counter",
            keyAt: "SELECT name FROM counter ORDER BY name LIMIT 1 OFFSET $1",
            firstPage: "SELECT name, value FROM counter ORDER BY name LIMIT $1",
            nextPage: "SELECT name, value FROM counter WHERE name > $1 ORDER BY name LIMIT $2",
            insert: "INSERT INTO counter (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING"
        ),
        StoreTable(
            "event", keyColumns: 1,
            [
                ("id", .text),
                ("sequence", .integer),
                ("type", .text),
                ("body", .bytes),
                ("created_at_us", .integer),
            ],
            count: "SELECT count(*) FROM event",
            keyAt: "SELECT id FROM event ORDER BY id LIMIT 1 OFFSET $1",
            firstPage:
                "SELECT id, sequence, type, body, created_at_us FROM event ORDER BY id LIMIT $1",
            nextPage: """
                SELECT id, sequence, type, body, created_at_us FROM event WHERE id > $1 ORDER BY \
                id LIMIT $2
                """,
            insert: """
                INSERT INTO event (id, sequence, type, body, created_at_us) VALUES ($1, $2, $3, \
                $4, $5) ON CONFLICT DO NOTHING
                """
        ),
        StoreTable(
            "delivery", keyColumns: 2,
            [
                ("event_id", .text),
                ("sink", .text),
                ("sequence", .integer),
                ("state", .text),
                ("attempts", .integer),
                ("not_before_us", .integer),
                ("fetched_at_us", .integer),
                ("lease_token", .bytes),
                ("lease_until_us", .integer),
                ("last_error", .text),
            ],
            count: "SELECT count(*) FROM delivery",
            keyAt: "SELECT event_id, sink FROM delivery ORDER BY event_id, sink LIMIT 1 OFFSET $1",
            firstPage: """
                SELECT event_id, sink, sequence, state, attempts, not_before_us, fetched_at_us, \
                lease_token, lease_until_us, last_error FROM delivery ORDER BY event_id, sink LIMIT $1
                """,
            nextPage: """
                SELECT event_id, sink, sequence, state, attempts, not_before_us, fetched_at_us, \
                lease_token, lease_until_us, last_error FROM delivery WHERE (event_id, sink) > ($1, $2) \
                ORDER BY event_id, sink LIMIT $3
                """,
            insert: """
                INSERT INTO delivery (event_id, sink, sequence, state, attempts, not_before_us, \
                fetched_at_us, lease_token, lease_until_us, last_error) VALUES ($1, $2, $3, $4, \
                $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING
                """
        ),
        StoreTable(
            "sink", keyColumns: 1,
            [
                ("name", .text),
                ("paused_at_us", .integer),
                ("paused_by", .text),
                ("pause_reason", .text),
                ("dead_untold", .integer),
                ("dead_told_at_us", .integer),
            ],
            count: "SELECT count(*) FROM sink",
            keyAt: "SELECT name FROM sink ORDER BY name LIMIT 1 OFFSET $1",
            firstPage: """
                SELECT name, paused_at_us, paused_by, pause_reason, dead_untold, dead_told_at_us \
                FROM sink ORDER BY name LIMIT $1
                """,
            nextPage: """
                SELECT name, paused_at_us, paused_by, pause_reason, dead_untold, dead_told_at_us \
                FROM sink WHERE name > $1 ORDER BY name LIMIT $2
                """,
            insert: """
                INSERT INTO sink (name, paused_at_us, paused_by, pause_reason, dead_untold, \
                dead_told_at_us) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING
                """
        ),
    ]
}

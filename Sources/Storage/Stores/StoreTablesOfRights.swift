extension StoreTable {
    /// Requests and disclosures; a request before its steps, a disclosure before its people.
    static let rights: [StoreTable] = [
        StoreTable(
            "rights_request", keyColumns: 1,
            [
                ("id", .text),
                ("version", .integer),
                ("account_id", .text),
                ("kind", .text),
                ("channel", .text),
                ("received_at_us", .integer),
                ("recorded_at_us", .integer),
                ("contact", .text),
                ("detail", .text),
                ("identity", .text),
                ("suspended_us", .integer),
                ("suspended_since_us", .integer),
                ("extended_at_us", .integer),
                ("told", .text),
                ("next_reminder_us", .integer),
                ("decided_at_us", .integer),
                ("outcome", .text),
                ("outcome_reason", .text),
            ],
            count: "SELECT count(*) FROM rights_request",
            keyAt: "SELECT id FROM rights_request ORDER BY id LIMIT 1 OFFSET $1",
            firstPage: """
                SELECT id, version, account_id, kind, channel, received_at_us, recorded_at_us, \
                contact, detail, identity, suspended_us, suspended_since_us, extended_at_us, \
                told, next_reminder_us, decided_at_us, outcome, outcome_reason FROM \
                rights_request ORDER BY id LIMIT $1
                """,
            nextPage: """
                SELECT id, version, account_id, kind, channel, received_at_us, recorded_at_us, \
                contact, detail, identity, suspended_us, suspended_since_us, extended_at_us, \
                told, next_reminder_us, decided_at_us, outcome, outcome_reason FROM \
                rights_request WHERE id > $1 ORDER BY id LIMIT $2
                """,
            insert: """
                INSERT INTO rights_request (id, version, account_id, kind, channel, \
                received_at_us, recorded_at_us, contact, detail, identity, suspended_us, \
                suspended_since_us, extended_at_us, told, next_reminder_us, decided_at_us, \
                outcome, outcome_reason) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, \
                $12, $13, $14, $15, $16, $17, $18) ON CONFLICT DO NOTHING
                """
        ),
        StoreTable(
            "rights_step", keyColumns: 2,
            [
                ("request_id", .text),
                ("number", .integer),
                ("at_us", .integer),
                ("actor", .text),
                ("step", .text),
                ("text", .text),
            ],
            count: "SELECT count(*) FROM rights_step",
            keyAt: """
                SELECT request_id, number FROM rights_step ORDER BY request_id, number LIMIT 1 \
                OFFSET $1
                """,
            firstPage: """
                SELECT request_id, number, at_us, actor, step, text FROM rights_step ORDER BY \
                request_id, number LIMIT $1
                """,
            nextPage: """
                SELECT request_id, number, at_us, actor, step, text FROM rights_step WHERE \
                (request_id, number) > ($1, $2) ORDER BY request_id, number LIMIT $3
                """,
            insert: """
                INSERT INTO rights_step (request_id, number, at_us, actor, step, text) VALUES \
                ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING
                """
        ),
        StoreTable(
            "disclosure", keyColumns: 1,
            [
                ("id", .text),
                ("authority", .text),
                ("legal_basis", .text),
                ("scope", .text),
                ("reference", .text),
                ("received_at_us", .integer),
                ("disclosed_at_us", .integer),
                ("recorded_at_us", .integer),
                ("actor", .text),
            ],
            count: "SELECT count(*) FROM disclosure",
            keyAt: "SELECT id FROM disclosure ORDER BY id LIMIT 1 OFFSET $1",
            firstPage: """
                SELECT id, authority, legal_basis, scope, reference, received_at_us, \
                disclosed_at_us, recorded_at_us, actor FROM disclosure ORDER BY id LIMIT $1
                """,
            nextPage: """
                SELECT id, authority, legal_basis, scope, reference, received_at_us, \
                disclosed_at_us, recorded_at_us, actor FROM disclosure WHERE id > $1 ORDER BY id \
                LIMIT $2
                """,
            insert: """
                INSERT INTO disclosure (id, authority, legal_basis, scope, reference, \
                received_at_us, disclosed_at_us, recorded_at_us, actor) VALUES ($1, $2, $3, $4, \
                $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING
                """
        ),
        StoreTable(
            "disclosure_person", keyColumns: 2,
            [
                ("disclosure_id", .text),
                ("account_id", .text),
                ("told_at_us", .integer),
                ("told_how", .text),
                ("silent_because", .text),
            ],
            count: "SELECT count(*) FROM disclosure_person",
            keyAt: """
                SELECT disclosure_id, account_id FROM disclosure_person ORDER BY disclosure_id, \
                account_id LIMIT 1 OFFSET $1
                """,
            firstPage: """
                SELECT disclosure_id, account_id, told_at_us, told_how, silent_because FROM \
                disclosure_person ORDER BY disclosure_id, account_id LIMIT $1
                """,
            nextPage: """
                SELECT disclosure_id, account_id, told_at_us, told_how, silent_because FROM \
                disclosure_person WHERE (disclosure_id, account_id) > ($1, $2) ORDER BY \
                disclosure_id, account_id LIMIT $3
                """,
            insert: """
                INSERT INTO disclosure_person (disclosure_id, account_id, told_at_us, told_how, \
                silent_because) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING
                """
        ),
    ]
}

extension StoreTable {
    /// Who did what, the head of its chain, and what was signed about it.
    static let auditLog: [StoreTable] = [
        StoreTable(
            "audit", keyColumns: 1,
            [
                ("id", .text),
                ("at_us", .integer),
                ("actor", .text),
                ("action", .text),
                ("object", .text),
                ("reason", .text),
                ("role", .text),
                ("form", .integer),
                ("sequence", .integer),
                ("digest", .bytes),
            ],
            count: "SELECT count(*) FROM audit",
            keyAt: "SELECT id FROM audit ORDER BY id LIMIT 1 OFFSET $1",
            firstPage: """
                SELECT id, at_us, actor, action, object, reason, role, form, sequence, digest \
                FROM audit ORDER BY id LIMIT $1
                """,
            nextPage: """
                SELECT id, at_us, actor, action, object, reason, role, form, sequence, digest \
                FROM audit WHERE id > $1 ORDER BY id LIMIT $2
                """,
            insert: """
                INSERT INTO audit (id, at_us, actor, action, object, reason, role, form, \
                sequence, digest) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT \
                DO NOTHING
                """
        ),
        StoreTable(
            "audit_head", keyColumns: 1,
            [
                ("name", .text),
                ("sequence", .integer),
                ("digest", .bytes),
            ],
            count: "SELECT count(*) FROM audit_head",
            keyAt: "SELECT name FROM audit_head ORDER BY name LIMIT 1 OFFSET $1",
            firstPage: "SELECT name, sequence, digest FROM audit_head ORDER BY name LIMIT $1",
            nextPage: """
                SELECT name, sequence, digest FROM audit_head WHERE name > $1 ORDER BY name \
                LIMIT $2
                """,
            insert: """
                INSERT INTO audit_head (name, sequence, digest) VALUES ($1, $2, $3) ON \
                CONFLICT DO NOTHING
                """
        ),
        StoreTable(
            "audit_mark", keyColumns: 2,
            [
                ("kind", .text),
                ("sequence", .integer),
                ("line", .text),
            ],
            count: "SELECT count(*) FROM audit_mark",
            keyAt: """
                SELECT kind, sequence FROM audit_mark ORDER BY kind, sequence LIMIT 1 OFFSET $1
                """,
            firstPage: """
                SELECT kind, sequence, line FROM audit_mark ORDER BY kind, sequence LIMIT $1
                """,
            nextPage: """
                SELECT kind, sequence, line FROM audit_mark WHERE (kind, sequence) > ($1, $2) \
                ORDER BY kind, sequence LIMIT $3
                """,
            insert: """
                INSERT INTO audit_mark (kind, sequence, line) VALUES ($1, $2, $3) ON CONFLICT \
                DO NOTHING
                """
        ),
    ]
}

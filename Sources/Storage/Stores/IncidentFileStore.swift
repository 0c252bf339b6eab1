package import Accounts
package import Incidents

/// What belongs to an incident: its findings, its timeline, and its dossier.
package enum IncidentFileStore {
    package struct Entry: Equatable, Sendable {
        /// 1, 2, 3, …
        package let number: Int64
        package let at: Timestamp
        /// `service`, or as in the audit log.
        package let actor: String
        package let action: String
        /// A reason, or what was found; may be empty.
        package let text: String
    }

    package struct DossierVersion: Equatable, Sendable {
        package let number: Int64
        package let kind: Dossier.Version
        package let at: Timestamp
        package let actor: String
    }

    /// Findings that are kept of one incident: a /24 with each of its addresses under two detectors.
    package static let findingsMax = 512
    /// Lines of one timeline. Beyond it what the service sees is no longer written down there; what
    /// people do always is.
    package static let entriesMax: Int64 = 2_000
    package static let versionsMax: Int64 = 1_000

    /// Keeps the latest report of a finding.
    ///
    /// - Returns: whether it is another one than those that are here.
    package static func keep(
        _ finding: IncidentFinding, of id: IncidentID, _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> Bool {
        let changed = try transaction.execute(
            """
            UPDATE incident_finding SET type = \(finding.type.rawValue),
                severity = \(finding.severity.rawValue), count = \(finding.count),
                succeeded = \(finding.succeeded), window_us = \(finding.window.microseconds),
                start_us = \(finding.startTime), last_us = \(finding.lastTime),
                source = \(finding.source?.text ?? ""), message = \(finding.message)
            WHERE incident_id = \(id) AND uid = \(finding.uid)
            """)
        guard changed == 0 else { return false }
        let count: Int64? = try transaction.first(
            "SELECT count(*) FROM incident_finding WHERE incident_id = \(id)"
        ) { row throws(DatabaseError) in try row.int64(0) }
        guard (count ?? 0) < findingsMax else { return true }
        try transaction.execute(
            """
            INSERT INTO incident_finding
                (incident_id, uid, type, severity, subject, count, succeeded, window_us, start_us,
                last_us, source, message)
            VALUES (
                \(id), \(finding.uid), \(finding.type.rawValue), \(finding.severity.rawValue),
                \(finding.subject), \(finding.count), \(finding.succeeded),
                \(finding.window.microseconds), \(finding.startTime), \(finding.lastTime),
                \(finding.source?.text ?? ""), \(finding.message)
            )
            """)
        return true
    }

    /// In the order in which they began.
    package static func findings(
        of id: IncidentID, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [IncidentFinding] {
        try reading.rows(
            """
            SELECT uid, type, severity, subject, count, succeeded, window_us, start_us, last_us,
                source, message
            FROM incident_finding WHERE incident_id = \(id) ORDER BY start_us, uid
            """
        ) { row throws(DatabaseError) in
            IncidentFinding(
                uid: try row.id(0),
                type: try row.value(1, .text, EventType(rawValue: try row.text(1))),
                severity: try row.value(2, .text, Severity(rawValue: try row.text(2))),
                subject: try row.text(3), count: Int(try row.int64(4)),
                succeeded: Int(try row.int64(5)), window: .microseconds(try row.int64(6)),
                startTime: try row.timestamp(7), lastTime: try row.timestamp(8),
                source: SourceAddress(parsing: try row.text(9)), message: try row.text(10))
        }
    }

    /// Writes the next line of the timeline.
    ///
    /// - Parameter isSeen: written by the service, so left out beyond ``entriesMax``.
    package static func append(
        _ action: String, _ text: String, to id: IncidentID, by actor: String,
        isSeen: Bool = false, at now: Timestamp, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        let last: Int64? = try transaction.first(
            "SELECT COALESCE(MAX(number), 0) FROM incident_entry WHERE incident_id = \(id)"
        ) { row throws(DatabaseError) in try row.int64(0) }
        let number = (last ?? 0) + 1
        guard !isSeen || number <= entriesMax else { return }
        try transaction.execute(
            """
            INSERT INTO incident_entry (incident_id, number, at_us, actor, action, text)
            VALUES (\(id), \(number), \(now), \(actor), \(action), \(text))
            """)
    }

    package static func timeline(
        of id: IncidentID, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [Entry] {
        try reading.rows(
            """
            SELECT number, at_us, actor, action, text FROM incident_entry
            WHERE incident_id = \(id) ORDER BY number
            """
        ) { row throws(DatabaseError) in
            Entry(
                number: try row.int64(0), at: try row.timestamp(1), actor: try row.text(2),
                action: try row.text(3), text: try row.text(4))
        }
    }

    /// - Parameter value: as ``DossierField/value(parsing:)`` keeps it; `nil` takes it away.
    package static func set(
        _ field: DossierField, to value: String?, of id: IncidentID, by actor: String,
        at now: Timestamp, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        guard let value else {
            try transaction.execute(
                """
                DELETE FROM dossier_field
                WHERE incident_id = \(id) AND field = \(field.rawValue)
                """)
            return
        }
        try transaction.execute(
            """
            INSERT INTO dossier_field (incident_id, field, value, at_us, actor)
            VALUES (\(id), \(field.rawValue), \(value), \(now), \(actor))
            ON CONFLICT (incident_id, field) DO UPDATE SET value = excluded.value,
                at_us = excluded.at_us, actor = excluded.actor
            """)
    }

    package static func fields(
        of id: IncidentID, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [DossierField: String] {
        let rows = try reading.rows(
            "SELECT field, value FROM dossier_field WHERE incident_id = \(id)"
        ) { row throws(DatabaseError) in
            (
                try row.value(0, .text, DossierField(rawValue: try row.text(0))),
                try row.text(1)
            )
        }
        return Dictionary(rows) { $1 }
    }

    /// Saves the next version; the first is the initial one.
    ///
    /// - Returns: `nil` when there are ``versionsMax`` already.
    package static func save(
        _ content: [UInt8], of id: IncidentID, by actor: String, at now: Timestamp,
        _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> DossierVersion? {
        let last: Int64? = try transaction.first(
            "SELECT COALESCE(MAX(number), 0) FROM dossier_version WHERE incident_id = \(id)"
        ) { row throws(DatabaseError) in try row.int64(0) }
        let number = (last ?? 0) + 1
        guard number <= versionsMax else { return nil }
        let kind: Dossier.Version = number == 1 ? .initial : .complementary
        try transaction.execute(
            """
            INSERT INTO dossier_version (incident_id, number, kind, at_us, actor, content)
            VALUES (\(id), \(number), \(kind.rawValue), \(now), \(actor), \(content))
            """)
        return DossierVersion(number: number, kind: kind, at: now, actor: actor)
    }

    package static func versions(
        of id: IncidentID, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [DossierVersion] {
        try reading.rows(
            """
            SELECT number, kind, at_us, actor FROM dossier_version
            WHERE incident_id = \(id) ORDER BY number
            """, version)
    }

    package static func content(
        version number: Int64, of id: IncidentID, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> (version: DossierVersion, content: [UInt8])? {
        try reading.first(
            """
            SELECT number, kind, at_us, actor, content FROM dossier_version
            WHERE incident_id = \(id) AND number = \(number)
            """
        ) { row throws(DatabaseError) in (try version(row), try row.bytes(4)) }
    }

    private static func version(_ row: borrowing Row) throws(DatabaseError) -> DossierVersion {
        DossierVersion(
            number: try row.int64(0),
            kind: try row.value(1, .text, Dossier.Version(rawValue: try row.text(1))),
            at: try row.timestamp(2), actor: try row.text(3))
    }
}

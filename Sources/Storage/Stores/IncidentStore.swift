package import Accounts
package import Incidents

/// Incidents. What belongs to one is in ``IncidentFileStore``.
package enum IncidentStore {
    package struct Record: Equatable, Sendable {
        package let incident: Incident
        /// Grows with every change; an update names the version it read.
        package let version: Int64
        /// How many findings it has had, those that found no room included.
        package let findings: Int64

        package init(incident: Incident, version: Int64, findings: Int64) {
            self.incident = incident
            self.version = version
            self.findings = findings
        }
    }

    /// - Throws: `.uniqueViolation` for an id that is there.
    package static func insert(
        _ incident: Incident, findings: Int64, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try transaction.execute(
            """
            INSERT INTO incident
                (id, version, state, severity, origin, thing, opened_at_us, first_at_us, last_at_us,
                findings, clock_start, notify_hours, warned, authority_reason, people_reason,
                dismissed_because, processor, summary)
            VALUES (
                \(incident.id), 0, \(incident.state.rawValue), \(incident.severity.rawValue),
                \(incident.origin.rawValue), \(incident.thing), \(incident.openedAt),
                \(incident.firstAt), \(incident.lastAt), \(findings),
                \(incident.clock.start.rawValue), \(incident.clock.limit.hours), 0, '', '', '',
                \(incident.processor), \(incident.summary)
            )
            """)
        try update(incident, version: 0, findings: findings, transaction)
    }

    /// - Throws: `.conflict` when somebody else changed it since `version` was read.
    package static func update(
        _ incident: Incident, version: Int64, findings: Int64,
        _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        let authority = incident.duties[.authority]
        let people = incident.duties[.people]
        let changed = try transaction.execute(
            """
            UPDATE incident SET version = \(version + 1), state = \(incident.state.rawValue),
                severity = \(incident.severity.rawValue), first_at_us = \(incident.firstAt),
                last_at_us = \(incident.lastAt), findings = \(findings),
                suspected_at_us = \(incident.clock.suspectedAt),
                aware_at_us = \(incident.clock.awareAt),
                processor_notified_at_us = \(incident.clock.processorNotifiedAt),
                notify_by_us = \(incident.clock.notifyBy),
                warned = \(incident.warned?.rawValue ?? 0),
                next_warning_us = \(incident.nextWarningAt),
                authority_notified_at_us = \(authority?.toldAt),
                authority_waived_at_us = \(authority?.waivedAt),
                authority_reason = \(authority?.reason ?? ""),
                people_notified_at_us = \(people?.toldAt),
                people_waived_at_us = \(people?.waivedAt),
                people_reason = \(people?.reason ?? ""),
                dismissed_because = \(incident.dismissedBecause),
                closed_at_us = \(incident.closedAt)
            WHERE id = \(incident.id) AND version = \(version)
            """)
        guard changed == 1 else { throw .conflict }
    }

    package static func find(
        _ id: IncidentID, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> Record? {
        try reading.first(
            """
            SELECT id, version, state, severity, origin, thing, opened_at_us, first_at_us,
                last_at_us, findings, suspected_at_us, aware_at_us, processor_notified_at_us,
                clock_start, notify_hours, warned, authority_notified_at_us,
                authority_waived_at_us, authority_reason, people_notified_at_us,
                people_waived_at_us, people_reason, dismissed_because, closed_at_us, processor,
                summary
            FROM incident WHERE id = \(id)
            """, record)
    }

    /// The latest ones about a thing, the last opened first.
    package static func latest(
        about thing: String, limit: Int, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [Record] {
        let ids = try reading.rows(
            """
            SELECT id FROM incident WHERE thing = \(thing) AND thing <> ''
            ORDER BY opened_at_us DESC, id DESC LIMIT \(limit)
            """
        ) { row throws(DatabaseError) -> IncidentID in try row.id(0) }
        return try records(ids, reading)
    }

    /// Those whose next warning is due, the most urgent first.
    package static func toWarn(
        at now: Timestamp, limit: Int, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [IncidentID] {
        try reading.rows(
            """
            SELECT id FROM incident
            WHERE next_warning_us IS NOT NULL AND next_warning_us <= \(now)
            ORDER BY next_warning_us, id LIMIT \(limit)
            """
        ) { row throws(DatabaseError) in try row.id(0) }
    }

    /// Those that still have to be told, the most urgent first.
    package static func running(
        limit: Int, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [Record] {
        let ids = try reading.rows(
            """
            SELECT id FROM incident
            WHERE state IN ('open', 'confirmed') AND notify_by_us IS NOT NULL
                AND (authority_notified_at_us IS NULL AND authority_waived_at_us IS NULL
                    OR people_notified_at_us IS NULL AND people_waived_at_us IS NULL)
            ORDER BY notify_by_us, id LIMIT \(limit)
            """
        ) { row throws(DatabaseError) -> IncidentID in try row.id(0) }
        return try records(ids, reading)
    }

    /// The register, the latest first.
    ///
    /// - Parameter after: the last of the page before.
    package static func page(
        state: IncidentState?, after: IncidentID?, limit: Int,
        _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [Record] {
        var before = (time: Int64.max, id: "")
        if let after {
            let opened: Timestamp? = try reading.first(
                "SELECT opened_at_us FROM incident WHERE id = \(after)"
            ) { row throws(DatabaseError) in try row.timestamp(0) }
            guard let opened else { return [] }
            before = (opened.microseconds, after.text)
        }
        let ids: [IncidentID]
        if let state {
            ids = try reading.rows(
                """
                SELECT id FROM incident WHERE state = \(state.rawValue)
                    AND (opened_at_us, id) < (\(before.time), \(before.id))
                ORDER BY opened_at_us DESC, id DESC LIMIT \(limit)
                """
            ) { row throws(DatabaseError) in try row.id(0) }
        } else {
            ids = try reading.rows(
                """
                SELECT id FROM incident WHERE (opened_at_us, id) < (\(before.time), \(before.id))
                ORDER BY opened_at_us DESC, id DESC LIMIT \(limit)
                """
            ) { row throws(DatabaseError) in try row.id(0) }
        }
        return try records(ids, reading)
    }

    /// Pages are short, and each id is the primary key.
    private static func records(
        _ ids: [IncidentID], _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [Record] {
        var records: [Record] = []
        for id in ids {
            if let record = try find(id, reading) { records.append(record) }
        }
        return records
    }

    private static func record(_ row: borrowing Row) throws(DatabaseError) -> Record {
        let limit = BreachNotificationLimit(hours: Int(try row.int64(14)))
        let clock = BreachClock(
            suspectedAt: try row.timestampIfPresent(10), awareAt: try row.timestampIfPresent(11),
            processorNotifiedAt: try row.timestampIfPresent(12),
            limit: try row.value(14, .integer, limit),
            start: try row.value(13, .text, BreachClockStart(rawValue: try row.text(13))))
        let warned = Int(try row.int64(15))
        var duties: [IncidentAudience: Incident.Settlement] = [:]
        for (audience, column) in [(IncidentAudience.authority, 16), (.people, 19)] {
            let reason = try row.text(column + 2)
            if let told = try row.timestampIfPresent(column) {
                duties[audience] = .told(at: told, lateBecause: reason)
            } else if let waived = try row.timestampIfPresent(column + 1) {
                duties[audience] = .waived(at: waived, because: reason)
            }
        }
        let incident = Incident(
            id: try row.id(0),
            origin: try row.value(4, .text, Incident.Origin(rawValue: try row.text(4))),
            thing: try row.text(5), openedAt: try row.timestamp(6),
            state: try row.value(2, .text, IncidentState(rawValue: try row.text(2))),
            severity: try row.value(3, .text, Severity(rawValue: try row.text(3))),
            firstAt: try row.timestamp(7), lastAt: try row.timestamp(8), clock: clock,
            duties: duties,
            warned: warned == 0
                ? nil : try row.value(15, .integer, DeadlineWarning(rawValue: warned)),
            dismissedBecause: try row.text(22), closedAt: try row.timestampIfPresent(23),
            processor: try row.text(24), summary: try row.text(25))
        return Record(incident: incident, version: try row.int64(1), findings: try row.int64(9))
    }
}

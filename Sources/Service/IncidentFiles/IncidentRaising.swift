import Accounts
import Incidents
import Secrets
import Storage

extension Node {
    /// Puts a finding on the queue and into its incident, in the caller's transaction.
    ///
    /// A finding joins the latest incident about the same thing that takes it, or opens one; a low one
    /// opens none. Its own event carries the incident's id. Beside it stands one `opened`, or one
    /// `updated` where there is news (``Incident/add(_:isNew:)``): repeats of one finding coalesce.
    ///
    /// - Returns: the types of the events written, for ``noteEnqueued(_:)`` after the commit.
    /// - Throws: `.conflict` when somebody else changed the incident meanwhile.
    func raise(
        _ finding: Finding, at now: Timestamp, _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> [EventType] {
        let known = try IncidentStore.latest(
            about: finding.subject.thing, limit: Self.candidatesMax, transaction)
        if let record = known.first(where: { $0.incident.takes(finding) }) {
            return try join(finding, record, at: now, transaction)
        }
        let id = IncidentID(bytes: SystemRandom.bytes(count: 16))
        let settings = configuration.incidents
        guard
            let incident = Incident(
                openedBy: finding, id: id, limit: settings.limit, start: settings.start, at: now)
        else {
            try enqueue(event(finding, nil, at: now), transaction)
            return [finding.type]
        }
        try IncidentStore.insert(incident, findings: 1, transaction)
        _ = try IncidentFileStore.keep(IncidentFinding(finding), of: id, transaction)
        try IncidentFileStore.append(
            "opened", finding.message, to: id, by: serviceActor, at: now, transaction)
        try enqueue(event(.incidentOpened, incident, findings: 1, at: now), transaction)
        try enqueue(event(finding, incident, at: now), transaction)
        return [.incidentOpened, finding.type]
    }

    /// Of a thing that was dismissed and came back, the latest few say what to do.
    private static let candidatesMax = 8

    private func join(
        _ finding: Finding, _ record: IncidentStore.Record, at now: Timestamp,
        _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> [EventType] {
        var incident = record.incident
        let isNew = try IncidentFileStore.keep(
            IncidentFinding(finding), of: incident.id, transaction)
        let isNews = incident.add(finding, isNew: isNew)
        let findings = record.findings + (isNew ? 1 : 0)
        try IncidentStore.update(
            incident, version: record.version, findings: findings, transaction)
        if isNew || isNews {
            try IncidentFileStore.append(
                "found", finding.message, to: incident.id, by: serviceActor, isSeen: true, at: now,
                transaction)
        }
        try enqueue(event(finding, incident, at: now), transaction)
        guard isNews else { return [finding.type] }
        try enqueue(
            event(.incidentUpdated, incident, findings: Int(findings), at: now), transaction)
        return [finding.type, .incidentUpdated]
    }

    private func event(_ finding: Finding, _ incident: Incident?, at now: Timestamp) -> Event {
        Event(
            finding, incident: incident?.id,
            clock: finding.isSuspectedBreach ? incident?.clock : nil, id: eventID(at: now),
            deployment: deployment, at: now)
    }

    func event(
        _ type: EventType, _ incident: Incident, warning: DeadlineWarning? = nil, findings: Int,
        at now: Timestamp
    ) -> Event {
        Event(
            type, of: incident, warning: warning, findings: findings, id: eventID(at: now),
            deployment: deployment, at: now)
    }
}

/// Who writes in a timeline what nobody asked for.
let serviceActor = "service"

package import Accounts
package import Incidents
import Secrets
package import Storage

/// What people do with incidents, over HTTP and from the command line alike: each step one transaction
/// with its line in the timeline, its audit row and its event.
package struct IncidentBook: Sendable {
    let node: Node
    let actor: String

    package init(_ node: Node, actor: String) {
        self.node = node
        self.actor = actor
    }

    package var now: Timestamp { node.clock() }

    /// Incidents of one page.
    package static let pageRange = 1...200
    package static let pageDefault = 50
    /// Accounts of one page.
    package static let accountsRange = 1...1_000
    package static let accountsDefault = 1_000
    /// Scalars of a reason, and of the name of a processor.
    package static let reasonMax = 500
    /// Clocks that metrics show, the most urgent.
    static let clocksMax = 100

    package enum Failure: Error, Equatable, Sendable {
        case notFound
        case refused(IncidentError)
        /// No more versions of a dossier are kept.
        case full
        case database(DatabaseError)
    }

    /// One incident with all that belongs to it.
    package struct File: Sendable {
        package let record: IncidentStore.Record
        package let findings: [IncidentFinding]
        package let timeline: [IncidentFileStore.Entry]
    }

    /// A reason as it is kept: without spaces around, on one line.
    ///
    /// - Returns: `nil` when it is longer than ``reasonMax`` or holds control characters.
    package static func reason(parsing text: String) -> String? {
        var scalars = text.unicodeScalars[...]
        while let first = scalars.first, first.properties.isWhitespace { scalars.removeFirst() }
        while let last = scalars.last, last.properties.isWhitespace { scalars.removeLast() }
        let bad: Set<Unicode.GeneralCategory> = [.control, .lineSeparator, .paragraphSeparator]
        guard scalars.count <= reasonMax,
            scalars.allSatisfy({ !bad.contains($0.properties.generalCategory) })
        else { return nil }
        return String(String.UnicodeScalarView(scalars))
    }

    package func list(
        state: IncidentState?, after: IncidentID?, limit: Int
    ) throws(Failure) -> [IncidentStore.Record] {
        try reading { reader throws(DatabaseError) in
            try IncidentStore.page(state: state, after: after, limit: limit, reader)
        }
    }

    package func file(_ id: IncidentID) throws(Failure) -> File {
        let file = try reading { reader throws(DatabaseError) -> File? in
            guard let record = try IncidentStore.find(id, reader) else { return nil }
            return File(
                record: record, findings: try IncidentFileStore.findings(of: id, reader),
                timeline: try IncidentFileStore.timeline(of: id, reader))
        }
        guard let file else { throw .notFound }
        return file
    }

    /// Enters what a processor, or anybody, reported.
    package func report(
        _ summary: String, processor: String, since: Timestamp?
    ) throws(Failure) -> IncidentStore.Record {
        let now = node.clock()
        let settings = node.configuration.incidents
        let incident: Incident
        do {
            incident = try Incident(
                reported: summary, processor: processor, since: since ?? now,
                id: IncidentID(bytes: SystemRandom.bytes(count: 16)), limit: settings.limit,
                start: settings.start, at: now)
        } catch {
            throw .refused(error)
        }
        let record = try writing { transaction throws(DatabaseError) in
            try IncidentStore.insert(incident, findings: 0, transaction)
            try IncidentFileStore.append(
                "reported", processor.isEmpty ? summary : "\(processor): \(summary)",
                to: incident.id, by: actor, at: now, transaction)
            try node.audit(
                action: "incident.reported", of: incident.id.text, by: actor, at: now, transaction)
            try node.enqueue(
                node.event(.incidentOpened, incident, findings: 0, at: now), transaction)
            return Result<IncidentStore.Record, Failure>.success(
                .init(incident: incident, version: 1, findings: 0))
        }
        node.noteEnqueued(.incidentOpened)
        return record
    }

    /// Takes one step. Telling the authority also saves the dossier as it is then.
    package func take(
        _ step: IncidentStep, on id: IncidentID, because reason: String
    ) throws(Failure) -> IncidentStore.Record {
        let now = node.clock()
        let type: EventType = step == .closed ? .incidentClosed : .incidentUpdated
        let record = try writing { transaction throws(DatabaseError) in
            guard let record = try IncidentStore.find(id, transaction) else {
                return Result<IncidentStore.Record, Failure>.failure(.notFound)
            }
            if case .told(.authority, _) = step, try isFull(id, transaction) {
                return .failure(.full)
            }
            var incident = record.incident
            do throws(IncidentError) {
                try incident.take(step, because: reason, at: now)
            } catch {
                return .failure(.refused(error))
            }
            try IncidentStore.update(
                incident, version: record.version, findings: record.findings, transaction)
            try IncidentFileStore.append(
                step.word, Self.text(step, reason), to: id, by: actor, at: now, transaction)
            try node.audit(
                action: "incident.\(step.word)", of: id.text, by: actor, reason: reason, at: now,
                transaction)
            if case .told(.authority, _) = step {
                _ = try saveDossier(incident, at: now, transaction)
            }
            try node.enqueue(
                node.event(type, incident, findings: Int(record.findings), at: now), transaction)
            return .success(
                .init(incident: incident, version: record.version + 1, findings: record.findings))
        }
        node.noteEnqueued(type)
        return record
    }

    /// The time that a step gives, and why.
    private static func text(_ step: IncidentStep, _ reason: String) -> String {
        switch step {
        case .told(_, let at), .processorTold(let at), .confirmed(let at):
            at.rfc3339() + (reason.isEmpty ? "" : ": " + reason)
        case .dismissed, .waived, .closed: reason
        }
    }

    func reading<Answer>(
        _ body: (borrowing Reader) throws(DatabaseError) -> Answer
    ) throws(Failure) -> Answer {
        do {
            return try node.database.read(body)
        } catch {
            throw .database(error)
        }
    }

    /// Runs a step, again where somebody else was quicker: a detector adds to an incident while a person
    /// decides on it.
    func writing<Answer>(
        _ body: (borrowing Transaction) throws(DatabaseError) -> Result<Answer, Failure>
    ) throws(Failure) -> Answer {
        var conflicts = 0
        while true {
            let result: Result<Answer, Failure>
            do throws(DatabaseError) {
                result = try node.database.transaction(body)
            } catch {
                guard error == .conflict, conflicts < Self.conflictsMax else {
                    throw .database(error)
                }
                conflicts += 1
                continue
            }
            return try result.get()
        }
    }

    private static let conflictsMax = 5
}

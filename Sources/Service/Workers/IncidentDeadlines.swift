import Accounts
import Incidents
import Storage

/// Warns 48, 24 and 4 hours before an incident must be told, and when the time is over.
///
/// Every node looks. A warning is written in one transaction with the mark that it was told, which
/// names the version of the incident that was read: of two nodes one commits, after a restart the mark
/// is there, and a clock that goes back finds it too.
package struct IncidentDeadlines: Sendable {
    private let node: Node

    /// Incidents warned of in one round.
    private static let batchMax = 100

    package init(_ node: Node) {
        self.node = node
    }

    @Sendable package func round() {
        do {
            let now = node.clock()
            let due = try node.database.read { reader throws(DatabaseError) in
                try IncidentStore.toWarn(at: now, limit: Self.batchMax, reader)
            }
            for id in due { try warn(id, at: now) }
        } catch {
            node.log.warning("deadlines wait", .reason(String(describing: error)))
        }
    }

    private func warn(_ id: IncidentID, at now: Timestamp) throws(DatabaseError) {
        let warning: DeadlineWarning?
        do {
            warning = try node.database.transaction { transaction throws(DatabaseError) in
                guard let record = try IncidentStore.find(id, transaction),
                    let warning = record.incident.warningDue(at: now)
                else { return nil }
                var incident = record.incident
                incident.warn(warning)
                try IncidentStore.update(
                    incident, version: record.version, findings: record.findings, transaction)
                let word = warning == .missed ? "deadline_missed" : "deadline_approaching"
                try IncidentFileStore.append(
                    word, warning == .missed ? "" : "\(warning.hoursLeft) h", to: id,
                    by: serviceActor, at: now, transaction)
                try node.enqueue(
                    node.event(
                        warning.type, incident, warning: warning, findings: Int(record.findings),
                        at: now), transaction)
                return warning
            }
        } catch .conflict {
            // Another node told it, or somebody is working on it: the next round looks again.
            return
        }
        guard let warning else { return }
        node.noteEnqueued(warning.type)
        node.log.warning(
            warning == .missed
                ? "an incident was not told in time" : "an incident must be told soon",
            .key(id.text), .count("hours_left", Int(warning.hoursLeft)))
    }
}

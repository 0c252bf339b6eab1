import Accounts
import Incidents
import Storage

extension Node {
    /// Writes down that the log was verified, and raises the alarm where it is not sound.
    ///
    /// The event comes first and alone: in a log that was tampered with, the next record may not find a
    /// place.
    ///
    /// - Parameter actor: who verified.
    /// - Throws: when the event, or the record of a sound verification, cannot be written.
    package func conclude(
        _ report: AuditVerification.Report, by actor: String
    ) throws(StartError) {
        let now = clock()
        do {
            if !report.isSound {
                // The same tampering found again is the same finding.
                let finding = Finding(
                    .auditTampering, startTime: report.goodUntil ?? .epoch, at: now)
                try database.transaction { transaction throws(DatabaseError) in
                    try raise(finding, at: now, transaction)
                }
                noteEnqueued(finding.type)
                log.error(
                    "the audit log was tampered with", .count("faults", report.faults.count))
            }
        } catch {
            throw StartError(error, path: "the database")
        }
        do {
            try database.transaction { transaction throws(DatabaseError) in
                try audit(
                    action: report.isSound ? "audit_log.verified" : "audit_log.found_tampered",
                    of: "audit_log", by: actor, at: now, transaction)
            }
        } catch {
            guard !report.isSound else { throw StartError(error, path: "the database") }
            log.error("the verification cannot be recorded", .reason(String(describing: error)))
        }
    }

    private func raise(
        _ finding: Finding, at now: Timestamp, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try enqueue(
            Event(
                finding, incident: nil, clock: BreachClock(startedBy: finding),
                id: eventID(at: now), deployment: deployment, at: now), transaction)
    }
}

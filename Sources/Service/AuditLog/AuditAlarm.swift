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
        if !report.isSound {
            try alarm(
                Finding(.auditTampering, startTime: report.goodUntil ?? .epoch, at: now), at: now)
            log.error("the audit log was tampered with", .count("faults", report.faults.count))
        }
        do throws(DatabaseError) {
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

    /// The same tampering found again is the same finding, and joins its incident.
    func alarm(_ finding: Finding, at now: Timestamp) throws(StartError) {
        do throws(DatabaseError) {
            let types = try database.transaction { transaction throws(DatabaseError) in
                try raise(finding, at: now, transaction)
            }
            for type in types { noteEnqueued(type) }
        } catch {
            throw StartError(error, path: "the database")
        }
    }
}

package import Accounts
import Secrets
import Storage

extension Node {
    /// A page of the audit log, whose reading is recorded in the same transaction.
    package func readAuditLog(
        after sequence: Int64, count: Int, by actor: String
    ) throws(StartError) -> [ChainWalk.Row] {
        do {
            return try database.transaction { transaction throws(DatabaseError) in
                try auditLogPage(after: sequence, count: count, by: actor, transaction)
            }
        } catch {
            throw StartError(error, path: "the database")
        }
    }

    func auditLogPage(
        after sequence: Int64, count: Int, by actor: String, _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> [ChainWalk.Row] {
        let rows = try AuditStore.rows(after: sequence, limit: count, transaction)
        try audit(action: "audit_log.read", of: "audit_log", by: actor, at: clock(), transaction)
        return rows
    }
}

extension ChainWalk.Row {
    package var json: JSONValue {
        [
            "sequence": .integer(record.sequence), "id": .string(record.id),
            "at": .string(record.at.rfc3339(.microseconds)), "actor": .string(record.actor),
            "role": .string(record.role), "action": .string(record.action),
            "object": .string(record.object), "reason": .string(record.reason),
            "digest": .string(Hexadecimal.encode(digest.bytes)),
        ]
    }
}

extension AuditVerification.Report {
    package var json: JSONValue {
        [
            "sound": .boolean(isSound), "records": .integer(records),
            "begins_after": .integer(beginsAfter), "head": .integer(head?.sequence ?? 0),
            "digest": .string(Hexadecimal.encode((head?.digest ?? .zero).bytes)),
            "marks_agreeing": .integer(Int64(marksAgreeing)),
            "marks_undone_by_restore": .integer(Int64(marksUndone)),
            "not_chained_yet": .integer(strays), "fault_count": .integer(Int64(faults.count)),
            "faults": .array(faults.listed.map { .string($0.text) }),
        ]
    }

    package var summary: String {
        var text = "\(records) records followed, \(marksAgreeing) signed marks agree"
        if marksUndone > 0 { text += ", \(marksUndone) undone by a restore" }
        if strays > 0 { text += "; \(strays) of an older version join when a server runs" }
        return text + (isSound ? ": sound" : ": \(faults.count) faults")
    }
}

package import Accounts
import Secrets
package import Storage

extension Node {
    /// Removes the audit records from before a time, and leaves a signed anchor that the rest hangs on:
    /// without the key nobody can make a pruned log out of a truncated one.
    ///
    /// From the oldest on, up to the first record that is not over: a clock that went back hides nothing
    /// behind younger records. In small transactions, each with its anchor, so it can be cut off
    /// anywhere. The last anchor is published like a checkpoint, and the pruning is recorded.
    ///
    /// - Returns: how many records were removed.
    package func pruneAuditLog(
        before end: Timestamp, by actor: String = "service"
    ) throws(DatabaseError) -> Int {
        let now = clock()
        var total = 0
        var anchor: AuditMark?
        while true {
            let step = try database.transaction { transaction throws(DatabaseError) in
                try pruneStep(before: end, at: now, transaction)
            }
            guard let step else { break }
            total += step.count
            anchor = step.anchor
        }
        guard let anchor else { return 0 }
        publish(anchor)
        try database.transaction { transaction throws(DatabaseError) in
            try audit(
                action: "audit_log.pruned", of: "up to record \(anchor.sequence)", by: actor,
                at: now, transaction)
        }
        return total
    }

    /// Records removed in one transaction.
    private static let pruneBatchMax = 1_000

    private func pruneStep(
        before end: Timestamp, at now: Timestamp, _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> (count: Int, anchor: AuditMark)? {
        let oldest = try AuditStore.rows(
            after: .min, limit: Self.pruneBatchMax, transaction)
        guard let last = oldest.prefix(while: { $0.record.at < end }).last else { return nil }
        let position = ChainWalk.Position(sequence: last.record.sequence, digest: last.digest)
        let anchor: AuditMark
        do {
            anchor = try sign(.anchor, at: position, at: now)
        } catch {
            throw .refused("the anchor of the audit log cannot be signed: \(error)")
        }
        try AuditStore.keep(anchor, transaction)
        let count = try AuditStore.removeUpTo(anchor, transaction)
        return (count, anchor)
    }
}

/// What a restore leaves in the audit log.
package enum AuditRestore {
    /// Writes, in the transaction that makes a restored store fit to be served, a signed mark over the
    /// head that the backup had, and behind it the record of who restored. `loquet log verify` is then
    /// silent about checkpoints that were signed before over records which the restore undid.
    ///
    /// - Parameters:
    ///   - record: of the action ``ChainWalk/restoredAction``.
    ///   - source: the deployment's URI.
    /// - Returns: the mark, to be published where checkpoints are.
    package static func write(
        _ record: AuditStore.Record, source: String, keys: KeyRing,
        _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> AuditMark {
        precondition(record.action == ChainWalk.restoredAction)
        let key = keys.current(.auditCheckpoint)
        let head = try AuditStore.head(transaction) ?? .beginning
        let mark: AuditMark
        do {
            mark = try AuditMark(
                .restored, source: source, sequence: head.sequence, digest: head.digest,
                at: record.at, keyID: key.id.text, seed: key.secret)
        } catch {
            throw .refused("the restore record cannot be signed: \(error)")
        }
        try AuditStore.keep(mark, transaction)
        try AuditStore.append(record, transaction)
        return mark
    }
}

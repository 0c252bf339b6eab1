import Accounts

extension Node {
    /// What the audit log's checkpoints are watched by: one that is minutes old while the head moves on
    /// means that records wait unsigned.
    func auditGauges(head: ChainWalk.Position?, at now: Timestamp) -> [Metrics.Gauge] {
        let last = lastCheckpoint
        return [
            .init(
                "loquet_audit_head_sequence", "The number of the last audit record.",
                [("", Double(head?.sequence ?? 0))]),
            .init(
                "loquet_audit_checkpoint_sequence",
                "The last audit record under a checkpoint of this node.",
                last.map { [("", Double($0.sequence))] } ?? []),
            .init(
                "loquet_audit_checkpoint_age_seconds",
                "Since this node signed its last checkpoint; none is signed while nothing is new.",
                last.map { [("", Double((now - $0.at).microseconds) / 1e6)] } ?? []),
        ]
    }
}

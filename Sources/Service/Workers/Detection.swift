import Accounts
import Incidents
import Secrets
import Storage
import Threads

/// Folds the sign-in log through the detectors and puts what they find on the incident queue.
///
/// Rows are claimed by their state and marked in the transaction that enqueues their findings, so each
/// attempt is folded once and each finding is enqueued once, whatever is killed when. Sign-ins never
/// wait for it.
final class Detection: Sendable {
    private let node: Node
    private let detector: Guarded<BruteForceDetector>

    /// Rows folded in one transaction.
    private static let batchMax = 500
    /// How far back detectors look; no window is longer.
    private static let history = Duration.hours(24)
    /// Tags stand in the log this long: a password repeated in the next hour is still recognised.
    private static let tagLifetime = Duration.hours(2)

    /// Rebuilds the detectors from what they had folded before the restart.
    init(_ node: Node) throws(DatabaseError) {
        self.node = node
        detector = Guarded(try Self.rebuilt(node))
    }

    private static func rebuilt(_ node: Node) throws(DatabaseError) -> BruteForceDetector {
        var detector = BruteForceDetector()
        let since = node.clock() - history
        var last = ""
        while true {
            let page = try node.database.read { reader throws(DatabaseError) in
                try SignInStore.folded(since: since, after: last, limit: batchMax, reader)
            }
            // What these rows gave was enqueued with them.
            for record in page { _ = detector.observe(record.attempt, at: record.at) }
            guard page.count == batchMax, let end = page.last else { return detector }
            last = end.id
        }
    }

    func round() {
        do {
            try writeRefusals()
            while try foldBatch() == Self.batchMax {}
            try forgetTags()
        } catch {
            node.log.warning("detection waits", .reason(String(describing: error)))
        }
    }

    /// Writes the sign-ins that were refused since the last round.
    private func writeRefusals() throws(DatabaseError) {
        let rows = node.refusals.takeAll()
        guard !rows.isEmpty else { return }
        do {
            try node.database.transaction { transaction throws(DatabaseError) in
                for (row, seen) in rows {
                    let account = try AccountStore.find(locators: row.locators, transaction)
                    try SignInStore.append(
                        SignInAttempt(
                            outcome: .throttled,
                            account: account.map { .known($0.id) } ?? .unknown(row.locators[0]),
                            source: row.source, tags: seen.tags, count: seen.count),
                        id: node.eventID(at: seen.last).text, application: row.application,
                        at: seen.last, transaction)
                }
            }
        } catch {
            node.refusals.putBack(rows)
            throw error
        }
    }

    /// - Returns: how many rows were folded.
    private func foldBatch() throws(DatabaseError) -> Int {
        var next = detector.withLock { $0 }
        let batch = try node.database.read { reader throws(DatabaseError) in
            try SignInStore.unfolded(limit: Self.batchMax, reader)
        }
        guard !batch.isEmpty else { return 0 }
        var findings: [Finding] = []
        for record in batch { findings += next.observe(record.unfolded, at: record.at) }
        let now = node.clock()
        do {
            try node.database.transaction { transaction throws(DatabaseError) in
                for record in batch { try SignInStore.markFolded(record, transaction) }
                for finding in findings { try node.enqueue(event(finding, at: now), transaction) }
            }
        } catch .conflict {
            // A refused attempt joined a row meanwhile, or another node folded it: read again.
            let fresh = try Self.rebuilt(node)
            detector.withLock { $0 = fresh }
            return Self.batchMax
        }
        detector.withLock { $0 = next }
        for finding in findings {
            node.log.warning(
                "breach sign", .reason(finding.message),
                .count("severity", Int(finding.severity.number)))
        }
        return batch.count
    }

    private func event(_ finding: Finding, at now: Timestamp) -> Event {
        Event(
            finding, incident: nil,
            clock: finding.severity == .critical ? BreachClock(startedBy: finding) : nil,
            id: node.eventID(at: now), deployment: node.deployment, at: now)
    }

    private func forgetTags() throws(DatabaseError) {
        let before = node.clock() - Self.tagLifetime
        _ = try node.database.transaction { transaction throws(DatabaseError) in
            try SignInStore.nullTags(before: before, limit: 1_000, transaction)
        }
    }
}

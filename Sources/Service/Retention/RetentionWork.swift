import Accounts
import Secrets
import Storage
import Threads

/// Retention as the service does it: once a day on one node, a bounded number of steps a round, so that
/// a service that stops does not wait for it.
final class RetentionWork: Sendable {
    private struct Progress: Sendable {
        var run: RetentionRun?
        var lastDone: Timestamp?
    }

    private let node: Node
    private let holder = SystemRandom.bytes(count: 16)
    private let progress = Guarded(Progress())

    private static let lease = "retention"
    private static let leaseLength = Duration.seconds(60)
    private static let interval = Duration.days(1)
    /// One round's: at a few milliseconds each, a fraction of a second.
    private static let stepsMax = 20

    init(_ node: Node) {
        self.node = node
    }

    /// What goes wrong is logged and tried again in the next round.
    func round() {
        let now = node.clock()
        do throws(DatabaseError) {
            guard var run = try underWay(at: now), try takeLease(at: now) else { return }
            for _ in 0..<Self.stepsMax where !run.isDone { try run.step() }
            let isDone = run.isDone
            progress.withLock {
                $0 = Progress(run: isDone ? nil : run, lastDone: isDone ? now : nil)
            }
            if isDone { try finish(run) }
        } catch {
            node.log.warning("retention waits", .reason(String(describing: error)))
        }
    }

    /// Gives the lease back to whoever works on.
    func stop() {
        do throws(DatabaseError) {
            try release()
        } catch {
            node.log.warning("retention ends", .reason(String(describing: error)))
        }
    }

    private func underWay(at now: Timestamp) throws(DatabaseError) -> RetentionRun? {
        progress.withLock { progress in
            if let run = progress.run { return run }
            // In either direction: a clock that was put back must not stop it.
            if let last = progress.lastDone,
                abs((now - last).microseconds) < Self.interval.microseconds
            {
                return nil
            }
            return RetentionRun(node, actor: "retention")
        }
    }

    private func takeLease(at now: Timestamp) throws(DatabaseError) -> Bool {
        try node.database.transaction { transaction throws(DatabaseError) in
            try WorkLeaseStore.take(
                Self.lease, holder: holder, until: now + Self.leaseLength, at: now, transaction)
        }
    }

    private func finish(_ run: RetentionRun) throws(DatabaseError) {
        try release()
        let tally = run.tally
        guard !tally.isEmpty else { return }
        node.log.info(
            "retention is done", .count("records", Int(tally.records)),
            .count("tombstones", Int(tally.tombstones)), .count("accounts", Int(tally.accounts)),
            .count("consents", Int(tally.consents)), .count("log_rows", Int(tally.logRows)),
            .count("unused_closed", Int(tally.closed)))
    }

    private func release() throws(DatabaseError) {
        try node.database.transaction { transaction throws(DatabaseError) in
            try WorkLeaseStore.release(Self.lease, holder: holder, transaction)
        }
    }
}

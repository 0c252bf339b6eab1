import Accounts
import Incidents
import Storage
import Threads

/// Writes down uses of sessions, follows policy switches, and removes what is over: sessions, devices, throttle rows,
/// idempotency keys. In small transactions, so that nobody waits long behind it.
final class Housekeeping: Sendable {
    private let node: Node
    private let hashes: HashUpkeep
    private let lastSweep = Guarded(Timestamp.earliest)

    private static let sweepInterval = Duration.seconds(60)
    /// Rows removed in one transaction.
    private static let batchMax = 1_000

    init(_ node: Node) {
        self.node = node
        hashes = HashUpkeep(node)
        // What a process that was killed had deleted may still stand in the files.
        node.scrubs.request()
    }

    func round() {
        do {
            try writeTouches()
            try followPolicies()
            let now = node.clock()
            let isDue = lastSweep.withLock { last in
                // In either direction: a clock that was put back must not stop the sweeping.
                if abs((now - last).microseconds) < Self.sweepInterval.microseconds { return false }
                last = now
                return true
            }
            if isDue {
                sealWhatWasLeft()
                try sweep(at: now)
            }
            try hashes.step()
            try scrub()
        } catch {
            node.log.warning("housekeeping waits", .reason(String(describing: error)))
        }
    }

    /// So that the rule which is shown is the one in force, also where nobody signs in.
    private func followPolicies() throws(DatabaseError) {
        _ = try node.database.read { reader throws(DatabaseError) in
            try node.policies.current(reader)
        }
    }

    private func writeTouches() throws(DatabaseError) {
        let touches = node.touches.takeAll()
        guard !touches.isEmpty else { return }
        do {
            try node.database.transaction { transaction throws(DatabaseError) in
                for (session, time) in touches {
                    try SessionStore.touch(session, at: time, transaction)
                }
            }
        } catch {
            node.touches.putBack(touches)
            throw error
        }
    }

    /// Asked for again until it succeeds: somebody who reads for long can be in its way.
    private func scrub() throws(DatabaseError) {
        guard node.scrubs.takeRequest() else { return }
        do {
            try node.database.scrub()
        } catch {
            node.scrubs.request()
            throw error
        }
    }

    /// What cannot be sealed today must not keep the rest from being done.
    private func sealWhatWasLeft() {
        do {
            try ClosedRecordSealing(node: node).run()
        } catch {
            node.log.warning("closed accounts wait to be sealed", .reason(error.detail))
        }
    }

    private func sweep(at now: Timestamp) throws(DatabaseError) {
        try hashes.sweep()
        let limit = Self.batchMax
        let idleSince = now - node.lifetimes.idle
        try repeatedly { transaction throws(DatabaseError) in
            try SessionStore.deleteExpired(
                at: now, idleSince: idleSince, limit: limit, transaction)
        }
        try repeatedly { transaction throws(DatabaseError) in
            try DeviceStore.deleteExpired(at: now, limit: limit, transaction)
        }
        try repeatedly { transaction throws(DatabaseError) in
            try ThrottleStore.deleteDead(at: now, limit: limit, transaction)
        }
        try repeatedly { transaction throws(DatabaseError) in
            try IdempotencyStore.deleteExpired(
                before: now - Idempotency.lifetime, limit: limit, transaction)
        }
        for sink in node.sinks { try tellOfTheDead(in: sink, at: now) }
        for (application, count) in node.unattributed.takeAll() {
            node.log.warning(
                "sign-ins without a client address share one budget", .key(application),
                .count("sign_ins", count))
        }
    }

    private func tellOfTheDead(in sink: Sink, at now: Timestamp) throws(DatabaseError) {
        let buried = try node.database.transaction { transaction throws(DatabaseError) in
            var buried = try node.bury(sink: sink, at: now, transaction)
            // What died a moment ago and was not told yet.
            if try node.tellDead(of: sink, at: now, transaction) { buried.isTold = true }
            return buried
        }
        node.note(buried, in: sink)
    }

    private func repeatedly(
        _ removal: (borrowing Transaction) throws(DatabaseError) -> Int
    ) throws(DatabaseError) {
        while try node.database.transaction(removal) == Self.batchMax {}
    }
}

/// Set by a closure, taken by housekeeping: what was deleted must also leave the database's files.
final class ScrubRequests: Sendable {
    private let isWanted = Guarded(false)

    func request() {
        isWanted.withLock { $0 = true }
    }

    func takeRequest() -> Bool {
        isWanted.withLock { isWanted in
            defer { isWanted = false }
            return isWanted
        }
    }
}

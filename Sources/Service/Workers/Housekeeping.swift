import Accounts
import Storage
import Threads

/// Writes down uses of sessions, and removes what is over: sessions, devices, throttle rows,
/// idempotency keys. In small transactions, so that nobody waits long behind it.
final class Housekeeping: Sendable {
    private let node: Node
    private let lastSweep: Guarded<Timestamp>

    private static let sweepInterval = Duration.seconds(60)
    /// Rows removed in one transaction.
    private static let batchMax = 1_000

    init(_ node: Node) {
        self.node = node
        lastSweep = Guarded(.earliest)
    }

    func round() {
        do {
            try writeTouches()
            if node.scrubs.takeRequest() { try node.database.scrub() }
            let now = node.clock()
            let isDue = lastSweep.withLock { last in
                guard now - last >= Self.sweepInterval else { return false }
                last = now
                return true
            }
            if isDue { try sweep(at: now) }
        } catch {
            node.log.warning("housekeeping waits", .reason(String(describing: error)))
        }
    }

    private func writeTouches() throws(DatabaseError) {
        let touches = node.touches.takeAll()
        guard !touches.isEmpty else { return }
        try node.database.transaction { transaction throws(DatabaseError) in
            for (session, time) in touches {
                try SessionStore.touch(session, at: time, transaction)
            }
        }
    }

    private func sweep(at now: Timestamp) throws(DatabaseError) {
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
        try node.database.transaction { transaction throws(DatabaseError) in
            try node.buryDead(sink: pullSink, at: now, transaction)
        }
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

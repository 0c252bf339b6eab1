import Accounts
import Incidents
import Secrets
import Storage
import Threads

/// Folds the sign-in log through the detectors and puts what they find on the incident queue.
///
/// One node folds at a time, under a lease; the one that takes it over rebuilds the detectors from
/// what was folded before. Rows are claimed by their state and marked in the transaction that
/// enqueues their findings, so each attempt is folded once and each finding is enqueued once,
/// whatever is killed when. Sign-ins never wait for it.
final class Detection: Sendable {
    private let node: Node
    /// `nil` while another node folds.
    private let detectors = Guarded<Detectors?>(nil)
    private let holder = SystemRandom.bytes(count: 16)
    private let heldUntil = Guarded(Timestamp.earliest)

    /// Rows folded in one transaction.
    private static let batchMax = 500
    /// Rows read at a time to rebuild the detectors.
    private static let pageMax = 5_000
    /// Batches of one round, so that tags are forgotten in time even under a flood.
    private static let batchesMax = 100
    /// Tags stand in the log this long: a password repeated in the next hour is still recognised.
    private static let tagLifetime = Duration.hours(2)

    private static let leaseName = "detection"
    /// A node that was killed holds up detection this long.
    private static let leaseTime = Duration.seconds(15)

    init(_ node: Node) {
        self.node = node
    }

    private func rebuilt() throws(DatabaseError) -> Detectors {
        var detectors = Detectors(node.configuration.detection)
        let since = node.clock() - Detectors.history
        // Ids begin with their time.
        var last = EventID(at: since, random: [UInt8](repeating: 0, count: 10)).text
        while true {
            let page = try node.database.read { reader throws(DatabaseError) in
                try SignInStore.folded(since: since, after: last, limit: Self.pageMax, reader)
            }
            // What these rows gave was enqueued with them.
            for record in page { _ = detectors.observe(record.attempt, at: record.at) }
            guard page.count == Self.pageMax, let end = page.last else { return detectors }
            last = end.id
        }
    }

    func round() {
        do {
            try writeRefusals()
            guard try holdsLease() else {
                detectors.withLock { $0 = nil }
                return
            }
            for _ in 0..<Self.batchesMax where try foldBatch() < Self.batchMax { break }
            try forgetTags()
        } catch {
            node.log.warning("detection waits", .reason(String(describing: error)))
        }
    }

    /// Lets the next node take over at once.
    func stop() {
        do {
            try node.database.transaction { transaction throws(DatabaseError) in
                try WorkLeaseStore.release(Self.leaseName, holder: holder, transaction)
            }
        } catch {
            node.log.warning("the detection lease was not given back")
        }
    }

    private func holdsLease() throws(DatabaseError) -> Bool {
        let now = node.clock()
        let until = now + Self.leaseTime
        // Renewed when half of it is over: a lease is a commit.
        let remaining = heldUntil.withLock { $0 } - now
        if remaining > Self.leaseTime / 2, remaining <= Self.leaseTime { return true }
        let isHeld = try node.database.transaction { transaction throws(DatabaseError) in
            try WorkLeaseStore.take(
                Self.leaseName, holder: holder, until: until, at: now, transaction)
        }
        heldUntil.withLock { $0 = isHeld ? until : .earliest }
        return isHeld
    }

    /// Writes the sign-ins that were refused since the last round, some at a time, so that nobody
    /// waits long behind a flood of them.
    private func writeRefusals() throws(DatabaseError) {
        var rows = node.refusals.takeAll()[...]
        do {
            while !rows.isEmpty {
                try write(rows.prefix(Self.batchMax))
                rows = rows.dropFirst(Self.batchMax)
            }
        } catch {
            node.refusals.putBack(rows)
            throw error
        }
    }

    private func write(_ rows: ArraySlice<RefusedAttempts.Noted>) throws(DatabaseError) {
        try node.database.transaction { transaction throws(DatabaseError) in
            for (row, seen) in rows {
                let account = try AccountStore.id(locators: row.locators, transaction)
                try SignInStore.append(
                    SignInAttempt(
                        outcome: .throttled,
                        account: account.map { .known($0) }
                            ?? .unknown(UnknownID(locator: row.locators[0])),
                        source: row.source, tags: seen.tags, count: seen.count),
                    id: node.eventID(at: seen.last).text, application: row.application,
                    at: seen.last, transaction)
            }
        }
    }

    private func takeDetectors() throws(DatabaseError) -> Detectors {
        let kept = detectors.withLock { kept in
            defer { kept = nil }
            return kept
        }
        if let kept { return kept }
        return try rebuilt()
    }

    private func keep(_ folded: consuming Detectors) {
        let folded = folded
        detectors.withLock { $0 = folded }
    }

    /// - Returns: how many rows were folded.
    private func foldBatch() throws(DatabaseError) -> Int {
        let batch = try node.database.read { reader throws(DatabaseError) in
            try SignInStore.unfolded(limit: Self.batchMax, reader)
        }
        // Taken out, not copied. What was folded and not committed is forgotten and rebuilt.
        var next = try takeDetectors()
        var findings: [Finding] = []
        for record in batch { findings += next.observe(record.unfolded, at: record.at) }
        var enqueued: [EventType] = []
        if !batch.isEmpty {
            let now = node.clock()
            do {
                enqueued = try node.database.transaction { transaction throws(DatabaseError) in
                    for record in batch { try SignInStore.markFolded(record, transaction) }
                    var types: [EventType] = []
                    for finding in findings {
                        types += try node.raise(finding, at: now, transaction)
                    }
                    return types
                }
            } catch .conflict {
                // A refused attempt joined a row meanwhile, or another node folded it: read again.
                return 0
            }
        }
        keep(consume next)
        for type in enqueued { node.noteEnqueued(type) }
        for finding in findings {
            node.log.warning(
                "breach sign", .reason(finding.message),
                .count("severity", Int(finding.severity.number)))
        }
        return batch.count
    }

    private func forgetTags() throws(DatabaseError) {
        let before = node.clock() - Self.tagLifetime
        while try node.database.transaction({ transaction throws(DatabaseError) in
            try SignInStore.nullTags(before: before, limit: Self.batchMax, transaction)
        }) == Self.batchMax {}
    }
}

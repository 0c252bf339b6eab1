import Accounts
import Passwords
import Secrets
import Service
import Storage
import Testing
import Threads

/// A node on a store of the test's, with keys of its own and a clock that the test moves.
final class RetentionNode {
    let node: Node
    private let time: Guarded<Timestamp>

    var now: Timestamp { time.withLock { $0 } }

    init(
        _ database: any Database, in folder: TemporaryFolder, at start: Timestamp,
        notices: Configuration.Notices.Delivery
    ) throws {
        var configuration = Configuration()
        configuration.data = folder.path("data")
        configuration.hashing.memoryKiB = 32
        configuration.hashing.passes = 1
        configuration.notices.delivery = notices
        let time = Guarded(start)
        let log = Log(descriptor: -1, clock: { start })
        let directory = try DataDirectory(configuration)
        try directory.prepare()
        try Initialisation(directory: directory, database: database, actor: "cli:0")
            .run(archiveCertificate: nil) { _ in }
        node = try NodeStart(configuration, log: log).node(
            on: database, cost: try HashCost(memoryKiB: 32, passes: 1, parallelism: 1),
            clock: { time.withLock { $0 } })
        self.time = time
    }

    func wait(_ duration: Duration) {
        time.withLock { $0 = $0 + duration }
    }

    func set(_ now: Timestamp) {
        time.withLock { $0 = now }
    }

    /// A whole run, as the command makes it.
    @discardableResult
    func run() throws(DatabaseError) -> RetentionRun.Tally {
        var run = RetentionRun(node, actor: "test")
        while !run.isDone { try run.step() }
        return run.tally
    }
}

extension Store {
    /// With a node beside it.
    static func withNode(
        _ test: TestDatabase, at start: Timestamp = Timestamp(seconds: 1_795_385_071),
        notices: Configuration.Notices.Delivery = .none,
        _ body: (Store, RetentionNode) throws -> Void
    ) throws {
        let folder = try TemporaryFolder()
        let database = try test.open(folder)
        defer { database.close() }
        _ = try Migrations.loquet.apply(to: database, nowMicroseconds: 0)
        try body(
            Store(database: database),
            try RetentionNode(database, in: folder, at: start, notices: notices))
    }

    /// Closes an account as the schedule says: a sealed record for each category that keeps fields, the
    /// tombstone, nothing online. What is sealed does not matter here.
    func close(_ id: AccountID, with node: Node, at now: Timestamp) throws {
        try write { transaction throws(DatabaseError) in
            try close(id, with: node, at: now, transaction)
        }
    }

    func close(
        _ id: AccountID, with node: Node, at now: Timestamp, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        guard let account = try AccountStore.find(id, transaction) else { throw .conflict }
        let rules = node.retention.categories(closedAt: now)
        let kept = rules.filter { !$0.kept.isEmpty }
        let key = try archiveKey(transaction)
        for rule in kept {
            let sealed = SystemRandom.bytes(count: 32)
            try SealedRecordStore.insert(
                .init(
                    id: SealedRecordID(bytes: SystemRandom.bytes(count: 16)), account: id,
                    category: rule.name, basis: rule.basis,
                    eraseAfter: rule.eraseAfter(closedAt: now), sealed: sealed,
                    digest: .sha256(of: sealed), archiveKey: key, sealedAt: now), transaction)
        }
        let tombstone = node.retention.rule(for: .identifierTombstone, at: now)
        try AccountStore.close(
            account, at: now, tombstoneUntil: tombstone.eraseAfter(closedAt: now),
            hasRecords: !kept.isEmpty, transaction)
        try SessionStore.deleteAll(of: id, transaction)
    }

    private func archiveKey(_ transaction: borrowing Transaction) throws(DatabaseError) -> Digest {
        let bytes = try transaction.first("SELECT fingerprint FROM archive_certificate") {
            row throws(DatabaseError) in try row.bytes(0)
        }
        guard let digest = bytes.flatMap({ Digest(bytes: $0) }) else { throw .conflict }
        return digest
    }
}

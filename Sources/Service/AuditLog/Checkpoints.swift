package import Accounts
import Glibc
import Incidents
import Secrets
import Storage
import Threads

/// Takes rows of older versions into the audit log's chain, and signs checkpoints: a minute after the
/// last one when there are new records, at once after a thousand.
///
/// Each node signs what it sees, and only what follows from what it signed before: records between two
/// checkpoints that do not are tampering, found within the minute. A checkpoint goes to the service log and to the file that
/// `audit.checkpoint_file` names, so that it can leave the machine, and the latest ones stay in the
/// database.
final class Checkpoints: Sendable {
    private let node: Node
    private let last = Guarded<(position: ChainWalk.Position, at: Timestamp)?>(nil)

    private static let interval = Duration.minutes(1)
    private static let recordsMax: Int64 = 1_000
    /// Checkpoints kept in the database. The latest one stands for all records before it; older ones
    /// only tell more exactly where something was rewritten.
    private static let storedMax = 1_000
    /// Rows taken into the chain in one transaction.
    private static let batchMax = 500

    init(_ node: Node) {
        self.node = node
    }

    func round() {
        do {
            try adopt()
            try sign()
        } catch let error as DatabaseError {
            node.log.warning("checkpoints wait", .reason(String(describing: error)))
        } catch {
            node.log.error("a checkpoint cannot be signed", .reason(String(describing: error)))
        }
    }

    /// Rows of before this version, and those of servers of the version before that still run.
    func adopt() throws(DatabaseError) {
        let strays = try node.database.read { reader throws(DatabaseError) in
            try AuditStore.hasStrays(reader)
        }
        guard strays else { return }
        let now = node.clock()
        var total = 0
        while true {
            let count = try node.database.transaction { transaction throws(DatabaseError) in
                try AuditStore.adopt(limit: Self.batchMax, transaction)
            }
            total += count
            guard count == Self.batchMax else { break }
        }
        try node.database.transaction { transaction throws(DatabaseError) in
            try node.audit(
                action: "audit_log.adopted", of: "\(total) records", by: serviceActor, at: now,
                transaction)
        }
        node.log.info("audit records of an older version are chained", .count("records", total))
    }

    private func sign() throws {
        let now = node.clock()
        let head = try node.database.read { reader throws(DatabaseError) in
            try AuditStore.head(reader)
        }
        let last = last.withLock { $0 }
        guard let head, isDue(head, last, at: now) else { return }
        let walk = try follow(from: last?.position)
        self.last.withLock { $0 = (walk.position, now) }
        guard walk.faults.isEmpty else {
            try alarm(walk, at: now)
            return
        }
        let mark = try node.sign(.checkpoint, at: walk.position, at: now)
        node.publish(mark)
        try node.database.transaction { transaction throws(DatabaseError) in
            try AuditStore.keep(mark, transaction)
            try AuditStore.forgetCheckpoints(but: Self.storedMax, transaction)
        }
        node.checkpointed(upTo: walk.position.sequence, at: now)
    }

    private func isDue(
        _ head: ChainWalk.Position, _ last: (position: ChainWalk.Position, at: Timestamp)?,
        at now: Timestamp
    ) -> Bool {
        guard let last else { return true }
        guard head != last.position else { return false }
        // In either direction: neither a clock nor a log that went back may stop the signing.
        return abs((now - last.at).microseconds) >= Self.interval.microseconds
            || head.sequence < last.position.sequence
            || head.sequence - last.position.sequence >= Self.recordsMax
    }

    /// - Parameter position: what was signed last. The first time it is the head: what lies before is
    ///   for `loquet log verify`.
    private func follow(from position: ChainWalk.Position?) throws(DatabaseError) -> ChainWalk {
        try node.database.read { reader throws(DatabaseError) in
            let head = try AuditStore.head(reader)
            let begin = position ?? head ?? .beginning
            var walk = ChainWalk(from: begin)
            var last = begin.sequence
            while true {
                let page = try AuditStore.rows(after: last, limit: Self.batchMax, reader)
                for row in page { walk.take(row) }
                guard let end = page.last else { break }
                last = end.record.sequence
            }
            walk.end(head: head)
            return walk
        }
    }

    private func alarm(_ walk: ChainWalk, at now: Timestamp) throws(StartError) {
        node.log.error(
            "the audit log was tampered with", .count("faults", walk.faults.count),
            .reason(walk.faults.listed[0].text))
        try node.alarm(
            Finding(.auditTampering, startTime: walk.goodUntil ?? now, at: now), at: now)
    }
}

extension Node {
    /// Sends a mark on its way off the machine.
    package func publish(_ mark: AuditMark) {
        log.info("audit log", .mark(mark))
        guard let path = configuration.auditCheckpointFile else { return }
        do {
            try append(mark.line, to: path)
        } catch {
            log.error(
                "the checkpoint file cannot be written", .path(path), .reason(error.reason))
        }
    }

    private func append(_ line: String, to path: String) throws(FileError) {
        let descriptor = unsafe open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FileError(reason: systemReason()) }
        defer { close(descriptor) }
        guard writeAll(Array((line + "\n").utf8), to: descriptor), fsync(descriptor) == 0 else {
            throw FileError(reason: systemReason())
        }
    }
}

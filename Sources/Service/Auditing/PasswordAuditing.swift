import Accounts
import Storage
import Threads

/// The audits that administrators ask for over HTTP: one at a time over all nodes, made by whichever
/// node takes it, and taken over when that one falls silent.
final class PasswordAuditing: Sendable {
    /// Reports that are kept; older ones go.
    static let keptMax = 100
    /// An audit whose node has said nothing for so long is somebody else's to make.
    private static let silenceMax = Duration.seconds(60)

    private let node: Node
    private let isStopping = Guarded(false)

    init(_ node: Node) {
        self.node = node
    }

    /// An audit under way ends at its next page, and is made by whoever finds it silent.
    func stop() {
        isStopping.withLock { $0 = true }
    }

    func round() {
        guard !isStopping.withLock({ $0 }) else { return }
        do throws(DatabaseError) {
            let now = node.clock()
            let isOpen = try node.database.read { reader throws(DatabaseError) in
                try PasswordAuditStore.isOpen(reader)
            }
            guard isOpen else { return }
            let id = try node.database.transaction { transaction throws(DatabaseError) in
                try PasswordAuditStore.claim(
                    silentSince: now - Self.silenceMax, at: now, transaction)
            }
            if let id { try make(id) }
        } catch {
            node.log.warning("a password audit waits", .reason(String(describing: error)))
        }
    }

    private func make(_ id: String) throws(DatabaseError) {
        var spoken = node.clock()
        let report = try PasswordAudit(node).run(
            progress: { _ throws(DatabaseError) in
                guard !isStopping.withLock({ $0 }) else {
                    throw .unavailable("the service is stopping")
                }
                let now = node.clock()
                guard now - spoken >= .seconds(5) else { return }
                spoken = now
                try node.database.transaction { transaction throws(DatabaseError) in
                    try PasswordAuditStore.beat(id, at: now, transaction)
                }
            })
        let json: [UInt8]
        do {
            json = try report.json()
        } catch {
            node.log.error("an audit's report cannot be written", .reason(error.text))
            return
        }
        let now = node.clock()
        try node.database.transaction { transaction throws(DatabaseError) in
            try PasswordAuditStore.finish(
                id, report: json, countMax: Self.keptMax, at: now, transaction)
        }
        node.log.info("a password audit is done", .count("accounts", report.accounts.accounts))
    }
}

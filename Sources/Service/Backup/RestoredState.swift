import Accounts
import Secrets
import Storage

/// A database as a backup left it, made fit to be served.
struct RestoredState {
    private let node: Node
    private let actor: String

    init(_ node: Node, actor: String) {
        self.node = node
        self.actor = actor
    }

    /// Signs the record of the restore, ends sessions and replays erasures.
    ///
    /// The mark says where the log stood, and the first record behind it who restored: what was signed
    /// about the records that are now missing is no tampering then.
    func settle(
        _ manifest: BackupManifest, _ replay: ErasureReplay, reason: String
    ) throws(StartError) -> Restore.Outcome {
        let now = node.clock()
        do {
            let head = try node.database.read { reader throws(DatabaseError) in
                try AuditStore.head(reader)
            }
            let mark = try node.sign(.restored, at: head ?? .beginning, at: now)
            let (sessions, keys) = try node.database.transaction {
                transaction throws(DatabaseError) in
                try AuditStore.keep(mark, transaction)
                try node.audit(
                    action: ChainWalk.restoredAction, of: manifest.id, by: actor,
                    reason: "made \(manifest.madeAt.rfc3339()); \(reason)", at: now, transaction)
                let keys =
                    try APIKeyStore.all(.application, transaction)
                    + APIKeyStore.all(.administrator, transaction)
                return (
                    try RestoredStore.endSessions(transaction),
                    keys.count { $0.isValid(at: now) }
                )
            }
            let erasures = try replay.run(on: node)
            try node.database.transaction { transaction throws(DatabaseError) in
                try node.audit(
                    action: "store.erasures_replayed", of: manifest.id, by: actor,
                    reason: erasures.text, at: now, transaction)
            }
            node.publish(mark)
            return Restore.Outcome(
                manifest: manifest, sessionsEnded: sessions, keysValid: keys,
                erasures: erasures, mark: mark.line)
        } catch let error as StartError {
            throw error
        } catch let error as DatabaseError {
            throw StartError(error, path: "the database")
        } catch {
            throw .refused("the restore cannot be signed: \(error)")
        }
    }
}

import Accounts
import Incidents
import Secrets
import Storage

/// A database as a backup left it, made fit to be served. The same for SQLite and for PostgreSQL.
struct RestoredState {
    private let configuration: Configuration
    private let database: any Database
    private let actor: String

    init(_ configuration: Configuration, _ database: any Database, actor: String) {
        self.configuration = configuration
        self.database = database
        self.actor = actor
    }

    /// Replays erasures, ends sessions and writes the record of the restore.
    ///
    /// - Throws: when the keys are not those the database was written with.
    func settle(
        _ manifest: BackupManifest, _ replay: ErasureReplay, reason: String
    ) throws(StartError) -> Restore.Outcome {
        do {
            let records = try database.read { reader throws(DatabaseError) in
                try KeyStore.all(reader)
            }
            _ = try KeyRing.load(
                KeyDirectory(dataDirectory: configuration.data), records: records)
            let now = systemTime()
            let erasures = try replay.run(on: database, at: now)
            return try database.transaction { transaction throws(DatabaseError) in
                let sessions = try RestoredStore.endSessions(transaction)
                let keys =
                    try APIKeyStore.all(.application, transaction)
                    + APIKeyStore.all(.administrator, transaction)
                try AuditStore.append(
                    .init(
                        id: EventID(at: now, random: SystemRandom.bytes(count: 10)).text, at: now,
                        actor: actor, action: "store.restored", object: manifest.id,
                        reason: "made \(manifest.madeAt.rfc3339()); \(erasures.text); \(reason)"),
                    transaction)
                return Restore.Outcome(
                    manifest: manifest, sessionsEnded: sessions,
                    keysValid: keys.count { $0.isValid(at: now) }, erasures: erasures)
            }
        } catch let error as KeyError {
            throw StartError(error)
        } catch let error as DatabaseError {
            throw StartError(error, path: "the database")
        } catch {
            throw .refused("\(error)")
        }
    }
}

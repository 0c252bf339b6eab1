import Accounts
import Foundation
import Glibc
import Incidents
import Secrets
import Storage

/// `loquet restore`: a store from a backup, in a data directory that has none.
///
/// Everything is checked before the database gets its name: the manifest's signature, the file's digest,
/// every page, index and reference, and that the keys are those it was written with. What the service
/// promised since the backup was made it must not forget: erasures are replayed, sessions ended, and a
/// record of the restore is signed.
package struct Restore: Sendable {
    package struct Outcome: Sendable {
        package let manifest: BackupManifest
        package let sessionsEnded: Int
        /// Keys of applications and administrators that are valid again or still.
        package let keysValid: Int
        package let erasures: ErasureReplay.Outcome
        /// The signed record of the restore: keep it where checkpoints are kept.
        package let mark: String
    }

    package enum Step: Sendable {
        case copying(done: Int64, total: Int64)
        case checking
    }

    private let configuration: Configuration
    private let directory: DataDirectory
    private let source: String
    private let actor: String
    private let log: Log

    /// - Parameters:
    ///   - source: the directory that `loquet backup` made.
    ///   - actor: `cli:<uid>`, for the audit log.
    package init(
        _ configuration: Configuration, from source: String, actor: String, log: Log
    ) throws(StartError) {
        try configuration.checkRegions()
        self.configuration = configuration
        directory = try DataDirectory(configuration)
        self.source = source
        self.actor = actor
        self.log = log
    }

    /// - Parameters:
    ///   - passphrase: of the keys in the backup; `nil` when they are in the data directory already.
    ///   - journal: paths of the erasure journal as it left the machine; none records the gap.
    ///   - reason: for the audit log.
    package func run(
        passphrase: Passphrase?, journal: [String], reason: String,
        onFatal: @escaping @Sendable (String) -> Never, progress: (Step) -> Void
    ) throws(StartError) -> Outcome {
        guard case .sqlite(let path) = directory.location else {
            throw .refused(
                "the store is PostgreSQL: restore it with pg_restore, then run loquet restore "
                    + "--in-place")
        }
        let signed = try manifest()
        let replay = try ErasureReplay(journal, since: signed.manifest.madeAt)
        try directory.prepare()
        try directory.lock()
        try refuseStore(at: path)
        if let passphrase { try unpackKeys(passphrase) }
        try check(signed)
        let temporary = "\(path).restoring-\(Hexadecimal.encode(SystemRandom.bytes(count: 4)))"
        do throws(StartError) {
            try copy(to: temporary, signed.manifest) { progress(.copying(done: $0, total: $1)) }
            progress(.checking)
            try refuseFaults(in: temporary)
            let outcome = try finish(temporary, signed.manifest, replay, reason, onFatal)
            guard unsafe link(temporary, path) == 0 else {
                throw StartError.refused("cannot make \(path): \(systemReason())")
            }
            _ = unsafe unlink(temporary)
            try sync(directoryOf: path)
            return outcome
        } catch {
            for end in ["", "-wal", "-shm", "-journal"] { _ = unsafe unlink(temporary + end) }
            throw error
        }
    }

    private func manifest() throws(StartError) -> SignedManifest {
        let path = "\(source)/\(Backup.manifestFile)"
        let bytes: [UInt8]
        do {
            bytes = try readBoundedFile(path, bytesMax: BackupManifest.bytesMax)
        } catch {
            throw .refused("cannot read \(path): \(error.reason)")
        }
        guard let signed = SignedManifest(bytes) else {
            throw .refused("\(path) is no manifest of a backup")
        }
        guard signed.manifest.schemaVersion <= Migrations.loquet.count else {
            throw .refused(
                "the backup has schema version \(signed.manifest.schemaVersion) and this program knows "
                    + "versions up to \(Migrations.loquet.count): take a newer program")
        }
        return signed
    }

    private func refuseStore(at path: String) throws(StartError) {
        for end in ["", "-wal", "-shm"] {
            var status = stat()
            guard unsafe lstat(path + end, &status) != 0 else {
                throw .refused(
                    "\(path + end) is there already: restore into a directory without a store")
            }
        }
    }

    /// A key that is there already must be the same.
    private func unpackKeys(_ passphrase: Passphrase) throws(StartError) {
        let path = "\(source)/\(Backup.keysFile)"
        let keys: [Key]
        do {
            let sealed = try readBoundedFile(path, bytesMax: 1_048_576)
            let text = try PassphraseSeal.open(sealed, passphrase: passphrase.secret)
            guard let found = KeyBundle.keys(in: text) else {
                throw StartError.refused("\(path) holds something else than keys")
            }
            keys = found
        } catch let error as FileError {
            throw .refused("cannot read \(path): \(error.reason)")
        } catch let error as StartError {
            throw error
        } catch {
            throw .refused("\(path) does not open with this passphrase, or was altered")
        }
        let files = KeyDirectory(dataDirectory: configuration.data)
        do throws(KeyError) {
            let held = try files.load()
            for key in keys {
                guard let same = held.first(where: { $0.purpose == key.purpose && $0.id == key.id })
                else {
                    try files.save(key)
                    continue
                }
                let isSame = constantTimeEquals(
                    same.checkValue.bytes.span, key.checkValue.bytes.span)
                guard isSame else { throw .different(key.purpose, key.id) }
            }
        } catch {
            throw StartError(error)
        }
    }

    /// The keys are there, and one of them signed the manifest.
    private func check(_ signed: SignedManifest) throws(StartError) {
        let held: [Key]
        do {
            held = try KeyDirectory(dataDirectory: configuration.data).load()
        } catch {
            throw StartError(error)
        }
        for name in signed.manifest.keys
        where !held.contains(where: { KeyName($0.purpose, $0.id).file == name }) {
            throw .refused(
                "keys/\(name) is missing from \(configuration.data): copy keys/ there, or take the "
                    + "keys from the backup with --with-keys")
        }
        guard
            let key = held.first(where: {
                $0.purpose == .auditCheckpoint && $0.id == signed.keyID
            })
        else { throw .refused("the backup was signed with a key that is not in keys/") }
        let publicKey: [UInt8]
        do {
            publicKey = try Ed25519.publicKey(of: key.secret)
        } catch {
            throw .refused("\(error)")
        }
        guard signed.isSigned(by: publicKey) else {
            throw .refused("\(source)/\(Backup.manifestFile) was altered after it was signed")
        }
    }

    private func copy(
        to temporary: String, _ manifest: BackupManifest, _ progress: (Int64, Int64) -> Void
    ) throws(StartError) {
        let path = "\(source)/\(Backup.databaseFile)"
        let input = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard input >= 0 else { throw .refused("cannot read \(path): \(systemReason())") }
        defer { close(input) }
        let output = unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard output >= 0 else { throw .refused("cannot make \(temporary): \(systemReason())") }
        defer { close(output) }
        let stream = SHA256Stream()
        var done: Int64 = 0
        var piece = [UInt8](repeating: 0, count: 1_048_576)
        while true {
            let count = unsafe piece.withUnsafeMutableBytes {
                unsafe read(input, $0.baseAddress, $0.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .refused("cannot read \(path): \(systemReason())") }
            guard count > 0 else { break }
            stream.update(piece.span.extracting(0..<count))
            guard writeAll(Array(piece[..<count]), to: output) else {
                throw .refused("cannot write \(temporary): \(systemReason())")
            }
            done += Int64(count)
            progress(done, manifest.databaseBytes)
        }
        guard fsync(output) == 0 else { throw .refused("\(temporary): \(systemReason())") }
        guard done == manifest.databaseBytes, stream.finish() == manifest.databaseDigest else {
            throw .refused("\(path) is not the file that the manifest was signed for")
        }
    }

    private func refuseFaults(in path: String) throws(StartError) {
        do {
            let faults = try SQLiteBackup.faults(in: path)
            guard faults.isEmpty else {
                throw StartError.refused(
                    "the backup is damaged: \(faults.prefix(3).joined(separator: "; "))")
            }
        } catch let error as DatabaseError {
            throw StartError(error, path: path)
        } catch let error as StartError {
            throw error
        } catch {
            throw .refused("\(error)")
        }
    }

    /// Brings the copy up to date and makes good what it does not know.
    private func finish(
        _ path: String, _ manifest: BackupManifest, _ replay: ErasureReplay, _ reason: String,
        _ onFatal: @escaping @Sendable (String) -> Never
    ) throws(StartError) -> Outcome {
        do {
            let database = try DatabaseLocation.sqlite(path: path)
                .open(for: .migrating, onFatal: onFatal)
            defer { database.close() }
            try Migrations.loquet.apply(
                to: database, nowMicroseconds: systemTime().microseconds)
            let node = try NodeStart(configuration, log: log).node(on: database)
            let outcome = try RestoredState(node, actor: actor)
                .settle(manifest, replay, reason: reason)
            // What was erased must not stand in the log beside the file.
            try database.scrub()
            return outcome
        } catch let error as DatabaseError {
            throw StartError(error, path: path)
        } catch let error as StartError {
            throw error
        } catch {
            throw .refused("\(error)")
        }
    }
}

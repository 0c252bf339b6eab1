import Accounts
import Foundation
import Glibc
import Incidents
import Secrets
package import Storage

/// `loquet backup`: the database as it was at one moment, made while the service runs; a signed
/// ``BackupManifest``; and the keys, when asked for, under a passphrase.
///
/// A directory, complete or not there at all: it gets its name when everything in it is on the disk and
/// was checked. PostgreSQL's own tools back up PostgreSQL; what this does for SQLite, `pg_dump` does there.
package struct Backup: Sendable {
    package static let databaseFile = "loquet.sqlite"
    package static let manifestFile = "manifest"
    package static let keysFile = "keys.cms"

    private let configuration: Configuration
    private let directory: DataDirectory
    private let actor: String

    /// - Parameter actor: `cli:<uid>`, for the audit log.
    package init(_ configuration: Configuration, actor: String) throws(StartError) {
        try configuration.checkRegions()
        self.configuration = configuration
        directory = try DataDirectory(configuration)
        self.actor = actor
    }

    /// - Parameters:
    ///   - destination: where nothing is yet.
    ///   - passphrase: for the keys; `nil` leaves them out.
    /// - Throws: also when the disk is full; then nothing is left behind.
    package func run(
        to destination: String, passphrase: Passphrase?,
        onFatal: @escaping @Sendable (String) -> Never,
        progress: (SQLiteBackup.Progress) -> Void
    ) throws(StartError) -> BackupManifest {
        guard case .sqlite(let path) = directory.location else {
            throw .refused(
                "the store is PostgreSQL: back it up with pg_dump or pg_basebackup, and copy keys/")
        }
        try refuse(destination)
        let database = try directory.openCurrent(onFatal: onFatal)
        defer { database.close() }
        let now = systemTime()
        let keys = try keyRing(database)
        let partial = "\(destination).partial-\(Hexadecimal.encode(SystemRandom.bytes(count: 4)))"
        do {
            try makePrivateDirectory(partial)
        } catch {
            throw .refused("cannot make \(partial): \(error.reason)")
        }
        do throws(StartError) {
            let manifest = try write(
                into: partial, from: path, keys, passphrase: passphrase, at: now, progress)
            guard unsafe rename(partial, destination) == 0 else {
                throw StartError.refused("cannot make \(destination): \(systemReason())")
            }
            try sync(directoryOf: destination)
            try record(manifest, on: database)
            return manifest
        } catch {
            removeTree(partial)
            throw error
        }
    }

    private func write(
        into partial: String, from path: String, _ keys: KeyRing, passphrase: Passphrase?,
        at now: Timestamp, _ progress: (SQLiteBackup.Progress) -> Void
    ) throws(StartError) -> BackupManifest {
        let copy = "\(partial)/\(Self.databaseFile)"
        let faults: [String]
        do {
            try SQLiteBackup.run(from: path, to: copy, progress: progress)
            faults = try SQLiteBackup.faults(in: copy)
        } catch {
            throw StartError(error, path: copy)
        }
        guard faults.isEmpty else {
            throw .refused("the database is damaged: \(faults.prefix(3).joined(separator: "; "))")
        }
        let (size, digest) = try synced(copy)
        let all = KeyPurpose.allCases.flatMap { keys.all($0) }
        let manifest = BackupManifest(
            id: EventID(at: now, random: SystemRandom.bytes(count: 10)).text, madeAt: now,
            source: configuration.source, schemaVersion: Migrations.loquet.count,
            databaseBytes: size, databaseDigest: digest,
            keys: all.map { KeyName($0.purpose, $0.id).file }.sorted())
        do {
            if let passphrase {
                let sealed = try PassphraseSeal.seal(
                    KeyBundle.text(of: all), passphrase: passphrase.secret)
                try writePrivateFile("\(partial)/\(Self.keysFile)", sealed.span)
            }
            let key = keys.current(.auditCheckpoint)
            let signed = try manifest.signed(keyID: key.id, seed: key.secret)
            try writePrivateFile("\(partial)/\(Self.manifestFile)", signed.span)
        } catch let error as FileError {
            throw .refused("cannot write into \(partial): \(error.reason)")
        } catch {
            throw .refused("the backup cannot be signed or its keys sealed: \(error)")
        }
        return manifest
    }

    /// In the store that was copied, and so not in the copy.
    private func record(
        _ manifest: BackupManifest, on database: any Database
    ) throws(StartError) {
        let now = systemTime()
        do {
            try database.transaction { transaction throws(DatabaseError) in
                try AuditStore.append(
                    .init(
                        id: EventID(at: now, random: SystemRandom.bytes(count: 10)).text, at: now,
                        actor: actor, action: "backup.made", object: manifest.id), transaction)
            }
        } catch {
            throw StartError(error, path: "the database")
        }
    }

    private func keyRing(_ database: any Database) throws(StartError) -> KeyRing {
        do {
            let records = try database.read { reader throws(DatabaseError) in
                try KeyStore.all(reader)
            }
            return try KeyRing.load(
                KeyDirectory(dataDirectory: configuration.data), records: records)
        } catch let error as KeyError {
            throw StartError(error)
        } catch let error as DatabaseError {
            throw StartError(error, path: directory.path)
        } catch {
            throw .refused("\(error)")
        }
    }

    private func refuse(_ destination: String) throws(StartError) {
        var status = stat()
        guard unsafe lstat(destination, &status) != 0 else {
            throw .refused("\(destination) is there already; nothing was changed")
        }
        let parent = URL(fileURLWithPath: destination).deletingLastPathComponent()
            .resolvingSymlinksInPath().path
        guard configuration.regions.backup == .init(), let kind = fileSystem(of: parent),
            networkFileSystems.contains(where: kind.hasPrefix)
        else { return }
        throw .configuration(
            "backup.region: not declared, and \(parent) is on another machine's disk (\(kind))")
    }
}

/// Types in mounts(5) that keep their files elsewhere.
private let networkFileSystems = ["nfs", "cifs", "smb", "ceph", "afs", "9p", "fuse."]

/// The type of the file system that a directory is on, as /proc/self/mounts names it: of the mount with
/// the longest path, the latest of several. `nil` where that cannot be read.
private func fileSystem(of directory: String) -> String? {
    let text: [UInt8]
    do {
        text = try readBoundedFile("/proc/self/mounts", bytesMax: 1_048_576)
    } catch {
        return nil
    }
    var best: (length: Int, kind: String)?
    for line in String(decoding: text, as: UTF8.self).split(separator: "\n") {
        let words = line.split(separator: " ")
        guard words.count >= 3 else { continue }
        let place = String(words[1])
        let isAbove = place == "/" || directory == place || directory.hasPrefix(place + "/")
        if isAbove, place.utf8.count >= best?.length ?? 0 {
            best = (place.utf8.count, String(words[2]))
        }
    }
    return best?.kind
}

/// Waits until a file is on the disk, and says what is in it.
func synced(_ path: String) throws(StartError) -> (bytes: Int64, digest: Digest) {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .refused("cannot open \(path): \(systemReason())") }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw .refused("\(path): \(systemReason())") }
    let stream = SHA256Stream()
    var count: Int64 = 0
    var piece = [UInt8](repeating: 0, count: 1_048_576)
    while true {
        let got = unsafe piece.withUnsafeMutableBytes {
            unsafe read(descriptor, $0.baseAddress, $0.count)
        }
        if got < 0, errno == EINTR { continue }
        guard got >= 0 else { throw .refused("\(path): \(systemReason())") }
        guard got > 0 else { break }
        stream.update(piece.span.extracting(0..<got))
        count += Int64(got)
    }
    return (count, stream.finish())
}

func sync(directoryOf path: String) throws(StartError) {
    do {
        try syncDirectory(of: path)
    } catch {
        throw .refused("\(path): \(error.reason)")
    }
}

/// What is left of a run that failed. That it cannot be removed is no second failure: its name says what
/// it is.
private func removeTree(_ path: String) {
    do {
        try FileManager.default.removeItem(atPath: path)
    } catch {}
}

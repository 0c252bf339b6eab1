import Accounts
import Incidents
import Secrets
package import Storage

/// What is shown once, when a deployment is made.
package struct FirstKeys: Sendable {
    /// Every role but archivist, for seven days.
    package let adminKey: String
    package let appKey: String
    /// PKCS #8 PEM; `nil` when a certificate was given.
    package let archiveKey: String?
}

/// Makes a deployment: its keys, its archive certificate, the first administrator and application.
package struct Initialisation: Sendable {
    private let directory: DataDirectory
    private let database: any Database
    private let actor: String

    package static let firstAdministratorLifetime = Duration.days(7)

    /// - Parameter actor: who does it, for the audit log: `cli:<uid>`.
    package init(directory: DataDirectory, database: any Database, actor: String) {
        self.directory = directory
        self.database = database
        self.actor = actor
    }

    package func isDone() throws(StartError) -> Bool {
        do {
            return try database.read { reader throws(DatabaseError) in
                !(try KeyStore.all(reader).isEmpty)
            }
        } catch {
            throw StartError(error, path: directory.path)
        }
    }

    /// Keys go to their files first, then everything else in one transaction. Stopped in between, the
    /// next call adopts the keys that are there.
    ///
    /// - Parameter archiveCertificate: PEM; `nil` makes a pair.
    /// - Parameter show: shows the first keys. It runs before anything is committed, and when it throws
    ///   nothing was: a key that nobody could read must not be the only one there is.
    /// - Throws: when the store already has keys: new ones would make its data unreadable.
    package func run(
        archiveCertificate: String?, show: (FirstKeys) throws(StartError) -> Void
    ) throws(StartError) {
        guard try !isDone() else {
            throw .refused("\(directory.path) is initialised already; nothing was changed")
        }
        let (certificate, privateKey) = try archive(archiveCertificate)
        let keys = try serviceKeys()
        let adminSecret = SystemRandom.secret(count: 32)
        let appSecret = SystemRandom.secret(count: 32)
        let now = systemTime()
        let administrator = APIKeyStore.Record(
            id: AdministratorID(bytes: SystemRandom.bytes(count: 16)).text, kind: .administrator,
            name: "first administrator",
            roles: Role.allCases.filter { $0 != .archivist }.map(\.rawValue),
            createdAt: now, expiresAt: now + Self.firstAdministratorLifetime)
        let application = APIKeyStore.Record(
            id: ApplicationID(bytes: SystemRandom.bytes(count: 16)).text, kind: .application,
            name: "first application", roles: [], createdAt: now, expiresAt: nil)
        let adminDigest = Token(.administrator, of: adminSecret).digest
        let appDigest = Token(.application, of: appSecret).digest
        try show(
            FirstKeys(
                adminKey: Token.text(.administrator, of: adminSecret),
                appKey: Token.text(.application, of: appSecret), archiveKey: privateKey))
        do {
            try database.transaction { transaction throws(DatabaseError) in
                for key in keys {
                    try KeyStore.insert(
                        .init(
                            id: key.id.text, purpose: key.purpose.rawValue,
                            checkValue: key.checkValue, isCurrent: true),
                        at: now, transaction)
                }
                try ArchiveCertificateStore.insert(certificate, at: now, transaction)
                try APIKeyStore.insert(administrator, digest: adminDigest, transaction)
                try APIKeyStore.insert(application, digest: appDigest, transaction)
                try AuditStore.append(
                    .init(
                        id: EventID(at: now, random: SystemRandom.bytes(count: 10)).text, at: now,
                        actor: actor, action: "deployment.initialised", object: administrator.id),
                    transaction)
            }
        } catch .uniqueViolation {
            throw .refused(
                "the keys just shown are void, because another node initialised the database first: "
                    + "copy its keys/ into \(directory.path)")
        } catch {
            throw .refused(
                "the keys just shown are void, because the store could not be written: "
                    + StartError(error, path: directory.path).text)
        }
    }

    /// One key for each purpose, in files that are durable when this returns.
    private func serviceKeys() throws(StartError) -> [Key] {
        let files = KeyDirectory(dataDirectory: directory.path)
        do {
            var keys = try files.load()
            for purpose in KeyPurpose.allCases
            where !keys.contains(where: { $0.purpose == purpose }) {
                let key = Key.generate(purpose)
                try files.save(key)
                keys.append(key)
            }
            return KeyPurpose.allCases.compactMap { purpose in
                keys.first { $0.purpose == purpose }
            }
        } catch {
            throw StartError(error)
        }
    }

    private func archive(
        _ given: String?
    ) throws(StartError) -> (ArchiveCertificate, privateKey: String?) {
        do {
            if let given { return (try ArchiveCertificate(pem: given), nil) }
            let pair = try ArchivePair.generate()
            let text = pair.privateKeyPEM.withBytes { bytes in
                String(decoding: bytes.indices.map { bytes[$0] }, as: UTF8.self)
            }
            return (pair.certificate, text)
        } catch .unusableCertificate(let expected) {
            throw .configuration("the archive certificate cannot be used: \(expected)")
        } catch {
            throw .refused("the archive pair cannot be made: \(error)")
        }
    }
}

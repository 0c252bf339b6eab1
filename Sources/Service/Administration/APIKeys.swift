import Accounts
import Incidents
import Secrets
package import Storage

/// Making, listing and revoking the keys of applications and administrators, audited.
package struct APIKeys: Sendable {
    private let database: any Database
    private let actor: String

    /// - Parameter actor: `cli:<uid>`, for the audit log.
    package init(_ database: any Database, actor: String) {
        self.database = database
        self.actor = actor
    }

    /// Shows a key to its owner, once. Runs before the key is valid, and when it throws it never is.
    package typealias Show = (_ id: String, _ key: String) throws(StartError) -> Void

    package func add(application name: String, show: Show) throws(StartError) {
        try add(
            .application, .application,
            id: ApplicationID(bytes: SystemRandom.bytes(count: 16)).text,
            name: name, roles: [], lifetime: nil, show: show)
    }

    /// - Parameter lifetime: administrators' keys always expire.
    package func add(
        administrator name: String, roles: [Role], lifetime: Duration, show: Show
    ) throws(StartError) {
        try add(
            .administrator, .administrator,
            id: AdministratorID(bytes: SystemRandom.bytes(count: 16)).text, name: name,
            roles: roles, lifetime: lifetime, show: show)
    }

    package func list(_ kind: APIKeyStore.Kind) throws(StartError) -> [APIKeyStore.Record] {
        do {
            return try database.read { reader throws(DatabaseError) in
                try APIKeyStore.all(kind, reader)
            }
        } catch {
            throw StartError(error, path: "the database")
        }
    }

    /// - Returns: `false` when there is no such key, or it was revoked before.
    package func revoke(id: String, _ kind: APIKeyStore.Kind) throws(StartError) -> Bool {
        let now = systemTime()
        do {
            return try database.transaction { transaction throws(DatabaseError) in
                guard try APIKeyStore.revoke(id: id, kind, at: now, transaction) else {
                    return false
                }
                try audit("\(kind.rawValue)_key.revoked", id, at: now, transaction)
                return true
            }
        } catch {
            throw StartError(error, path: "the database")
        }
    }

    /// A new key in an administrator's key's place, with its name and roles. The old one ends with the
    /// same commit, or after an overlap in which both are good.
    ///
    /// - Parameters:
    ///   - overlap: zero, or how long the old key stays good, unless it ends earlier by itself.
    ///   - lifetime: of the new key.
    /// - Throws: when there is no such key, or it is not valid any more.
    package func rotate(
        administrator id: String, overlap: Duration, lifetime: Duration, show: Show
    ) throws(StartError) {
        let now = systemTime()
        let old: APIKeyStore.Record?
        do {
            old = try database.read { reader throws(DatabaseError) in
                try APIKeyStore.find(id: id, .administrator, reader)
            }
        } catch {
            throw StartError(error, path: "the database")
        }
        guard let old, old.isValid(at: now) else {
            throw .refused("there is no valid key \(id)")
        }
        let secret = SystemRandom.secret(count: 32)
        let digest = Token(.administrator, of: secret).digest
        let record = APIKeyStore.Record(
            id: AdministratorID(bytes: SystemRandom.bytes(count: 16)).text, kind: .administrator,
            name: old.name, roles: old.roles, createdAt: now, expiresAt: now + lifetime)
        try show(record.id, Token.text(.administrator, of: secret))
        do {
            try database.transaction { transaction throws(DatabaseError) in
                let hasEnded = try APIKeyStore.end(
                    id: id, .administrator, after: now + overlap, at: now, transaction)
                guard hasEnded else { throw .conflict }
                try APIKeyStore.insert(record, digest: digest, transaction)
                try audit("administrator_key.rotated", id, at: now, transaction)
                try audit("administrator_key.added", record.id, at: now, transaction)
            }
        } catch .conflict {
            throw .refused("the new key is void, because \(id) was revoked at the same time")
        } catch {
            throw StartError(error, path: "the database")
        }
    }

    private func add(
        _ kind: APIKeyStore.Kind, _ token: Token.Kind, id: String, name: String, roles: [Role],
        lifetime: Duration?, show: Show
    ) throws(StartError) {
        let isPlain = name.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
        guard (1...100).contains(name.unicodeScalars.count), isPlain else {
            throw .configuration("the name: expected 1 to 100 characters, none of them control")
        }
        let secret = SystemRandom.secret(count: 32)
        let digest = Token(token, of: secret).digest
        let now = systemTime()
        let record = APIKeyStore.Record(
            id: id, kind: kind, name: name, roles: roles.map(\.rawValue), createdAt: now,
            expiresAt: lifetime.map { now + $0 })
        try show(id, Token.text(token, of: secret))
        do {
            try database.transaction { transaction throws(DatabaseError) in
                try APIKeyStore.insert(record, digest: digest, transaction)
                try audit("\(kind.rawValue)_key.added", id, at: now, transaction)
            }
        } catch {
            throw StartError(error, path: "the database")
        }
    }

    private func audit(
        _ action: String, _ object: String, at now: Timestamp, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try AuditStore.append(
            .init(
                id: EventID(at: now, random: SystemRandom.bytes(count: 10)).text, at: now,
                actor: actor, action: action, object: object),
            transaction)
    }
}

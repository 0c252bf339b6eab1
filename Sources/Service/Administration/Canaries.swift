package import Accounts
import Incidents
import Passwords
import Secrets
package import Storage

/// Decoy accounts: nobody signs in to them, so whoever does took the password from where it was
/// planted.
///
/// From outside a decoy is an account like any other: it is registered, signed in to and closed by the
/// same statements, and which accounts are decoys stands in a table that no request reads. The thief
/// gets a real session, of an account in which nothing is.
package struct Canaries: Sendable {
    private let node: Node
    private let actor: String

    /// - Parameter actor: `cli:<uid>`, for the audit log.
    package init(_ node: Node, actor: String) {
        self.node = node
        self.actor = actor
    }

    /// What is planted.
    package struct Planted: Sendable {
        package let account: AccountID
        package let email: String
        /// Shown once. A text, because it is made to be copied somewhere.
        package let password: String
    }

    /// Shows what is planted, once. Runs before the account is there; when it throws, it never is.
    package typealias Show = (Planted) throws(StartError) -> Void

    /// Makes a decoy of the oldest valid application.
    package func add(email: EmailAddress, show: Show) throws(StartError) {
        let application = try application()
        let planted = Planted(
            account: AccountID(bytes: SystemRandom.bytes(count: 16)), email: email.spelling,
            password: password())
        let phc = try hash(planted.password)
        let locators = node.locators(of: email.canonical)
        guard try !isTaken(locators) else { throw Self.taken }
        try show(planted)
        let now = node.clock()
        do {
            try node.database.transaction { transaction throws(DatabaseError) in
                if try AccountStore.isTaken(locators: locators, transaction) {
                    throw .uniqueViolation
                }
                try AccountStore.insert(
                    planted.account, locator: locators[0],
                    keyID: node.keys.current(.identifier).id.text,
                    profile: .init(email: email.spelling, displayName: nil), phc: phc,
                    application: application, at: now, transaction)
                try CanaryStore.add(planted.account, at: now, transaction)
                try node.record(
                    .registered, of: planted.account, by: actor, from: nil, at: now, transaction)
                try node.audit(
                    action: "canary.added", of: planted.account.text, by: actor, at: now,
                    transaction)
            }
        } catch .uniqueViolation {
            throw Self.taken
        } catch {
            throw StartError(error, path: "the database")
        }
    }

    package func list() throws(StartError) -> [CanaryStore.Record] {
        do {
            return try node.database.read { reader throws(DatabaseError) in
                try CanaryStore.all(reader)
            }
        } catch {
            throw StartError(error, path: "the database")
        }
    }

    /// Closes the account as any other is closed, and forgets that it was a decoy.
    ///
    /// - Returns: `false` when there is no such decoy.
    package func remove(_ id: AccountID) throws(StartError) -> Bool {
        let now = node.clock()
        let isDecoy: Bool
        do {
            isDecoy = try node.database.transaction { transaction throws(DatabaseError) in
                guard try CanaryStore.remove(id, transaction) else { return false }
                try node.audit(
                    action: "canary.removed", of: id.text, by: actor, at: now, transaction)
                return true
            }
        } catch {
            throw StartError(error, path: "the database")
        }
        guard isDecoy else { return false }
        do {
            _ = try node.closeAccount(id, .other, by: actor, because: "it was a decoy")
        } catch {
            throw .refused("\(id) is no decoy any more, but could not be closed: \(error.detail)")
        }
        return true
    }

    /// An address that looks like others at a domain: an initial, a surname that many have, perhaps a
    /// year.
    ///
    /// - Throws: when it cannot be the domain of an address.
    package static func address(at domain: String) throws(StartError) -> EmailAddress {
        let bytes = SystemRandom.bytes(count: 4)
        let initial = Character(Unicode.Scalar(UInt8(ascii: "a") + bytes[0] % 26))
        let surname = surnames[Int(bytes[1]) % surnames.count]
        let year = bytes[2] < 128 ? "" : String(60 + Int(bytes[3]) % 40)
        do {
            return try EmailAddress(parsing: "\(initial).\(surname)\(year)@\(domain)")
        } catch {
            throw .configuration("--domain: expected the domain of an e-mail address")
        }
    }

    private static let surnames = [
        "andre", "bernard", "blanc", "bonnet", "david", "dubois", "dupont", "durand", "fournier",
        "garcia", "girard", "lambert", "laurent", "lefebvre", "leroy", "martin", "mercier",
        "michel",
        "moreau", "morel", "petit", "richard", "robert", "rousseau", "roux", "simon", "thomas",
        "vincent",
    ]

    private static let taken = StartError.refused(
        "this e-mail address belongs to an account already")

    private func application() throws(StartError) -> String {
        let now = node.clock()
        do {
            let keys = try node.database.read { reader throws(DatabaseError) in
                try APIKeyStore.all(.application, reader)
            }
            let valid = keys.filter { $0.isValid(at: now) }
            guard let oldest = valid.min(by: { $0.createdAt < $1.createdAt }) else {
                throw StartError.refused("no application has a valid key: loquet apps add NAME")
            }
            return oldest.id
        } catch let error as DatabaseError {
            throw StartError(error, path: "the database")
        } catch let error as StartError {
            throw error
        } catch {
            throw .refused("\(error)")
        }
    }

    private func isTaken(_ locators: [Digest]) throws(StartError) -> Bool {
        do {
            return try node.database.read { reader throws(DatabaseError) in
                try AccountStore.isTaken(locators: locators, reader)
            }
        } catch {
            throw StartError(error, path: "the database")
        }
    }

    /// 16 characters that a person could have chosen with a generator: 94 bits, and every class that a
    /// rule may ask for.
    private func password() -> String {
        let alphabet = Array("abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789-_!?".utf8)
        while true {
            // Below 244 every symbol is as likely as every other.
            let symbols = SystemRandom.bytes(count: 64).filter { $0 < 244 }.prefix(16)
                .map { alphabet[Int($0) % alphabet.count] }
            let text = String(decoding: symbols, as: UTF8.self)
            let has = { (class: Set<Character>) in text.contains { `class`.contains($0) } }
            if symbols.count == 16, has(Set("ABCDEFGHJKLMNPQRSTUVWXYZ")), has(Set("23456789")),
                has(Set("-_!?")), text.contains(where: \.isLowercase)
            {
                return text
            }
        }
    }

    private func hash(_ password: String) throws(StartError) -> PHCString {
        do {
            let held = HeldPassword(try Password(password))
            var arena = try Argon2Arena(for: node.cost)
            return try node.newHash(of: held, in: &arena)
        } catch {
            throw .refused("the password could not be hashed: \(error)")
        }
    }
}

package import Accounts
import Incidents
import Passwords
import Secrets
package import Storage

/// `loquet keys`: changing the pepper and the webhook's signing key while the service runs, audited.
///
/// Two steps, so that several nodes work. `add` makes a key that nothing is made with yet: it is copied to
/// the other nodes, which read it within a minute. `use` makes new hashes be made with it; a sign-in
/// renews its hash, and the old pepper verifies what is left. `retire` waits until nothing is.
///
/// A webhook is signed with all its keys: `add` begins the change, `use` puts the new signature first,
/// and `retire` ends it.
package struct KeyRotation: Sendable {
    /// What there is to know of one key.
    package struct Listed: Sendable {
        package let id: String
        package let purpose: String
        package let isCurrent: Bool
        package let createdAt: Timestamp?
        /// Whether this node's `keys/` holds it.
        package let isHeld: Bool
        /// Hashes that name it; `nil` for what is no pepper.
        package let hashes: Int64?
    }

    private let database: any Database
    private let directory: KeyDirectory
    private let actor: String

    /// - Parameter actor: `cli:<uid>`, for the audit log.
    package init(_ database: any Database, dataDirectory: String, actor: String) {
        self.database = database
        directory = KeyDirectory(dataDirectory: dataDirectory)
        self.actor = actor
    }

    package func list() throws(StartError) -> [Listed] {
        let held = try heldKeys()
        return try withDatabase { () throws(DatabaseError) in
            try database.read { reader throws(DatabaseError) in
                let ages = try KeyStore.ages(reader)
                var listed: [Listed] = []
                for record in try KeyStore.all(reader) {
                    let key = held.first { $0.id.text == record.id }
                    let hashes =
                        try pepperID(record).map { id throws(DatabaseError) in
                            try PasswordHashStore.count(naming: id, reader)
                        }
                    listed.append(
                        Listed(
                            id: record.id, purpose: record.purpose, isCurrent: record.isCurrent,
                            createdAt: ages[record.id],
                            isHeld: key.map { isSame($0, record) } ?? false,
                            hashes: hashes))
                }
                return listed
            }
        }
    }

    /// Which purposes can be changed.
    private static let changing: [KeyPurpose] = [.pepper, .webhookSigning]

    /// - Returns: whether it will be the first of its purpose, which is current at once.
    private func refuseTooMany(_ purpose: KeyPurpose) throws(StartError) -> Bool {
        let records = try withDatabase { () throws(DatabaseError) in
            try database.read { reader throws(DatabaseError) in try KeyStore.all(reader) }
        }
        let count = records.count { $0.purpose == purpose.rawValue }
        guard purpose != .webhookSigning || count < WebhookKeys.countMax else {
            throw .refused(
                "there are \(count) \(purpose.rawValue) keys already: retire one first")
        }
        return count == 0
    }

    /// Makes a key that nothing is made with until ``use(id:)``.
    ///
    /// - Returns: its id and its file.
    package func add(purpose: String) throws(StartError) -> (id: String, path: String) {
        let names = Self.changing.map(\.rawValue)
        guard let wanted = Self.changing.first(where: { $0.rawValue == purpose }) else {
            let isKnown = KeyPurpose.allCases.contains { $0.rawValue == purpose }
            throw .configuration(
                isKnown
                    ? "keys of purpose \(purpose) cannot be changed yet; only "
                        + "\(names.joined(separator: " and ")) can"
                    : "the purpose: expected \(names.joined(separator: " or "))")
        }
        let isFirst = try refuseTooMany(wanted)
        let key = Key.generate(wanted)
        do {
            // The file first: a row without a file would keep every node from starting.
            try directory.save(key)
        } catch {
            throw StartError(error)
        }
        let now = systemTime()
        do throws(DatabaseError) {
            try database.transaction { transaction throws(DatabaseError) in
                try KeyStore.insert(
                    .init(
                        id: key.id.text, purpose: purpose, checkValue: key.checkValue,
                        isCurrent: isFirst), at: now, transaction)
                try audit("key.added", key.id.text, at: now, transaction)
            }
        } catch {
            // What was not committed leaves a file that no hash can name. Where the outcome is unknown
            // it must stay.
            throw .refused(
                "\(StartError(error, path: "the database").text); loquet keys list shows whether "
                    + "\(key.id.text) was added")
        }
        return (key.id.text, directory.file(of: wanted, key.id))
    }

    /// Makes new values be made with a key that this node holds.
    package func use(id: String) throws(StartError) {
        let (record, purpose) = try record(id)
        guard !record.isCurrent else {
            throw .refused("\(id) is the current \(purpose.rawValue) already")
        }
        guard let key = try heldKeys().first(where: { $0.purpose == purpose && $0.id.text == id })
        else { throw StartError(KeyError.missing(purpose, try keyID(id))) }
        guard isSame(key, record) else { throw StartError(KeyError.different(purpose, key.id)) }
        try change("key.used", id) { transaction throws(DatabaseError) in
            try KeyStore.makeCurrent(id: id, purpose: purpose.rawValue, transaction)
        }
    }

    /// Removes a key that nothing needs any more: from the database, then its file. A pepper is needed as
    /// long as a hash names it.
    ///
    /// - Returns: whether this node had the file.
    package func retire(id: String) throws(StartError) -> Bool {
        let (record, purpose) = try record(id)
        guard !record.isCurrent else {
            throw .refused(
                "\(id) is the current \(purpose.rawValue): make another one current first")
        }
        if let pepper = pepperID(record) {
            // Asked in a read first: the transaction below holds up writers for as long as it counts.
            let before = try withDatabase { () throws(DatabaseError) in
                try database.read { reader throws(DatabaseError) in
                    try PasswordHashStore.count(naming: pepper, reader)
                }
            }
            try refuse(id, namedBy: before)
        }
        let left = try withDatabase { () throws(DatabaseError) in
            let now = systemTime()
            return try database.transaction { transaction throws(DatabaseError) in
                if let pepper = pepperID(record) {
                    let left = try PasswordHashStore.count(naming: pepper, transaction)
                    guard left == 0 else { return left }
                }
                try KeyStore.delete(id: id, purpose: record.purpose, transaction)
                try audit("key.retired", id, at: now, transaction)
                return 0
            }
        }
        try refuse(id, namedBy: left)
        do {
            return try directory.remove(purpose, try keyID(id))
        } catch let error as KeyError {
            throw StartError(error)
        } catch {
            throw .refused("\(error)")
        }
    }

    private func refuse(_ id: String, namedBy count: Int64) throws(StartError) {
        guard count > 0 else { return }
        throw .refused(
            "\(count) \(count == 1 ? "hash still names" : "hashes still name") \(id): each is renewed "
                + "when its owner signs in")
    }

    private func record(_ id: String) throws(StartError) -> (KeyStore.Record, KeyPurpose) {
        let records = try withDatabase { () throws(DatabaseError) in
            try database.read { reader throws(DatabaseError) in try KeyStore.all(reader) }
        }
        guard let record = records.first(where: { $0.id == id }) else {
            throw .refused("there is no key \(id)")
        }
        guard let purpose = Self.changing.first(where: { $0.rawValue == record.purpose }) else {
            throw .refused("\(id) is a \(record.purpose) key, which cannot be changed yet")
        }
        return (record, purpose)
    }

    private func keyID(_ text: String) throws(StartError) -> KeyID {
        guard let id = KeyID(text: text) else { throw .refused("there is no key \(text)") }
        return id
    }

    private func pepperID(_ record: KeyStore.Record) -> PepperID? {
        guard record.purpose == KeyPurpose.pepper.rawValue else { return nil }
        return KeyID(text: record.id).flatMap { PepperID(bytes: $0.bytes) }
    }

    private func isSame(_ key: Key, _ record: KeyStore.Record) -> Bool {
        constantTimeEquals(key.checkValue.bytes.span, record.checkValue.bytes.span)
    }

    private func heldKeys() throws(StartError) -> [Key] {
        do {
            return try directory.load()
        } catch {
            throw StartError(error)
        }
    }

    private func change(
        _ action: String, _ id: String,
        _ body: (borrowing Transaction) throws(DatabaseError) -> Void
    ) throws(StartError) {
        let now = systemTime()
        try withDatabase { () throws(DatabaseError) in
            try database.transaction { transaction throws(DatabaseError) in
                try body(transaction)
                try audit(action, id, at: now, transaction)
            }
        }
    }

    private func audit(
        _ action: String, _ id: String, at now: Timestamp, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try AuditStore.append(
            .init(
                id: EventID(at: now, random: SystemRandom.bytes(count: 10)).text, at: now,
                actor: actor, action: action, object: id), transaction)
    }

    private func withDatabase<Answer>(
        _ body: () throws(DatabaseError) -> Answer
    ) throws(StartError) -> Answer {
        do {
            return try body()
        } catch {
            throw StartError(error, path: "the database")
        }
    }
}

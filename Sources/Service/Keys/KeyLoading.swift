import Passwords
import Secrets
package import Storage

extension KeyRing {
    /// The keys of a data directory, held against what the database knows of them.
    ///
    /// - Throws: when one is missing, is another one, or can be read by others.
    package static func load(
        _ directory: KeyDirectory, records: [KeyStore.Record]
    ) throws(KeyError) -> KeyRing {
        let keys = try directory.load()
        var current: [KeyPurpose: KeyID] = [:]
        var known: [Key] = []
        for record in records {
            guard let purpose = KeyPurpose(rawValue: record.purpose),
                let id = KeyID(text: record.id)
            else { throw .malformed(path: directory.path) }
            guard let key = keys.first(where: { $0.purpose == purpose && $0.id == id }) else {
                throw .missing(purpose, id)
            }
            let isSame = constantTimeEquals(
                key.checkValue.bytes.span, record.checkValue.bytes.span)
            guard isSame else { throw .different(purpose, id) }
            known.append(key)
            if record.isCurrent { current[purpose] = id }
        }
        for purpose in KeyPurpose.allCases where current[purpose] == nil && !purpose.isOptional {
            throw .unreadable(
                path: directory.path, reason: "the database names no \(purpose.rawValue) key")
        }
        return KeyRing(keys: known, current: current)
    }

    /// The peppers as the hasher takes them.
    func peppers() throws(PasswordHashError) -> PepperRing {
        let today = current(.pepper)
        let older = all(.pepper).filter { $0.id != today.id }
        return try PepperRing(current: try Pepper(today), older: try older.map(Pepper.init))
    }
}

extension Pepper {
    fileprivate convenience init(_ key: Key) throws(PasswordHashError) {
        // A key id has 4 bytes, as a pepper id does.
        try self.init(id: PepperID(bytes: key.id.bytes)!, key: key.secret.duplicate())
    }
}

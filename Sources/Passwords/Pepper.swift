package import Secrets

/// Names a pepper in stored hashes, so that peppers can rotate. Not secret.
package struct PepperID: Hashable, Sendable {
    /// 4 bytes.
    package let bytes: [UInt8]

    /// - Returns: `nil` unless there are exactly 4 bytes.
    package init?(bytes: [UInt8]) {
        guard bytes.count == 4 else { return nil }
        self.bytes = bytes
    }
}

/// The secret input of Argon2, kept outside the database: without it a copied table of hashes cannot
/// be attacked at all (ANSSI and the CNIL ask for one).
///
/// A class, because one pepper serves every hashing thread for the life of the process, and a
/// `~Copyable` value fits no collection. It has no description and is wiped with its last owner.
package final class Pepper: Sendable {
    package let id: PepperID
    private let key: Secret

    /// - Parameter key: 16 ... 64 bytes; ours are 32 random ones.
    /// - Throws: `.pepperOutOfRange`.
    package init(id: PepperID, key: consuming Secret) throws(PasswordHashError) {
        guard (16...64).contains(key.count) else { throw .pepperOutOfRange }
        self.id = id
        self.key = key
    }

    func withBytes<Result, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try key.withBytes(body)
    }
}

/// Today's pepper, and the older ones that stored hashes still name.
package struct PepperRing: Sendable {
    /// Goes into new hashes.
    package let current: Pepper
    private let all: [PepperID: Pepper]

    /// - Throws: `.duplicatePepper`.
    package init(current: Pepper, older: [Pepper] = []) throws(PasswordHashError) {
        var all = [current.id: current]
        for pepper in older {
            guard all.updateValue(pepper, forKey: pepper.id) == nil else {
                throw .duplicatePepper(pepper.id)
            }
        }
        self.current = current
        self.all = all
    }

    /// Every pepper there is.
    package var ids: Set<PepperID> { Set(all.keys) }

    /// - Throws: `.unknownPepper`.
    func pepper(_ id: PepperID) throws(PasswordHashError) -> Pepper {
        guard let pepper = all[id] else { throw .unknownPepper(id) }
        return pepper
    }
}

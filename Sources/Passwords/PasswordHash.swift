/// Anything that stands in place of a password: a hash of ours, or one that another system made and that
/// the next sign-in replaces.
package enum PasswordHash: Equatable, Sendable {
    /// Ours, with a pepper or without.
    case argon2id(PHCString)
    case foreign(ForeignHash)

    /// What ``text`` writes, and nothing else.
    package init(_ text: String) throws(ForeignHashError) {
        do throws(PHCStringError) {
            self = .argon2id(try PHCString(text))
        } catch {
            self = .foreign(try ForeignHash(text))
        }
    }

    /// The text to store.
    package var text: String {
        switch self {
        case .argon2id(let hash): hash.text
        case .foreign(let hash): hash.text
        }
    }

    /// KiB of an arena that verifying takes.
    package var memoryKiB: UInt32 {
        switch self {
        case .argon2id(let hash): hash.cost.memoryKiB
        case .foreign(let hash): hash.memoryKiB
        }
    }

    /// Which pepper went in; `nil` for none.
    package var pepperID: PepperID? {
        switch self {
        case .argon2id(let hash): hash.pepperID
        case .foreign: nil
        }
    }

    /// Costs what its ``scheme`` says, whether it matches or not; compares in constant time.
    ///
    /// - Throws: `.unknownPepper`, `.arenaTooSmall` before anything is computed; else what a library
    ///   says.
    package func verify(
        _ password: borrowing Password, peppers: PepperRing, by engine: Argon2Engine,
        in arena: inout Argon2Arena
    ) throws(PasswordHashError) -> Verification {
        switch self {
        case .argon2id(let hash):
            try StoredHash.verify(password, against: hash, peppers: peppers, by: engine, in: &arena)
        case .foreign(let hash): try hash.verify(password, by: engine, in: &arena)
        }
    }

    /// Whether a password that was just verified should be hashed anew.
    package func needsRehash(today cost: HashCost, pepper: PepperID) -> Bool {
        switch self {
        case .argon2id(let hash): hash.needsRehash(today: cost, pepper: pepper)
        case .foreign: true
        }
    }
}

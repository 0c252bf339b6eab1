package import Secrets

/// Why a hash is not computed. Each is known before any memory is written.
package enum PasswordHashError: Error, Equatable, Sendable {
    /// Outside the bounds of ``HashCost``.
    case costOutOfRange
    /// The cost needs more memory than the arena it should be computed in.
    case arenaTooSmall(neededKiB: UInt32, arenaKiB: UInt32)
    /// The system gave no memory for an arena; `errno` is its reason.
    case arenaUnavailable(errno: Int32)
    /// A salt outside 8 ... 64 bytes, or a new one that has not exactly 16.
    case saltOutOfRange
    /// A tag outside 16 ... 64 bytes.
    case tagOutOfRange
    /// A pepper outside 16 ... 64 bytes.
    case pepperOutOfRange
    /// Two peppers with one id.
    case duplicatePepper(PepperID)
    /// A stored hash names a pepper that this node does not hold. The password may be right.
    case unknownPepper(PepperID)
    /// libargon2 refused; the code is its own. Not reachable by what users send.
    case argon2(code: Int32)
    /// Our kernel refused; the code is its own. Not reachable by what users send.
    case kernel(code: UInt32)
    /// crypt(3) refused a setting whose every part was checked, or there was no memory.
    case crypt
    /// libcrypto refused parameters that were checked, or there was no memory.
    case derivation(SecretError)
    /// libargon2 is what is left to use, and does not give the tag of RFC 9106 §5.3: nothing that
    /// hashes or verifies may run.
    case noEngine
}

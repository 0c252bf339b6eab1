import Passwords
import Secrets

/// A password on its way through a lane: one owner, wiped when the last step lets go.
final class HeldPassword: Sendable {
    let password: Password

    init(_ password: consuming Password) {
        self.password = password
    }

    /// - Returns: `nil` for a text that no password can be, for want of an encoding or for its length.
    convenience init?(_ text: String) {
        do {
            self.init(try Password(text))
        } catch {
            return nil
        }
    }

    /// Whether both are one password in normal form. Takes the same time wherever they differ.
    func isSame(as other: HeldPassword) -> Bool {
        password.withBytes { mine in
            other.password.withBytes { theirs in constantTimeEquals(mine, theirs) }
        }
    }
}

extension Node {
    /// A new hash of a password at today's cost.
    func newHash(
        of held: HeldPassword, in arena: inout Argon2Arena
    ) throws(Problem) -> PHCString {
        metrics.add(.hashes)
        do {
            return try hasher.make(
                held.password, salt: SystemRandom.bytes(count: StoredHash.saltCount),
                pepper: peppers.current, cost: cost, draw: SystemRandom.bytes(count: 1)[0],
                in: &arena)
        } catch {
            log.error("a password could not be hashed", .reason(String(describing: error)))
            throw .internalError
        }
    }

    /// The same as a value, for a lane, which has nobody to throw to.
    func hashed(
        _ held: HeldPassword, in arena: inout Argon2Arena
    ) -> Result<PHCString, Problem> {
        do {
            return .success(try newHash(of: held, in: &arena))
        } catch {
            return .failure(error)
        }
    }
}

import Accounts
import Passwords
import Secrets
import Storage
import Threads

/// Which decoy an identifier without an account is verified against, by the hashes there are.
///
/// Counted at start and by housekeeping: an import or a thousand sign-ins show after a minute.
final class Decoys: Sendable {
    private let mix: Guarded<DecoyMix>

    init(today: HashScheme) {
        mix = Guarded(DecoyMix(today: today))
    }

    var current: DecoyMix { mix.withLock { $0 } }

    func use(_ new: DecoyMix) {
        mix.withLock { $0 = new }
    }
}

extension Node {
    /// What a new hash is made with.
    var schemeToday: HashScheme { HashScheme(today: cost, pepper: peppers.current.id) }

    /// Counts the stored hashes by scheme. Where all have today's, which is how it should be, two
    /// look-ups in an index say so.
    func countDecoys() throws(DatabaseError) {
        let today = schemeToday
        let counts = try database.read { reader throws(DatabaseError) in
            guard let ends = try PasswordHashStore.outermostSchemes(reader),
                ends.first != today.text || ends.last != today.text
            else { return [(scheme: String, count: Int64)]() }
            return try PasswordHashStore.counts(reader)
        }
        var known: [HashScheme: Int64] = [:]
        for (text, count) in counts {
            // Those that nobody has classified yet are counted when they are.
            guard let scheme = HashScheme(text: text) else { continue }
            known[scheme] = count
        }
        decoys.use(DecoyMix(today: today, counts: known))
    }

    /// Compares a password with an account's hash, or with a decoy where there is none: either way the
    /// work of one stored hash, and the same steps around it.
    ///
    /// - Parameters:
    ///   - stored: the hash as it is stored; `nil` for an account that may not sign in.
    ///   - password: `nil` when what was sent is none; it is refused after the same work.
    func verifies(
        _ password: HeldPassword?, against stored: String?, of identifier: Identifier,
        in arena: inout Argon2Arena
    ) throws(Problem) -> Bool {
        // Written out also where it is not needed: that takes a microsecond, too.
        let decoy = decoys.current.scheme(for: locators(of: identifier)[0]).decoy.text
        do {
            let hash = try PasswordHash(stored ?? decoy)
            metrics.add(.hashes)
            metrics.add(.verifications, "scheme=\"\(hash.scheme.family)\"")
            let held: HeldPassword
            if let password { held = password } else { held = HeldPassword(try Password("")) }
            let verification = try hash.verify(
                held.password, peppers: peppers, by: hasher.current, in: &arena)
            return verification == .match && password != nil
        } catch {
            log.error("a stored hash cannot be verified", .reason(String(describing: error)))
            throw .internalError
        }
    }

    /// The hash that replaces one which was just verified; `nil` when that is good enough.
    func renewed(
        _ password: HeldPassword, over stored: String, in arena: inout Argon2Arena
    ) throws(Problem) -> PHCString? {
        let isBelowToday: Bool
        do {
            isBelowToday = try PasswordHash(stored)
                .needsRehash(today: cost, pepper: peppers.current.id)
        } catch {
            log.error("a stored hash cannot be read", .reason(String(describing: error)))
            throw .internalError
        }
        return isBelowToday ? try newHash(of: password, in: &arena) : nil
    }
}

import Secrets

/// The answer to "is this the password?". A wrong password is an answer, not an error.
package enum Verification: Equatable, Sendable {
    case match
    case mismatch
}

/// Making and checking what is stored in place of a password.
package enum StoredHash {
    /// Bytes of a new salt (RFC 9106 §4).
    package static let saltCount = 16
    /// Bytes of a new tag (RFC 9106 §4).
    package static let tagCount = 32

    /// - Parameters:
    ///   - salt: ``saltCount`` fresh random bytes.
    ///   - arena: at least `cost.memoryKiB`.
    /// - Throws: `.saltOutOfRange`, `.arenaTooSmall`, `.argon2`, `.kernel`.
    package static func make(
        password: borrowing Password, salt: [UInt8], pepper: Pepper, cost: HashCost,
        by engine: Argon2Engine, in arena: inout Argon2Arena
    ) throws(PasswordHashError) -> PHCString {
        guard salt.count == saltCount else { throw .saltOutOfRange }
        let tag = try tag(
            of: password, salt: salt, pepper: pepper, cost: cost, count: tagCount, by: engine,
            in: &arena)
        do throws(PHCStringError) {
            return try PHCString(cost: cost, pepperID: pepper.id, salt: salt, tag: tag)
        } catch {
            preconditionFailure("16 bytes of salt and 32 of tag are within a PHC string's bounds")
        }
    }

    /// Costs what `stored` says, whether it matches or not; compares in constant time.
    ///
    /// - Throws: `.unknownPepper`, `.arenaTooSmall` before anything is computed; `.argon2`,
    ///   `.kernel`.
    package static func verify(
        _ password: borrowing Password, against stored: PHCString, peppers: PepperRing,
        by engine: Argon2Engine, in arena: inout Argon2Arena
    ) throws(PasswordHashError) -> Verification {
        let pepper: Pepper? =
            if let id = stored.pepperID { try peppers.pepper(id) } else { nil }
        let tag = try tag(
            of: password, salt: stored.salt, pepper: pepper, cost: stored.cost,
            count: stored.tag.count, by: engine, in: &arena)
        return constantTimeEquals(tag.span, stored.tag.span) ? .match : .mismatch
    }

    /// What an unknown account is verified against, so that it costs what a wrong password costs.
    /// The tag is all zeros: a password that gives it would be a preimage of Argon2id.
    package static func decoy(cost: HashCost, pepper: Pepper) -> PHCString {
        do throws(PHCStringError) {
            return try PHCString(
                cost: cost, pepperID: pepper.id, salt: [UInt8](repeating: 0, count: saltCount),
                tag: [UInt8](repeating: 0, count: tagCount))
        } catch {
            preconditionFailure("16 bytes of salt and 32 of tag are within a PHC string's bounds")
        }
    }

    private static func tag(
        of password: borrowing Password, salt: [UInt8], pepper: Pepper?, cost: HashCost,
        count: Int, by engine: Argon2Engine, in arena: inout Argon2Arena
    ) throws(PasswordHashError) -> [UInt8] {
        let nothing: [UInt8] = []
        return try password.withBytes { password throws(PasswordHashError) in
            guard let pepper else {
                return try Argon2id.hash(
                    password: password, salt: salt.span, secret: nothing.span,
                    associatedData: nothing.span, cost: cost, tagCount: count, by: engine,
                    in: &arena)
            }
            return try pepper.withBytes { key throws(PasswordHashError) in
                try Argon2id.hash(
                    password: password, salt: salt.span, secret: key,
                    associatedData: nothing.span, cost: cost, tagCount: count, by: engine,
                    in: &arena)
            }
        }
    }
}

extension PHCString {
    /// Whether a password that was just verified should be hashed anew: something is below today's
    /// setting, or another pepper went in.
    package func needsRehash(today cost: HashCost, pepper: PepperID) -> Bool {
        self.cost.isBelow(cost) || pepperID != pepper
            || salt.count < StoredHash.saltCount || tag.count < StoredHash.tagCount
    }
}

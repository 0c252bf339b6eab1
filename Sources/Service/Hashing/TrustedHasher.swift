package import Passwords
import Secrets
import Threads

/// Makes and checks stored hashes with the engine that was chosen at start, and goes on doubting it: one
/// new hash in ``opinionInterval`` is computed a second time by libargon2 before it is stored. If the
/// two differ, libargon2's is stored and the kernel is never used again in this process.
package final class TrustedHasher: Sendable {
    /// One in 256 costs a lane less than half a per cent more, and a fault that hits every hash is
    /// found within minutes.
    private static let opinionInterval = 256

    private let engine: Guarded<Argon2Engine>
    private let onFallback: @Sendable (Argon2Engine) -> Void

    /// - Parameter onFallback: called once, when the kernel was found out.
    package init(_ engine: Argon2Engine, onFallback: @escaping @Sendable (Argon2Engine) -> Void) {
        self.engine = Guarded(engine)
        self.onFallback = onFallback
    }

    package var current: Argon2Engine { engine.withLock { $0 } }

    /// - Parameter draw: 0 ... 255, random: 0 asks for the second opinion.
    func make(
        _ password: borrowing Password, salt: [UInt8], pepper: Pepper, cost: HashCost,
        draw: UInt8, in arena: inout Argon2Arena
    ) throws(PasswordHashError) -> PHCString {
        let engine = current
        let made = try StoredHash.make(
            password: password, salt: salt, pepper: pepper, cost: cost, by: engine, in: &arena)
        guard case .kernel(let variant) = engine, draw == 0 else { return made }
        let reference = try StoredHash.make(
            password: password, salt: salt, pepper: pepper, cost: cost,
            by: .libargon2(.configured), in: &arena)
        guard reference != made else { return made }
        let fallback = Argon2Engine.libargon2(.secondOpinion(variant))
        self.engine.withLock { $0 = fallback }
        onFallback(fallback)
        return reference
    }
}

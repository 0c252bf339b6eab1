package import Passwords
import Secrets
import Threads

/// Makes and checks stored hashes with the engine that was chosen at start, and goes on doubting it: one
/// new hash in ``opinionInterval`` is computed a second time by libargon2 before it is stored. If the
/// two differ, libargon2's is stored and the kernel is never used again in this process.
package final class TrustedHasher: Sendable {
    /// How a stored hash is made; ``StoredHash/make(password:salt:pepper:cost:by:in:)`` but for tests.
    typealias Maker =
        @Sendable (
            borrowing Password, [UInt8], Pepper, HashCost, Argon2Engine, inout Argon2Arena
        ) throws(PasswordHashError) -> PHCString

    /// One in 256 costs a lane less than two per cent more, and a fault that hits every hash is
    /// found within minutes.
    private static let opinionInterval = 256

    private let engine: Guarded<Argon2Engine>
    private let maker: Maker
    private let onFallback: @Sendable (Argon2Engine) -> Void

    /// - Parameter onFallback: called once, when the kernel was found out.
    package convenience init(
        _ engine: Argon2Engine, onFallback: @escaping @Sendable (Argon2Engine) -> Void
    ) {
        self.init(
            engine,
            maker: { password, salt, pepper, cost, engine, arena throws(PasswordHashError) in
                try StoredHash.make(
                    password: password, salt: salt, pepper: pepper, cost: cost, by: engine,
                    in: &arena)
            }, onFallback: onFallback)
    }

    /// Logs and counts what the kernel got wrong: at start, and in service.
    package convenience init(_ engine: Argon2Engine, log: Log, metrics: Metrics) {
        self.init(engine) { Self.report($0, log, metrics) }
        // A series that is there from the start shows that nothing happened.
        metrics.add(.hashDisagreements, "", 0)
        if engine.isFallback { Self.report(engine, log, metrics) }
    }

    init(
        _ engine: Argon2Engine, maker: @escaping Maker,
        onFallback: @escaping @Sendable (Argon2Engine) -> Void
    ) {
        self.engine = Guarded(engine)
        self.maker = maker
        self.onFallback = onFallback
    }

    package var current: Argon2Engine { engine.withLock { $0 } }

    /// - Parameter draw: 0 ... 255, random: 0 asks for the second opinion.
    func make(
        _ password: borrowing Password, salt: [UInt8], pepper: Pepper, cost: HashCost,
        draw: UInt8, in arena: inout Argon2Arena
    ) throws(PasswordHashError) -> PHCString {
        let engine = current
        let made = try maker(password, salt, pepper, cost, engine, &arena)
        guard case .kernel(let variant) = engine, draw == 0 else { return made }
        let reference = try maker(password, salt, pepper, cost, .libargon2(.configured), &arena)
        guard reference != made else { return made }
        switchOff(variant)
        return reference
    }

    /// Two lanes may find out at the same time; one of them reports it.
    private func switchOff(_ variant: KernelVariant) {
        let fallback = Argon2Engine.libargon2(.secondOpinion(variant))
        let isFirst = engine.withLock { engine in
            defer { engine = fallback }
            return engine != fallback
        }
        if isFirst { onFallback(fallback) }
    }

    static func report(_ fallback: Argon2Engine, _ log: Log, _ metrics: Metrics) {
        metrics.add(.hashDisagreements)
        log.error("the hashing kernel is off", .reason(fallback.text))
    }
}

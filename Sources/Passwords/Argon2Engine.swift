/// What computes Argon2id: our kernel, when it has shown here that it can be trusted, or libargon2.
package enum Argon2Engine: Equatable, Sendable {
    case kernel(KernelVariant)
    case libargon2(Reason)

    /// What the operator asks for: `hashing.engine`.
    package enum Setting: String, Sendable {
        /// The kernel where it is faster, and trusted.
        case auto
        case libargon2
    }

    /// Why it is not the kernel.
    package enum Reason: Equatable, Sendable {
        /// The operator insists.
        case configured
        /// The kernel has no fast variant for this architecture.
        case architecture
        /// It gave a wrong tag: a fault of the kernel, the compiler or the processor. To be logged.
        case disagreement(KernelVariant, Argon2SelfTest.Question)
        /// A hash in service differed from libargon2's. To be logged.
        case secondOpinion(KernelVariant)
    }

    /// The engine for this process, compared with what is known before it is used. Takes about 10 ms.
    ///
    /// - Throws: `.noEngine`; `.arenaUnavailable` for the 3 MiB that comparing takes.
    package static func chosen(_ setting: Setting) throws(PasswordHashError) -> Argon2Engine {
        guard setting == .auto else { return try checkedLibrary(.configured) }
        guard let variant = KernelVariant.fastest else {
            return try checkedLibrary(.architecture)
        }
        return try trusted(variant) { input, arena throws(PasswordHashError) in
            try input.tag(by: .kernel(variant), in: &arena)
        }
    }

    /// The engine in one word, for metrics.
    package var word: String {
        switch self {
        case .kernel(let variant): variant.rawValue
        case .libargon2: "libargon2"
        }
    }

    /// The engine in words, for the log and `doctor`.
    package var text: String {
        switch self {
        case .kernel(let variant): "our kernel, \(variant)"
        case .libargon2(.configured): "libargon2, as configured"
        case .libargon2(.architecture): "libargon2, this processor has no faster variant"
        case .libargon2(.disagreement(let variant, let question)):
            "libargon2, because our kernel (\(variant)) was wrong about \(question)"
        case .libargon2(.secondOpinion(let variant)):
            "libargon2, because our kernel (\(variant)) made a wrong hash"
        }
    }

    /// Whether the kernel was found out. The service goes on, and somebody must look.
    package var isFallback: Bool {
        switch self {
        case .libargon2(.disagreement), .libargon2(.secondOpinion): true
        case .kernel, .libargon2(.configured), .libargon2(.architecture): false
        }
    }

    /// The kernel if `hash`, which is it, passes the self-test.
    static func trusted(
        _ variant: KernelVariant, by hash: @escaping Argon2SelfTest.Hash
    ) throws(PasswordHashError) -> Argon2Engine {
        if let question = try Argon2SelfTest(hash).failure() {
            return try checkedLibrary(.disagreement(variant, question))
        }
        return .kernel(variant)
    }

    private static func checkedLibrary(_ reason: Reason) throws(PasswordHashError) -> Argon2Engine {
        let engine = Argon2Engine.libargon2(reason)
        var arena = try Argon2Arena(for: Argon2Input.rfc9106.cost)
        guard try Argon2id.reproducesRFC9106(by: engine, in: &arena) else { throw .noEngine }
        return engine
    }
}

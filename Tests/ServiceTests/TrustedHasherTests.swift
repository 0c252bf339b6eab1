import Passwords
import Secrets
import Testing

@testable import Service

@Suite struct `A hasher that doubts its engine` {
    private func hash(
        _ engine: Argon2Engine, draw: UInt8, onFallback: @escaping @Sendable (Argon2Engine) -> Void
    ) throws -> PHCString {
        let cost = try HashCost(memoryKiB: 32, passes: 1)
        var arena = try Argon2Arena(for: cost)
        let id = try #require(PepperID(bytes: [1, 2, 3, 4]))
        let pepper = try Pepper(id: id, key: Secret(copying: [UInt8](repeating: 7, count: 32)))
        return try TrustedHasher(engine, onFallback: onFallback).make(
            Password("Un-Cheval-1815"), salt: Array(0..<16), pepper: pepper, cost: cost,
            draw: draw, in: &arena)
    }

    @Test(arguments: [0, 1, 255] as [UInt8])
    func `stores what libargon2 would store, asked or not`(draw: UInt8) throws {
        let expected = try hash(.libargon2(.configured), draw: draw) { _ in
            Issue.record("libargon2 needs no second opinion")
        }
        for variant in KernelVariant.supported {
            let made = try hash(.kernel(variant), draw: draw) { _ in
                Issue.record("the kernel was right")
            }
            #expect(made == expected)
        }
    }
}

@testable import Passwords
import Secrets
import SeededRandom
import Testing

/// Those that can run here.
let kernels = KernelVariant.allCases.filter { $0.isSupported }

@Suite struct `The kernel` {
    @Test(arguments: kernels)
    func `gives RFC 9106's tag`(variant: KernelVariant) throws {
        var arena = try Argon2Arena(for: smallCost(32))
        let tag = try Argon2Input.rfc9106.tag(by: .kernel(variant), in: &arena)
        #expect(Hexadecimal.encode(tag) == Argon2Input.tagOfRFC9106)
    }

    /// The cases are always the same; one that fails is found again by its number.
    @Test(arguments: kernels)
    func `agrees with libargon2 on drawn inputs`(variant: KernelVariant) throws {
        var arena = try Argon2Arena(for: smallCost(1_100))
        var random = Seeded(9_106)
        for number in 0..<400 {
            let input = try random.input(memoryKiBMax: number % 20 == 0 ? 1_100 : 150)
            let expected = try input.tag(by: .libargon2(.configured), in: &arena)
            #expect(try input.tag(by: .kernel(variant), in: &arena) == expected, "case \(number)")
        }
    }

    /// Argon2 rounds memory down to four blocks a lane, and hashes the number that was asked for.
    @Test(arguments: kernels, [1, 2, 3, 4] as [UInt32])
    func `agrees with libargon2 at every odd size of memory`(
        variant: KernelVariant, lanes: UInt32
    ) throws {
        var arena = try Argon2Arena(for: smallCost(60))
        for memoryKiB in 8 * lanes...8 * lanes + 9 {
            let input = Argon2Input(
                password: repeated(7, 9), salt: repeated(8, 16),
                cost: smallCost(memoryKiB, passes: 2, parallelism: lanes))
            let expected = try input.tag(by: .libargon2(.configured), in: &arena)
            #expect(try input.tag(by: .kernel(variant), in: &arena) == expected)
        }
    }

    @Test(arguments: kernels)
    func `agrees with libargon2 at the floor`(variant: KernelVariant) throws {
        var arena = try Argon2Arena(for: .floor)
        let input = Argon2Input(
            password: Array("Abcdef1!".utf8), salt: repeated(8, 16), secret: repeated(9, 32),
            cost: .floor)
        let expected = try input.tag(by: .libargon2(.configured), in: &arena)
        #expect(try input.tag(by: .kernel(variant), in: &arena) == expected)
    }

    @Test(arguments: kernels)
    func `leaves nothing in the arena, and reads nothing that was there`(
        variant: KernelVariant
    ) throws {
        var arena = try Argon2Arena(for: smallCost(61))
        let input = Argon2Input(
            password: repeated(1, 5), salt: repeated(2, 16),
            cost: smallCost(61, passes: 2, parallelism: 2))
        let first = try input.tag(by: .kernel(variant), in: &arena)
        let isZero = unsafe arena.withUnsafeMemory { unsafe $0.allSatisfy { $0 == 0 } }
        #expect(isZero)
        unsafe arena.withUnsafeMemory { memory in
            for index in 0..<memory.count { unsafe memory[index] = 0xA5 }
        }
        #expect(try input.tag(by: .kernel(variant), in: &arena) == first)
        // 61 KiB are 56 in blocks of four a lane; the rest was never touched.
        let used = unsafe arena.withUnsafeMemory { memory in
            unsafe memory[..<(56 * 1_024)].allSatisfy { $0 == 0 }
        }
        #expect(used)
    }

    @Test(arguments: kernels)
    func `is refused an arena smaller than its cost`(variant: KernelVariant) throws {
        var arena = try Argon2Arena(for: smallCost(32))
        let exact = Argon2Input(password: [], salt: repeated(2, 16), cost: smallCost(32))
        #expect(try exact.tag(by: .kernel(variant), in: &arena).count == 32)
        let more = Argon2Input(password: [], salt: repeated(2, 16), cost: smallCost(33))
        #expect(throws: PasswordHashError.arenaTooSmall(neededKiB: 33, arenaKiB: 32)) {
            try more.tag(by: .kernel(variant), in: &arena)
        }
    }

    @Test func `makes stored hashes that libargon2 verifies, and the other way round`() throws {
        var arena = try Argon2Arena(for: tinyCost)
        let peppers = try PepperRing(current: pepper(1))
        let kernel = Argon2Engine.kernel(.portable)
        let library = Argon2Engine.libargon2(.configured)
        for (maker, verifier) in [(kernel, library), (library, kernel)] {
            let stored = try StoredHash.make(
                password: Password("Abcdef1!"), salt: repeated(3, 16), pepper: peppers.current,
                cost: tinyCost, by: maker, in: &arena)
            for (password, expected) in [("Abcdef1!", Verification.match), ("b", .mismatch)] {
                let answer = try StoredHash.verify(
                    Password(password), against: stored, peppers: peppers, by: verifier, in: &arena)
                #expect(answer == expected)
            }
        }
    }
}

@Suite struct `The engine` {
    @Test func `is the fastest kernel of this processor, unless the operator insists`() throws {
        let automatic = try Argon2Engine.chosen(.auto)
        if let fastest = KernelVariant.fastest {
            #expect(automatic == .kernel(fastest))
        } else {
            #expect(automatic == .libargon2(.architecture))
        }
        #expect(try Argon2Engine.chosen(.libargon2) == .libargon2(.configured))
    }

    @Test func `has a setting of two words`() {
        #expect(Argon2Engine.Setting(rawValue: "auto") == .auto)
        #expect(Argon2Engine.Setting(rawValue: "libargon2") == .libargon2)
        #expect(Argon2Engine.Setting(rawValue: "kernel") == nil)
    }

    @Test(arguments: kernels)
    func `is every kernel that answers rightly`(variant: KernelVariant) throws {
        let engine = try Argon2Engine.trusted(variant) { input, arena throws(PasswordHashError) in
            try input.tag(by: .kernel(variant), in: &arena)
        }
        #expect(engine == .kernel(variant))
    }

    @Test func `is libargon2 when the kernel misses the vector by one bit`() throws {
        let engine = try Argon2Engine.trusted(.portable) {
            input, arena throws(PasswordHashError) in
            var tag = try input.tag(by: .kernel(.portable), in: &arena)
            tag[31] ^= 1
            return tag
        }
        #expect(engine == .libargon2(.disagreement(.portable, .vector)))
    }

    /// Each fault spares what comes before it, the vector included.
    @Test(arguments: [
        (0, Fault.ignoresEmptyPasswords), (1, .overlooksLongSegments), (2, .roundsMemoryDown),
        (3, .cutsLongTags), (4, .forgetsOddTags),
    ])
    func `is libargon2 when the kernel has a fault`(question: Int, fault: Fault) throws {
        let engine = try Argon2Engine.trusted(.avx2) { input, arena throws(PasswordHashError) in
            try fault.tag(of: input, in: &arena)
        }
        #expect(engine == .libargon2(.disagreement(.avx2, .comparison(question))))
    }

    @Test func `reports a kernel that refuses to answer`() throws {
        #expect(throws: PasswordHashError.kernel(code: 1)) {
            try Argon2Engine.trusted(.avx512) { _, _ throws(PasswordHashError) in
                throw .kernel(code: 1)
            }
        }
    }
}

/// Kernels that are right but for one thing.
enum Fault: Sendable {
    case ignoresEmptyPasswords, overlooksLongSegments, roundsMemoryDown
    case cutsLongTags, forgetsOddTags

    func tag(
        of input: Argon2Input, in arena: inout Argon2Arena
    ) throws(PasswordHashError) -> [UInt8] {
        var input = input
        let cost = input.cost
        switch self {
        case .ignoresEmptyPasswords where input.password.isEmpty: input.password = [0]
        case .overlooksLongSegments where cost.memoryKiB / (4 * cost.parallelism) > 128:
            input.salt[0] ^= 1
        case .roundsMemoryDown where cost.memoryKiB % 4 != 0:
            input.cost = try HashCost(
                memoryKiB: cost.memoryKiB / 4 * 4, passes: cost.passes,
                parallelism: cost.parallelism)
        case .cutsLongTags where input.tagCount == 64: input.tagCount = 63
        case .forgetsOddTags where input.tagCount % 2 != 0: input.tagCount += 1
        default: break
        }
        return try input.tag(by: .libargon2(.configured), in: &arena)
    }
}

extension Seeded {
    /// Within Argon2's bounds.
    mutating func input(memoryKiBMax: UInt32) throws -> Argon2Input {
        let lanes = UInt32.random(in: 1...4, using: &self)
        let cost = try HashCost(
            memoryKiB: .random(in: 8 * lanes...memoryKiBMax, using: &self),
            passes: .random(in: 1...4, using: &self), parallelism: lanes)
        return Argon2Input(
            password: drawn(0...300), salt: drawn(8...64), secret: drawn(0...64),
            associatedData: drawn(0...140), cost: cost,
            tagCount: .random(in: 16...64, using: &self))
    }

    /// Nothing at all in a quarter of the draws, where that is allowed.
    private mutating func drawn(_ counts: ClosedRange<Int>) -> [UInt8] {
        let count = Int.random(in: counts, using: &self)
        let isEmpty = counts.contains(0) && Int.random(in: 0..<4, using: &self) == 0
        return (0..<(isEmpty ? 0 : count)).map { _ in .random(in: 0...255, using: &self) }
    }
}

// Vector: RFC 9106 §5.3, Argon2id with secret and associated data (IETF Trust, code components under
// the Simplified BSD licence).

import Secrets
import Testing

@testable import Passwords

/// Argon2's least but for RFC 9106's vector; no test needs more, but for the one at the floor.
let tinyCost = smallCost(32)

func smallCost(_ memoryKiB: UInt32, passes: UInt32 = 1, parallelism: UInt32 = 1) -> HashCost {
    // Within the bounds that HashCost's own tests check.
    try! HashCost(memoryKiB: memoryKiB, passes: passes, parallelism: parallelism)
}

func pepper(_ number: UInt8) throws -> Pepper {
    let id = try #require(PepperID(bytes: [0, 0, 0, number]))
    return try Pepper(id: id, key: Secret(copying: [UInt8](repeating: number, count: 32)))
}

func repeated(_ byte: UInt8, _ count: Int) -> [UInt8] {
    [UInt8](repeating: byte, count: count)
}

@Suite struct `An Argon2id hash` {
    @Test func `gives RFC 9106's tag, with secret and associated data`() throws {
        let cost = smallCost(32, passes: 3, parallelism: 4)
        var arena = try Argon2Arena(for: cost)
        let tag = try Argon2id.hash(
            password: repeated(1, 32).span, salt: repeated(2, 16).span, secret: repeated(3, 8).span,
            associatedData: repeated(4, 12).span, cost: cost, tagCount: 32,
            by: .libargon2(.configured), in: &arena)
        #expect(
            tag == [
                0x0D, 0x64, 0x0D, 0xF5, 0x8D, 0x78, 0x76, 0x6C, 0x08, 0xC0, 0x37, 0xA3, 0x4A, 0x8B,
                0x53, 0xC9, 0xD0, 0x1E, 0xF0, 0x45, 0x2D, 0x75, 0xB6, 0x5E, 0xB5, 0x25, 0x20, 0xE9,
                0x6B, 0x01, 0xE6, 0x59,
            ])
    }

    @Test func `leaves nothing of the password in the arena`() throws {
        var arena = try Argon2Arena(for: smallCost(64))
        _ = try hash("secret", smallCost(64), &arena)
        let isZero = unsafe arena.withUnsafeMemory { unsafe $0.allSatisfy { $0 == 0 } }
        #expect(isZero)
    }

    @Test func `gives the same tag in a larger arena, and after other hashes`() throws {
        var exact = try Argon2Arena(for: tinyCost)
        var larger = try Argon2Arena(for: smallCost(1_000))
        let first = try hash("a", tinyCost, &exact)
        _ = try hash("b", smallCost(999, passes: 2, parallelism: 3), &larger)
        #expect(try hash("a", tinyCost, &larger) == first)
        #expect(try hash("a", tinyCost, &exact) == first)
        #expect(try hash("b", tinyCost, &exact) != first)
    }

    @Test func `refuses a cost larger than the arena`() throws {
        var arena = try Argon2Arena(for: tinyCost)
        #expect(throws: PasswordHashError.arenaTooSmall(neededKiB: 33, arenaKiB: 32)) {
            try hash("a", smallCost(33), &arena)
        }
    }

    @Test func `refuses salts and tags out of range`() throws {
        var arena = try Argon2Arena(for: tinyCost)
        for (salt, tag, reason) in [
            (7, 32, PasswordHashError.saltOutOfRange), (65, 32, .saltOutOfRange),
            (16, 15, .tagOutOfRange), (16, 65, .tagOutOfRange),
        ] {
            #expect(throws: reason) {
                try hash("a", tinyCost, &arena, saltCount: salt, tagCount: tag)
            }
        }
        #expect(try hash("a", tinyCost, &arena, saltCount: 8, tagCount: 16).count == 16)
        #expect(try hash("a", tinyCost, &arena, saltCount: 64, tagCount: 64).count == 64)
    }

    private func hash(
        _ password: String, _ cost: HashCost, _ arena: inout Argon2Arena, saltCount: Int = 16,
        tagCount: Int = 32
    ) throws -> [UInt8] {
        let nothing: [UInt8] = []
        return try Argon2id.hash(
            password: Array(password.utf8).span, salt: repeated(7, saltCount).span,
            secret: nothing.span, associatedData: nothing.span, cost: cost, tagCount: tagCount,
            by: .libargon2(.configured), in: &arena)
    }
}

@Suite struct `A stored hash` {
    @Test func `matches its password in either spelling, and no other`() throws {
        var arena = try Argon2Arena(for: tinyCost)
        let peppers = try PepperRing(current: pepper(1))
        let stored = try made("Éclair 1!", &arena)
        #expect(try verify("Éclair 1!", stored, peppers, &arena) == .match)
        #expect(try verify("E\u{301}clair\u{A0}1!", stored, peppers, &arena) == .match)
        for wrong in ["", "éclair 1!", "Éclair 1! ", "Éclair 1", "Éclair 1!\u{0}"] {
            #expect(try verify(wrong, stored, peppers, &arena) == .mismatch)
        }
    }

    @Test func `is verified from its text`() throws {
        var arena = try Argon2Arena(for: tinyCost)
        let text = try made("Abcdef1!", &arena).text
        #expect(text.hasPrefix("$argon2id$v=19$m=32,t=1,p=1,keyid=AAAAAQ$"))
        let stored = try PHCString(text)
        let peppers = try PepperRing(current: pepper(1))
        #expect(try verify("Abcdef1!", stored, peppers, &arena) == .match)
    }

    @Test func `needs the pepper it was made with, also when that is no longer today's`() throws {
        var arena = try Argon2Arena(for: tinyCost)
        let stored = try made("Abcdef1!", &arena)
        let rotated = try PepperRing(current: pepper(2), older: [pepper(1)])
        #expect(try verify("Abcdef1!", stored, rotated, &arena) == .match)
        let lost = try PepperRing(current: pepper(2))
        #expect(throws: PasswordHashError.unknownPepper(try pepper(1).id)) {
            try verify("Abcdef1!", stored, lost, &arena)
        }
        let other = try PepperRing(
            current: Pepper(id: pepper(1).id, key: Secret(copying: repeated(9, 32))))
        #expect(try verify("Abcdef1!", stored, other, &arena) == .mismatch)
    }

    @Test func `made elsewhere without a pepper is verified too`() throws {
        var arena = try Argon2Arena(for: tinyCost)
        let nothing: [UInt8] = []
        let tag = try Argon2id.hash(
            password: Array("Abcdef1!".utf8).span, salt: repeated(5, 8).span, secret: nothing.span,
            associatedData: nothing.span, cost: tinyCost, tagCount: 16, by: .libargon2(.configured),
            in: &arena)
        let stored = try PHCString(
            cost: tinyCost, pepperID: nil, salt: repeated(5, 8), tag: tag)
        let peppers = try PepperRing(current: pepper(1))
        #expect(try verify("Abcdef1!", stored, peppers, &arena) == .match)
        #expect(stored.needsRehash(today: tinyCost, pepper: peppers.current.id))
    }

    @Test func `is refused when it costs more than the arena`() throws {
        var large = try Argon2Arena(for: smallCost(64))
        var small = try Argon2Arena(for: tinyCost)
        let stored = try made("Abcdef1!", &large, cost: smallCost(64))
        let peppers = try PepperRing(current: pepper(1))
        #expect(throws: PasswordHashError.arenaTooSmall(neededKiB: 64, arenaKiB: 32)) {
            try verify("Abcdef1!", stored, peppers, &small)
        }
    }

    @Test func `has a salt of exactly 16 bytes`() throws {
        var arena = try Argon2Arena(for: tinyCost)
        for count in [0, 8, 15, 17] {
            #expect(throws: PasswordHashError.saltOutOfRange) {
                try StoredHash.make(
                    password: Password("a"), salt: repeated(0, count), pepper: pepper(1),
                    cost: tinyCost, by: .libargon2(.configured), in: &arena)
            }
        }
    }

    @Test func `is made anew when anything is below today's, or the pepper is another`() throws {
        var arena = try Argon2Arena(for: smallCost(64))
        let today = smallCost(64, passes: 2)
        let stored = try made("a", &arena, cost: today)
        let id = try pepper(1).id
        #expect(!stored.needsRehash(today: today, pepper: id))
        #expect(!stored.needsRehash(today: smallCost(63, passes: 1), pepper: id))
        #expect(stored.needsRehash(today: smallCost(65, passes: 2), pepper: id))
        #expect(stored.needsRehash(today: smallCost(64, passes: 3), pepper: id))
        #expect(stored.needsRehash(today: today, pepper: try pepper(2).id))
        for (salt, tag) in [(15, 32), (16, 31)] {
            let weak = try PHCString(
                cost: today, pepperID: id, salt: repeated(0, salt), tag: repeated(0, tag))
            #expect(weak.needsRehash(today: today, pepper: id))
        }
    }

    @Test func `has a decoy that no password matches`() throws {
        var arena = try Argon2Arena(for: tinyCost)
        let peppers = try PepperRing(current: pepper(1))
        let decoy = StoredHash.decoy(cost: tinyCost, pepper: peppers.current)
        #expect(decoy.cost == tinyCost)
        #expect(try verify("Abcdef1!", decoy, peppers, &arena) == .mismatch)
    }

    @Test func `can be made and verified at the floor`() throws {
        var arena = try Argon2Arena(for: .floor)
        let stored = try made("Abcdef1!", &arena, cost: .floor)
        let peppers = try PepperRing(current: pepper(1))
        #expect(try verify("Abcdef1!", stored, peppers, &arena) == .match)
        #expect(try verify("Abcdef1?", stored, peppers, &arena) == .mismatch)
    }

    private func made(
        _ password: String, _ arena: inout Argon2Arena, cost: HashCost = tinyCost
    ) throws -> PHCString {
        try StoredHash.make(
            password: Password(password), salt: Array(0..<16), pepper: pepper(1), cost: cost,
            by: .libargon2(.configured), in: &arena)
    }

    private func verify(
        _ password: String, _ stored: PHCString, _ peppers: PepperRing, _ arena: inout Argon2Arena
    ) throws -> Verification {
        try StoredHash.verify(
            Password(password), against: stored, peppers: peppers, by: .libargon2(.configured),
            in: &arena)
    }
}

@Suite struct `A pepper` {
    @Test func `has 16 to 64 bytes and an id of 4`() throws {
        let id = try #require(PepperID(bytes: [1, 2, 3, 4]))
        #expect(PepperID(bytes: [1, 2, 3]) == nil)
        #expect(PepperID(bytes: [1, 2, 3, 4, 5]) == nil)
        for count in [16, 64] {
            #expect(throws: Never.self) {
                _ = try Pepper(id: id, key: Secret(copying: repeated(0, count)))
            }
        }
        for count in [0, 15, 65] {
            #expect(throws: PasswordHashError.pepperOutOfRange) {
                _ = try Pepper(id: id, key: Secret(copying: repeated(0, count)))
            }
        }
    }

    @Test func `is in a ring once`() throws {
        let id = try pepper(1).id
        #expect(throws: PasswordHashError.duplicatePepper(id)) {
            try PepperRing(current: pepper(1), older: [pepper(2), pepper(1)])
        }
    }
}

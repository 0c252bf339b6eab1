import Secrets
import Testing

@testable import Passwords

@Suite struct `A hash's scheme` {
    @Test(arguments: ForeignVector.all)
    func `is what its time depends on, and can be read back`(vector: ForeignVector) throws {
        let scheme = try PasswordHash(vector.text).scheme
        #expect(scheme.text == vector.scheme)
        #expect(HashScheme(text: scheme.text) == scheme)
    }

    @Test func `of ours names the pepper`() throws {
        let id = try #require(PepperID(bytes: [10, 11, 12, 255]))
        let scheme = HashScheme(today: .standard, pepper: id)
        #expect(scheme.text == "argon2id,v=19,m=65536,t=3,p=1,keyid=0a0b0cff")
        #expect(HashScheme(text: scheme.text) == scheme)
        #expect(scheme.pepperID == id)
        #expect(
            StoredHash.decoy(cost: .standard, pepper: try pepper(1)).scheme.pepperID?.bytes == [
                0, 0, 0, 1,
            ])
    }

    @Test func `of ours may cost what HashCost allows`() throws {
        let most = try HashCost(memoryKiB: 1_048_576, passes: 10, parallelism: 4)
        let scheme = HashScheme(today: most, pepper: nil)
        #expect(HashScheme(text: scheme.text) == scheme)
        #expect(scheme.decoy.memoryKiB == 1_048_576)
    }

    @Test func `is the same for every spelling of one hash`() throws {
        #expect(
            try PasswordHash(ForeignVector.argon2[8].text).scheme
                == HashScheme(today: smallCost(64), pepper: nil))
    }

    @Test(arguments: ForeignVector.all)
    func `makes a decoy that has it, and that no password matches`(vector: ForeignVector) throws {
        let hash = try PasswordHash(vector.text)
        let decoy = hash.scheme.decoy
        #expect(decoy.scheme == hash.scheme)
        #expect(decoy.memoryKiB == hash.memoryKiB)
        var arena = try Argon2Arena(for: smallCost(128))
        let ring = try PepperRing(current: pepper(1))
        let password = try Password(vector.password)
        let answer = try decoy.verify(
            password, peppers: ring, by: .libargon2(.configured), in: &arena)
        #expect(answer == .mismatch)
    }

    @Test(arguments: [
        "", "argon2id", "argon2id,v=19,m=65536,t=3", "argon2id,v=18,m=65536,t=3,p=1",
        "argon2id,v=19,m=65536,t=3,p=1,keyid=0A0B0CFF", "argon2id,v=19,m=65536,t=3,p=1,keyid=00",
        "argon2i,v=19,m=65536,t=3,p=1,keyid=0a0b0cff", "argon2id,v=19,m=2000000,t=1,p=1",
        "argon2x,v=19,m=64,t=1,p=1", "bcrypt,cost=3", "bcrypt,cost=012", "bcrypt,rounds=12",
        "bcrypt",
        "sha-crypt,bits=384,rounds=5000,salt=8", "sha-crypt,bits=256,rounds=5000,salt=17",
        "pbkdf2,hmac=md5,iterations=1,blocks=1", "pbkdf2,hmac=sha1,iterations=1,blocks=8",
        "pbkdf2,hmac=sha256,iterations=1,blocks=0", "scrypt,ln=25,r=8,p=1", "scrypt,ln=4,r=8",
        "yescrypt,a=1",
    ])
    func `is refused where it is none`(text: String) {
        #expect(HashScheme(text: text) == nil)
    }
}

@Suite struct `The mix of decoys` {
    private let today = HashScheme(today: .standard, pepper: nil)
    private let bcrypt = HashScheme.bcrypt(cost: 12)
    private let scrypt = HashScheme.scrypt(logN: 14, r: 8, p: 5)

    private func locators(_ count: Int) -> [Digest] {
        (0..<count).map { .sha256(of: Array("person \($0)".utf8)) }
    }

    @Test func `is today's scheme alone while no other hash is left`() {
        for mix in [DecoyMix(today: today), DecoyMix(today: today, counts: [today: 5, bcrypt: 0])] {
            #expect(locators(100).allSatisfy { mix.scheme(for: $0) == today })
        }
    }

    /// 10 000 draws: six standard deviations are 0.03.
    @Test func `gives each scheme its share`() {
        let mix = DecoyMix(today: today, counts: [today: 50, bcrypt: 30, scrypt: 20])
        let drawn = locators(10_000).map(mix.scheme)
        for (scheme, share) in [(today, 0.5), (bcrypt, 0.3), (scrypt, 0.2)] {
            let count = drawn.count { $0 == scheme }
            #expect(abs(Double(count) / 10_000 - share) < 0.03, "\(scheme.text): \(count)")
        }
    }

    @Test func `answers alike for one identifier, on every node`() {
        let one = DecoyMix(today: today, counts: [bcrypt: 30, scrypt: 20, today: 50])
        let other = DecoyMix(today: today, counts: [scrypt: 20, today: 50, bcrypt: 30])
        #expect(locators(1_000).allSatisfy { one.scheme(for: $0) == other.scheme(for: $0) })
    }

    @Test func `moves identifiers from what shrinks to what grows, as owners do, and no others`() {
        let before = DecoyMix(today: today, counts: [today: 50, bcrypt: 30, scrypt: 20])
        let after = DecoyMix(today: today, counts: [today: 65, bcrypt: 15, scrypt: 20])
        var moved = 0
        for locator in locators(10_000) {
            let (old, new) = (before.scheme(for: locator), after.scheme(for: locator))
            guard old != new else { continue }
            moved += 1
            // Out of what shrank, or into what grew; never from today's, which grew.
            #expect(old == bcrypt || new == today)
            #expect(old != today)
        }
        #expect(abs(moved - 1_500) < 300, "\(moved)")
    }

    @Test func `keeps a share for today's scheme, which the next account will have`() {
        let mix = DecoyMix(today: today, counts: [bcrypt: 1])
        let count = locators(1_000).count { mix.scheme(for: $0) == today }
        #expect((400...600).contains(count), "\(count)")
    }

    @Test func `knows the 64 most frequent schemes`() {
        var counts: [HashScheme: Int64] = [:]
        for saltCount in 0...16 {
            for rounds in 0..<4 {
                let scheme = HashScheme.shaCrypt(
                    bits: 512, rounds: 1_000 + rounds, saltCount: saltCount)
                counts[scheme] = saltCount == 16 ? 1 : 1_000
            }
        }
        #expect(counts.count == 68)
        let mix = DecoyMix(today: today, counts: counts)
        let drawn = Set(locators(20_000).map(mix.scheme))
        #expect(drawn.count >= 60 && drawn.count <= DecoyMix.schemesMax)
        #expect(!drawn.contains { counts[$0] == 1 })
    }
}

@testable import Passwords
import SeededRandom
import Testing

/// ASCII goes byte by byte and everything else through Unicode's tables. A seeded generator, so that
/// a failure is the same every time.
@Suite struct `The short way for ASCII` {
    @Test func `counts what the general way counts`() {
        var random = Seeded(1)
        for _ in 0..<20_000 {
            let bytes = random.ascii()
            let text = String(decoding: bytes, as: UTF8.self)
            #expect(
                PasswordTraits(ascii: bytes.span) == PasswordTraits(normalForm: text),
                "\(bytes)")
        }
    }

    @Test func `lists what the general way lists`() {
        var random = Seeded(2)
        let context = PasswordContext(email: "Lil1 0@x", displayName: "Al1ce Bob")
        let blocklist = Blocklist(bases: CommonBases.all + ["a", "il", "o o", "1", "it's", "b0b"])
        var hits = 0
        for round in 0..<20_000 {
            let bytes = round % 2 == 0 ? random.ascii() : random.disguise(of: blocklistBase(round))
            let short = blocklist.lists(ascii: bytes.span, context)
            #expect(short == blocklist.lists(utf8: bytes.span, context), "\(bytes)")
            hits += short ? 1 : 0
        }
        #expect(hits > 5_000, "the generator no longer reaches the list")
    }

    private func blocklistBase(_ round: Int) -> [UInt8] {
        Array(CommonBases.all[round % CommonBases.all.count].utf8.filter { $0 < 0x80 })
    }
}

extension Seeded {
    /// 0 ... 24 bytes, often from the few that rules look at.
    mutating func ascii() -> [UInt8] {
        let special = Array("  \r\n\u{0}\u{7F}aAiIlL01@$5o9'".utf8)
        return (0..<Int.random(in: 0...24, using: &self)).map { _ in
            Bool.random(using: &self)
                ? special.randomElement(using: &self) ?? 0 : UInt8.random(in: 0...127, using: &self)
        }
    }

    /// A base with look-alikes, capitals, and digits and signs around it.
    mutating func disguise(of base: [UInt8]) -> [UInt8] {
        let around = Array(" 123!@$".utf8)
        var bytes = base.map { byte -> UInt8 in
            guard Int.random(in: 0..<4, using: &self) == 0 else { return byte }
            switch byte {
            case UInt8(ascii: "a"): return UInt8(ascii: "@")
            case UInt8(ascii: "i"), UInt8(ascii: "l"): return UInt8(ascii: "1")
            case UInt8(ascii: "o"): return UInt8(ascii: "0")
            case UInt8(ascii: "s"): return UInt8(ascii: "$")
            case UInt8(ascii: "a")...UInt8(ascii: "z"): return byte & 0xDF
            default: return byte
            }
        }
        for _ in 0..<Int.random(in: 0...3, using: &self) {
            bytes.append(around.randomElement(using: &self) ?? 0)
            bytes.insert(around.randomElement(using: &self) ?? 0, at: 0)
        }
        return bytes
    }
}

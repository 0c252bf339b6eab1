import Accounts
import Secrets
import SeededRandom
import Testing

@Suite struct `A token` {
    private let zeros = "lqs_" + String(repeating: "A", count: 43)

    @Test func `is a prefix and 32 bytes`() {
        let random = Secret(copying: [UInt8](repeating: 0, count: 32))
        #expect(Token.text(.session, of: random) == zeros)
        let prefixes = Token.Kind.allCases.map(\.rawValue)
        #expect(prefixes == ["lqa_", "lqk_", "lqs_", "lqd_", "lqr_", "lqv_"])
    }

    @Test func `is known by the digest of its text`() throws {
        var random = Seeded(8)
        for kind in Token.Kind.allCases {
            let secret = Secret(copying: random.bytes(32))
            let text = Token.text(kind, of: secret)
            let token = try #require(Token(parsing: text))
            #expect(token.kind == kind)
            #expect(token.digest == Digest.sha256(of: Array(text.utf8)))
            let made = Token(kind, of: secret)
            #expect(made == token)
        }
    }

    @Test func `is not parsed from anything else`() {
        #expect(Token(parsing: zeros) != nil)
        let letters = String(repeating: "A", count: 42)
        let others = [
            "", "lqs_", "lqx_" + letters + "A", "LQS_" + letters + "A", "lqs_" + letters,
            zeros + "A", zeros + "=", " " + zeros, zeros + "\n", "lqs_" + letters + "B",
            "lqs_" + letters + "+", "lqs_" + letters.dropLast() + "é", "lqs-" + letters + "A",
        ]
        for other in others { #expect(Token(parsing: other) == nil, "\(other)") }
    }
}

@Suite struct `A locator` {
    @Test func `depends on key, space and spelling`() {
        let one = Secret(copying: [UInt8](repeating: 1, count: 32))
        let two = Secret(copying: [UInt8](repeating: 2, count: 32))
        let jan = Identifier.ofAttempt("jan@example.com")
        let first = jan.locator(key: one)
        let again = Identifier.ofAttempt("JAN@example.com").locator(key: one)
        let otherKey = jan.locator(key: two)
        let otherName = Identifier.ofAttempt("piet@example.com").locator(key: one)
        let malformed = Identifier.ofAttempt("jan").locator(key: one)
        #expect(first == again)
        #expect(Set([first, otherKey, otherName, malformed]).count == 4)
        let message = Array("loquet identifier v1\0".utf8) + [1] + Array("jan@example.com".utf8)
        #expect(first == Digest.hmac(key: one, message))
    }
}

@Suite struct `A password tag` {
    private let hour = Timestamp(seconds: 500_000 * 3_600)

    private func tags(_ password: String, at time: Timestamp) -> PasswordTags {
        let key = Secret(copying: [UInt8](repeating: 7, count: 32))
        return PasswordTags.tags(for: Array(password.utf8).span, key: key, at: time)
    }

    @Test func `is the same for an hour and known for the next`() {
        let first = tags("hunter2", at: hour)
        #expect(tags("hunter2", at: hour + .hours(1) - .microseconds(1)) == first)
        let next = tags("hunter2", at: hour + .hours(1))
        #expect(next.previous == first.current)
        #expect(next.current != first.current)
        let later = tags("hunter2", at: hour + .hours(2))
        #expect(later.current != first.current && later.previous != first.current)
    }

    @Test func `differs by password and key`() {
        let key = Secret(copying: [UInt8](repeating: 8, count: 32))
        let other = PasswordTags.tags(for: Array("hunter2".utf8).span, key: key, at: hour)
        #expect(tags("hunter2", at: hour).current != tags("hunter3", at: hour).current)
        #expect(tags("hunter2", at: hour).current != other.current)
    }

    @Test func `has 20 bits, all of them used`() {
        var seen: UInt64 = 0
        for number in 0..<200 {
            let tag = tags("p\(number)", at: hour).current
            #expect(tag.value < PasswordTag.valuesMax)
            #expect(PasswordTag(stored: Int64(tag.value)) == tag)
            seen |= tag.value
        }
        #expect(seen == PasswordTag.valuesMax - 1)
        #expect(PasswordTag(stored: -1) == nil)
        #expect(PasswordTag(stored: 1 << 20) == nil)
    }

    @Test func `of a replayed file is any text`() {
        #expect(PasswordTag(replayed: "a") == PasswordTag(replayed: "a"))
        #expect(PasswordTag(replayed: "a") != PasswordTag(replayed: "b"))
    }
}

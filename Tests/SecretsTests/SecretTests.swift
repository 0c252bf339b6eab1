import Secrets
import Testing

@Suite struct `A secret` {
    private enum Refusal: Error { case refused }

    @Test func `lends the bytes it was given`() {
        let secret = Secret(copying: [1, 2, 3])
        let count = secret.count
        #expect(count == 3)
        let same = secret.withBytes { constantTimeEquals($0, ([1, 2, 3] as [UInt8]).span) }
        #expect(same)
        let sum = unsafe secret.withUnsafePointer { unsafe $0.reduce(0, +) }
        #expect(sum == 6)
    }

    @Test func `may be empty`() {
        let secret = Secret(copying: [])
        let count = secret.count
        #expect(count == 0)
        let isEmpty = secret.withBytes { $0.isEmpty }
        #expect(isEmpty)
    }

    @Test func `keeps its own copy`() {
        var bytes: [UInt8] = [1, 2, 3]
        let secret = Secret(copying: bytes)
        wipe(&bytes)
        #expect(bytes == [0, 0, 0])
        let first = secret.withBytes { $0[0] }
        #expect(first == 1)
    }

    @Test func `is the UTF-8 of a text`() {
        let secret = Secret(utf8: "é")
        #expect(secret.withBytes { hex($0) } == "c3a9")
    }

    @Test func `outlives the secret it was duplicated from`() {
        var original: Secret? = Secret(copying: [9, 8])
        let copy = original?.duplicate() ?? Secret(copying: [])
        original = nil
        #expect(copy.withBytes { hex($0) } == "0908")
    }

    @Test func `is zero where the filler wrote nothing`() {
        let secret = unsafe Secret(count: 3) { unsafe $0[1] = 5 }
        #expect(secret.withBytes { hex($0) } == "000500")
    }

    @Test func `does not come to be when its filler throws`() {
        #expect(throws: Refusal.refused) {
            _ = try unsafe Secret(count: 3) { _ throws(Refusal) in throw .refused }
        }
    }

    @Test func `passes on what its borrower throws`() {
        let secret = Secret(copying: [1])
        #expect(throws: Refusal.refused) {
            try secret.withBytes { _ throws(Refusal) in throw Refusal.refused }
        }
    }
}

@Suite struct `Constant-time equality` {
    @Test func `is equality of all bytes`() {
        #expect(equal([], []))
        #expect(equal([1, 2, 3], [1, 2, 3]))
        #expect(!equal([1, 2, 3], [0, 2, 3]))
        #expect(!equal([1, 2, 3], [1, 2, 4]))
    }

    @Test func `never holds between different lengths`() {
        #expect(!equal([], [0]))
        #expect(!equal([1, 2], [1, 2, 0]))
        #expect(!equal([1, 2, 0], [1, 2]))
    }

    private func equal(_ a: [UInt8], _ b: [UInt8]) -> Bool {
        constantTimeEquals(a.span, b.span)
    }
}

@Suite struct `Random bytes` {
    @Test func `come in the number asked for, and never twice the same`() {
        #expect(SystemRandom.bytes(count: 0).isEmpty)
        #expect(SystemRandom.bytes(count: 16).count == 16)
        #expect(SystemRandom.bytes(count: 16) != SystemRandom.bytes(count: 16))
        let a = SystemRandom.secret(count: 32)
        let b = SystemRandom.secret(count: 32)
        let same = a.withBytes { left in b.withBytes { right in constantTimeEquals(left, right) } }
        #expect(!same)
    }
}

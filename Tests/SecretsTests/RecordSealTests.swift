import Secrets
import Testing

// Vectors: McGrew and Viega, "The Galois/Counter Mode of Operation (GCM)", revised specification
// submitted to NIST, test cases 13, 14 and 16 (AES-256). Published for implementers.
@Suite struct `A sealed record` {
    private func bytes(_ hex: String) throws -> [UInt8] {
        try #require(Hexadecimal.decode(hex.utf8))
    }

    @Test(arguments: [
        (
            String(repeating: "00", count: 32), String(repeating: "00", count: 12), "", "", "",
            "530f8afbc74536b9a963b4f1c4cb738b"
        ),
        (
            String(repeating: "00", count: 32), String(repeating: "00", count: 12),
            String(repeating: "00", count: 16), "", "cea7403d4d606b6e074ec5d3baf39d18",
            "d0d1c8a799996bf0265b98b5d48ab919"
        ),
        (
            "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
            "cafebabefacedbaddecaf888",
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
                + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
            "feedfacedeadbeeffeedfacedeadbeefabaddad2",
            "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
                + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662",
            "76fc6ece0f4e1768cddf8853bb2d551b"
        ),
    ])
    func `is AES-256-GCM, nonce first and tag last`(
        key: String, nonce: String, plaintext: String, context: String, ciphertext: String,
        tag: String
    ) throws {
        let seal = RecordSeal(key: Secret(copying: try bytes(key)))
        let sealed = try seal.seal(
            try bytes(plaintext), context: try bytes(context), nonce: try bytes(nonce))
        #expect(sealed == (try bytes(nonce + ciphertext + tag)))
        #expect(try seal.open(sealed, context: try bytes(context)) == (try bytes(plaintext)))
    }

    private let recordKey = [UInt8](repeating: 7, count: 32)

    private func seal(_ purpose: StaticString = "test") -> RecordSeal {
        RecordSeal(recordKey: Secret(copying: recordKey), purpose: purpose)
    }

    @Test func `opens under its key, purpose and context, and under no other`() throws {
        let sealed = try seal().seal([1, 2, 3], context: [9])
        #expect(sealed.count == 3 + RecordSeal.overhead)
        #expect(try seal().open(sealed, context: [9]) == [1, 2, 3])
        #expect(throws: SecretError.notAuthentic) { try seal().open(sealed, context: [8]) }
        #expect(throws: SecretError.notAuthentic) { try seal("other").open(sealed, context: [9]) }
        let other = RecordSeal(
            recordKey: Secret(copying: [UInt8](repeating: 8, count: 32)), purpose: "test")
        #expect(throws: SecretError.notAuthentic) { try other.open(sealed, context: [9]) }
    }

    @Test func `opens with no bit changed and none missing`() throws {
        let sealed = try seal().seal([1, 2, 3], context: [])
        for index in sealed.indices {
            var changed = sealed
            changed[index] ^= 1
            #expect(throws: SecretError.notAuthentic) { try seal().open(changed, context: []) }
            let short = Array(sealed[..<index])
            #expect(throws: SecretError.notAuthentic) { try seal().open(short, context: []) }
        }
    }

    @Test func `is never the same twice`() throws {
        let seal = seal()
        #expect(try seal.seal([1], context: []) != seal.seal([1], context: []))
    }
}

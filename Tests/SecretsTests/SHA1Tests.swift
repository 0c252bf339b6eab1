import Secrets
import Testing

@Suite struct `SHA-1` {
    /// FIPS 180-4's examples, first eight bytes.
    @Test(
        arguments: [
            ("abc", 0xA999_3E36_4706_816A),
            ("", 0xDA39_A3EE_5E6B_4B0D),
            ("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 0x8498_3E44_1C3B_D26E),
        ] as [(String, UInt64)])
    func `gives the published prefix`(message: String, prefix: UInt64) {
        #expect(sha1Prefix(of: message.utf8.span) == prefix)
    }
}

@Suite struct `SHA-256 of a stream` {
    @Test func `is that of the whole, however it is cut`() {
        let message = (0..<1_000).map { UInt8(truncatingIfNeeded: $0) }
        for cut in [0, 1, 63, 64, 65, 999, 1_000] {
            let stream = SHA256Stream()
            stream.update(message.span.extracting(..<cut))
            stream.update(message.span.extracting(cut...))
            #expect(stream.finish() == Digest.sha256(of: message))
        }
        #expect(SHA256Stream().finish() == Digest.sha256(of: []))
    }
}

// Vectors: FIPS 180-4 examples for SHA-256 (NIST, public domain); RFC 4231 §4 for HMAC-SHA-256 and
// RFC 5869 appendix A for HKDF (IETF Trust, code components under the Simplified BSD licence).

import Secrets
import Testing

@Suite struct `SHA-256` {
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            String(repeating: "a", count: 1_000_000),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        ),
    ])
    func `gives the published digests`(message: String, digest: String) {
        #expect(hex(Digest.sha256(of: Array(message.utf8)).bytes) == digest)
    }

    @Test func `is a digest of exactly 32 bytes`() {
        #expect(Digest(bytes: [UInt8](repeating: 1, count: 31)) == nil)
        #expect(Digest(bytes: [UInt8](repeating: 1, count: 32)) != nil)
        #expect(Digest(bytes: [UInt8](repeating: 1, count: 33)) == nil)
    }
}

@Suite struct `HMAC-SHA-256` {
    struct Vector: Sendable {
        let key: [UInt8]
        let message: [UInt8]
        let mac: String
    }

    static let vectors = [
        Vector(
            key: repeated(0x0B, 20), message: Array("Hi There".utf8),
            mac: "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
        Vector(
            key: Array("Jefe".utf8), message: Array("what do ya want for nothing?".utf8),
            mac: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        Vector(
            key: repeated(0xAA, 20), message: repeated(0xDD, 50),
            mac: "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
        Vector(
            key: Array(1...25), message: repeated(0xCD, 50),
            mac: "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"),
        // Case 5 is published cut to 128 bits; these are its first 16 bytes.
        Vector(
            key: repeated(0x0C, 20), message: Array("Test With Truncation".utf8),
            mac: "a3b6167473100ee06e0c796c2955552b"),
        Vector(
            key: repeated(0xAA, 131),
            message: Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
            mac: "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
        Vector(
            key: repeated(0xAA, 131),
            message: Array(
                ("This is a test using a larger than block-size key and a larger than block-size "
                    + "data. The key needs to be hashed before being used by the HMAC algorithm.")
                    .utf8),
            mac: "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"),
    ]

    @Test(arguments: vectors) func `gives the published codes`(vector: Vector) {
        let code = Digest.hmac(key: Secret(copying: vector.key), vector.message)
        #expect(hex(code.bytes).hasPrefix(vector.mac))
    }

    @Test func `takes an empty key and an empty message`() {
        // RFC 2104 pads a short key with zeros, so an empty key is the key of 64 zeros.
        let empty = Digest.hmac(key: Secret(copying: []), [])
        #expect(empty == Digest.hmac(key: Secret(copying: repeated(0, 64)), []))
    }
}

@Suite struct `HKDF-SHA-256` {
    struct Vector: Sendable {
        let key: [UInt8]
        let salt: [UInt8]
        let info: [UInt8]
        let output: String
    }

    static let vectors = [
        Vector(
            key: repeated(0x0B, 22), salt: Array(0...12), info: Array(0xF0...0xF9),
            output: "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
                + "34007208d5b887185865"),
        Vector(
            key: Array(0...0x4F), salt: Array(0x60...0xAF), info: Array(0xB0...0xFF),
            output: "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c"
                + "59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71"
                + "cc30c58179ec3e87c14c01d5c1f3434f1d87"),
        Vector(
            key: repeated(0x0B, 22), salt: [], info: [],
            output: "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"
                + "9d201395faa4b61a96c8"),
    ]

    @Test(arguments: vectors) func `gives the published keys`(vector: Vector) {
        let derived = KeyDerivation.hkdf(
            key: Secret(copying: vector.key), salt: vector.salt, info: vector.info,
            count: vector.output.count / 2)
        #expect(derived.withBytes { hex($0) } == vector.output)
    }

    @Test func `gives up to 255 blocks, the short output being the start of the long`() {
        let key = Secret(copying: repeated(7, 32))
        let one = KeyDerivation.hkdf(key: key, info: [1], count: 1)
        let all = KeyDerivation.hkdf(key: key, info: [1], count: 8_160)
        #expect(all.count == 8_160)
        let first = one.withBytes { $0[0] }
        #expect(all.withBytes { $0[0] } == first)
    }
}

func repeated(_ byte: UInt8, _ count: Int) -> [UInt8] {
    [UInt8](repeating: byte, count: count)
}

func hex(_ bytes: Span<UInt8>) -> String {
    let digits = Array("0123456789abcdef")
    var text = ""
    for index in bytes.indices {
        text.append(digits[Int(bytes[index] >> 4)])
        text.append(digits[Int(bytes[index] & 15)])
    }
    return text
}

func hex(_ bytes: [UInt8]) -> String { hex(bytes.span) }

import Secrets
import Testing

/// RFC 8032 §7.1, tests 1 to 3 (IETF Trust's licence for code components).
private let vectors: [(seed: String, publicKey: String, message: String, signature: String)] = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555"
            + "fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
            + "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
    ),
]

private func bytes(_ digits: String) throws -> [UInt8] {
    try #require(Hexadecimal.decode(digits.utf8))
}

@Suite struct `An Ed25519 signature` {
    @Test(arguments: vectors.indices)
    func `is the RFC's`(index: Int) throws {
        let vector = vectors[index]
        let seed = Secret(copying: try bytes(vector.seed))
        let publicKey = try Ed25519.publicKey(of: seed)
        let message = try bytes(vector.message)
        let signature = try Ed25519.sign(message, with: seed)
        #expect(Hexadecimal.encode(publicKey) == vector.publicKey)
        #expect(Hexadecimal.encode(signature) == vector.signature)
        #expect(Ed25519.verifies(signature, of: message, by: publicKey))
    }

    @Test func `is good for one message, one key and itself alone`() throws {
        let publicKey = try bytes(vectors[1].publicKey)
        let signature = try bytes(vectors[1].signature)
        #expect(Ed25519.verifies(signature, of: [0x72], by: publicKey))
        #expect(!Ed25519.verifies(signature, of: [0x73], by: publicKey))
        #expect(!Ed25519.verifies(signature, of: [0x72, 0], by: publicKey))
        #expect(!Ed25519.verifies(signature, of: [0x72], by: try bytes(vectors[2].publicKey)))
        for index in signature.indices {
            var altered = signature
            altered[index] ^= 1
            #expect(!Ed25519.verifies(altered, of: [0x72], by: publicKey))
        }
        #expect(!Ed25519.verifies(Array(signature.dropLast()), of: [0x72], by: publicKey))
        #expect(!Ed25519.verifies(signature + [0], of: [0x72], by: publicKey))
        #expect(!Ed25519.verifies(signature, of: [0x72], by: Array(publicKey.dropLast())))
    }
}

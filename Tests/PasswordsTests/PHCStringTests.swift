import Testing

@testable import Passwords

@Suite struct `A stored hash as text` {
    static let salt = "AAECAwQFBgcICQoLDA0ODw"
    static let tag = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"

    @Test(arguments: [
        "$argon2id$v=19$m=65536,t=3,p=1,keyid=AQIDBA$\(salt)$\(tag)",
        "$argon2id$v=19$m=65536,t=3,p=1$\(salt)$\(tag)",
        "$argon2id$v=19$m=8,t=1,p=1$AAECAwQFBgc$\(salt)",
        "$argon2id$v=19$m=1048576,t=10,p=4$\(salt)$\(tag)",
    ])
    func `is written as it was read`(text: String) throws {
        #expect(try PHCString(text).text == text)
    }

    @Test func `carries cost, key id, salt and tag`() throws {
        let hash = try PHCString(
            "$argon2id$v=19$m=64,t=2,p=1,keyid=AQIDBA$\(Self.salt)$\(Self.tag)")
        #expect(try hash.cost == HashCost(memoryKiB: 64, passes: 2))
        #expect(hash.pepperID == PepperID(bytes: [1, 2, 3, 4]))
        #expect(hash.salt == Array(0..<16))
        #expect(hash.tag == Array(0..<32))
    }

    @Test(
        arguments: [
            ("", .wrongFieldCount), ("$", .wrongFieldCount), ("azerty", .wrongFieldCount),
            ("$argon2id$v=19$m=8,t=1,p=1$AA", .wrongFieldCount),
            ("$argon2id$m=8,t=1,p=1$\(salt)$\(tag)", .wrongFieldCount),
            ("$argon2id$v=19$m=8,t=1,p=1$\(salt)$\(tag)$", .wrongFieldCount),
            ("x$argon2id$v=19$m=8,t=1,p=1$\(salt)$\(tag)", .wrongFieldCount),
            ("$argon2i$v=19$m=8,t=1,p=1$\(salt)$\(tag)", .unsupportedAlgorithm),
            ("$Argon2id$v=19$m=8,t=1,p=1$\(salt)$\(tag)", .unsupportedAlgorithm),
            ("$argon2id$v=16$m=8,t=1,p=1$\(salt)$\(tag)", .unsupportedVersion),
            ("$argon2id$v=019$m=8,t=1,p=1$\(salt)$\(tag)", .unsupportedVersion),
            ("$argon2id$v=19 $m=8,t=1,p=1$\(salt)$\(tag)", .unsupportedVersion),
            ("$argon2id$v=19$m=8,t=1,p=1$\(salt)=$\(tag)", .notBase64),
            ("$argon2id$v=19$m=8,t=1,p=1$AAECAwQFBgcICQoLDA0ODx$\(tag)", .notBase64),
            ("$argon2id$v=19$m=8,t=1,p=1$-\(salt)A$\(tag)", .notBase64),
            ("$argon2id$v=19$m=8,t=1,p=1$\(salt)$\(tag)\n", .notBase64),
            ("$argon2id$v=19$m=8,t=1,p=1,keyid=AQ=$\(salt)$\(tag)", .notBase64),
            ("$argon2id$v=19$m=8,t=1,p=1,keyid=$\(salt)$\(tag)", .keyIDLength),
            ("$argon2id$v=19$m=8,t=1,p=1,keyid=AQID$\(salt)$\(tag)", .keyIDLength),
            ("$argon2id$v=19$m=8,t=1,p=1,keyid=AQIDBAU$\(salt)$\(tag)", .keyIDLength),
            ("$argon2id$v=19$m=8,t=1,p=1$$\(tag)", .saltLength),
            ("$argon2id$v=19$m=8,t=1,p=1$AAECAwQFBg$\(tag)", .saltLength),
            ("$argon2id$v=19$m=8,t=1,p=1$\(salt)$", .tagLength),
            ("$argon2id$v=19$m=8,t=1,p=1$\(salt)$AAECAwQFBgcICQoLDA0O", .tagLength),
        ] as [(String, PHCStringError)])
    func `is refused for a reason`(text: String, reason: PHCStringError) {
        #expect(throws: reason) { try PHCString(text) }
    }

    @Test(arguments: [
        "", "m=8", "m=8,t=1", "t=1,m=8,p=1", "m=8,t=1,p=1,", "m=8,t=1,p=1,data=AA", "m=8,t=1,p=1,x",
        "m=08,t=1,p=1", "m=8,t=01,p=1", "m=+8,t=1,p=1", "m=-8,t=1,p=1", "m=,t=1,p=1",
        "m=8 ,t=1,p=1",
        "m=0,t=1,p=1", "m=8,t=0,p=1", "m=8,t=1,p=0", "m=4294967296,t=1,p=1",
        "m=99999999999999999999,t=1,p=1", "m=0x8,t=1,p=1", "m=８,t=1,p=1", "M=8,t=1,p=1",
        "m=8,t=1,p=1,keyid=AQIDBA,keyid=AQIDBA",
    ])
    func `is refused for its parameters`(parameters: String) {
        #expect(throws: PHCStringError.malformedParameters) {
            try PHCString("$argon2id$v=19$\(parameters)$\(Self.salt)$\(Self.tag)")
        }
    }

    @Test(arguments: [
        "m=7,t=1,p=1", "m=15,t=1,p=2", "m=1048577,t=1,p=1", "m=4294967295,t=1,p=1", "m=8,t=11,p=1",
        "m=8,t=4294967295,p=1", "m=40,t=1,p=5",
    ])
    func `is refused for its cost, before anything is allocated`(parameters: String) {
        #expect(throws: PHCStringError.costOutOfRange) {
            try PHCString("$argon2id$v=19$\(parameters)$\(Self.salt)$\(Self.tag)")
        }
    }

    @Test func `has a salt of 8 to 64 bytes, a tag of 16 to 64, and never too many bytes`() throws {
        let key = PepperID(bytes: [0xFF, 0xFF, 0xFF, 0xFF])
        let cost = try HashCost(memoryKiB: 1_048_576, passes: 10, parallelism: 4)
        for (saltCount, tagCount) in [(8, 16), (64, 64)] {
            let hash = try PHCString(
                cost: cost, pepperID: key, salt: Array(repeating: 255, count: saltCount),
                tag: Array(repeating: 255, count: tagCount))
            #expect(try PHCString(hash.text) == hash)
            #expect(hash.text.utf8.count <= PHCString.bytesMax)
        }
        for (saltCount, tagCount, reason) in [
            (7, 16, PHCStringError.saltLength), (65, 16, .saltLength), (8, 15, .tagLength),
            (8, 65, .tagLength),
        ] {
            #expect(throws: reason) {
                try PHCString(
                    cost: cost, pepperID: nil, salt: Array(repeating: 0, count: saltCount),
                    tag: Array(repeating: 0, count: tagCount))
            }
        }
    }

    @Test func `has at most 512 bytes`() {
        let start = "$argon2id$v=19$m=8,t=1,p=1$\(Self.salt)$"
        let filled = start + String(repeating: "A", count: 512 - start.utf8.count)
        #expect(throws: PHCStringError.tagLength) { try PHCString(filled) }
        #expect(throws: PHCStringError.tooLong) { try PHCString(filled + "A") }
    }

    @Test func `does not print itself`() throws {
        let hash = try PHCString("$argon2id$v=19$m=8,t=1,p=1$\(Self.salt)$\(Self.tag)")
        var dumped = ""
        dump(hash, to: &dumped)
        for text in ["\(hash)", String(reflecting: hash), dumped] {
            #expect(!text.contains("AAEC") && !text.contains("31"))
        }
    }
}

import Testing

@testable import Passwords

private let salt = "MDEyMzQ1Njc4OWFiY2RlZg"
private let tag = String(repeating: "A", count: 43)
private let digits53 = String(repeating: ".", count: 53)

private func error(of text: String) -> ForeignHashError? {
    do {
        _ = try ForeignHash(text)
        return nil
    } catch {
        return error
    }
}

private func isOutOfRange(_ text: String) -> Bool {
    if case .outOfRange = error(of: text) { true } else { false }
}

private func isMalformed(_ text: String) -> Bool {
    if case .malformed = error(of: text) { true } else { false }
}

@Suite struct `The ceilings of foreign hashes` {
    @Test(arguments: [
        // The last one in, the first one out.
        ("$argon2i$v=19$m=1048576,t=4,p=1$", "$argon2i$v=19$m=1048576,t=5,p=1$"),
        ("$argon2i$v=19$m=1048576,t=1,p=1$", "$argon2i$v=19$m=1048577,t=1,p=1$"),
        ("$argon2i$v=19$m=8,t=524288,p=1$", "$argon2i$v=19$m=8,t=524289,p=1$"),
        ("$argon2i$v=19$m=512,t=1,p=64$", "$argon2i$v=19$m=520,t=1,p=65$"),
        ("$argon2i$v=19$m=32,t=1,p=4$", "$argon2i$v=19$m=31,t=1,p=4$"),
        ("$argon2i$v=19$m=8,t=1,p=1$", "$argon2i$v=19$m=8,t=0,p=1$"),
        ("$argon2i$v=16$m=8,t=1,p=1$", "$argon2i$v=17$m=8,t=1,p=1$"),
        ("$scrypt$ln=20,r=8,p=1$", "$scrypt$ln=21,r=4,p=1$"),
        ("$scrypt$ln=20,r=8,p=1$", "$scrypt$ln=20,r=8,p=2$"),
        ("$scrypt$ln=18,r=32,p=1$", "$scrypt$ln=17,r=33,p=1$"),
        ("$scrypt$ln=14,r=8,p=16$", "$scrypt$ln=14,r=8,p=17$"),
        ("$scrypt$ln=15,r=1,p=1$", "$scrypt$ln=16,r=1,p=1$"),
        ("$scrypt$ln=1,r=1,p=1$", "$scrypt$ln=0,r=1,p=1$"),
        ("$pbkdf2-sha256$i=5000000$", "$pbkdf2-sha256$i=5000001$"),
        // 32 bytes are two blocks of SHA-1.
        ("$pbkdf2-sha1$i=2500000$", "$pbkdf2-sha1$i=2500001$"),
        ("$pbkdf2-sha256$1$", "$pbkdf2-sha256$0$"),
    ])
    func `let one more in no cost`(last: String, first: String) {
        #expect(error(of: last + salt + "$" + tag) == nil)
        #expect(isOutOfRange(first + salt + "$" + tag))
    }

    @Test func `hold for Django's scrypt and PBKDF2`() {
        let padded = tag + "="
        #expect(error(of: "scrypt$1048576$salt$8$1$" + padded) == nil)
        #expect(isOutOfRange("scrypt$2097152$salt$4$1$" + padded))
        #expect(isMalformed("scrypt$16385$salt$8$1$" + padded))
        #expect(error(of: "pbkdf2_sha256$5000000$salt$" + padded) == nil)
        #expect(isOutOfRange("pbkdf2_sha256$5000001$salt$" + padded))
    }

    @Test func `hold for crypt(3)`() {
        for (cost, isIn) in [("03", false), ("04", true), ("16", true), ("17", false)] {
            #expect((error(of: "$2b$\(cost)$" + digits53) == nil) == isIn, "\(cost)")
        }
        let hash = String(repeating: ".", count: 86)
        for (rounds, isIn) in [
            (999, false), (1_000, true), (1_000_000, true), (1_000_001, false),
        ] {
            #expect((error(of: "$6$rounds=\(rounds)$ab$" + hash) == nil) == isIn, "\(rounds)")
        }
        #expect(error(of: "$6$0123456789abcdef$" + hash) == nil)
        #expect(isMalformed("$6$0123456789abcdefg$" + hash))
    }

    @Test func `hold for salts and hashes`() {
        func zeros(_ bytes: Int) -> String {
            String(repeating: "A", count: (bytes * 8 + 5) / 6)
        }
        for (head, salts, tags) in [
            ("$argon2i$v=19$m=8,t=1,p=1$", 8...64, 16...64),
            ("$scrypt$ln=1,r=1,p=1$", 1...128, 16...128),
            ("$pbkdf2-sha512$i=1$", 1...128, 16...128),
        ] {
            for count in [salts.lowerBound, salts.upperBound] {
                #expect(error(of: head + zeros(count) + "$" + tag) == nil, "\(head)")
            }
            for count in [salts.lowerBound - 1, salts.upperBound + 1] {
                #expect(isOutOfRange(head + zeros(count) + "$" + tag), "\(head)")
            }
            for count in [tags.lowerBound, tags.upperBound] {
                #expect(error(of: head + salt + "$" + zeros(count)) == nil, "\(head)")
            }
            for count in [tags.lowerBound - 1, tags.upperBound + 1] {
                #expect(isOutOfRange(head + salt + "$" + zeros(count)), "\(head)")
            }
        }
    }

    @Test func `hold for the text`() {
        let text = String(repeating: "$", count: 512)
        #expect(error(of: text) == .unknownScheme)
        #expect(error(of: text + "$") == .tooLong)
    }
}

@Suite struct `A text that is no hash` {
    @Test(arguments: [
        "", "$", "$$", "x", "*0", "*1", "!", "secret", "$1$salt$hash", "$y$j9T$salt$hash",
        "$2x$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "md5$salt$hash",
        "$pbkdf2-sha384$i=1$\(salt)$\(tag)", "unsalted_md5$$x", "{SSHA}x",
    ])
    func `of no scheme that we know is refused as unknown`(text: String) {
        #expect(error(of: text) == .unknownScheme)
    }

    @Test(arguments: [
        "$argon2id", "$argon2i$v=19$m=8,t=1$\(salt)$\(tag)",
        "$argon2i$v=19$t=1,m=8,p=1$\(salt)$\(tag)",
        // Whose key?
        "$argon2i$v=19$m=8,t=1,p=1,keyid=AAECAw$\(salt)$\(tag)",
        "$argon2i$v=19$m=8,t=1,p=1,data=AA$\(salt)$\(tag)",
        "$argon2i$v=19$m=08,t=1,p=1$\(salt)$\(tag)", "$argon2i$v=19$m=+8,t=1,p=1$\(salt)$\(tag)",
        "$argon2i$v=19$m=8,t=1,p=1$\(salt)=$\(tag)", "$argon2i$v=19$m=8,t=1,p=1$\(salt)$\(tag)$",
        "argon2id$v=19$m=8,t=1,p=1$\(salt)$\(tag)",
        "$argon2$argon2id$v=19$m=8,t=1,p=1$\(salt)$\(tag)",
        "$2b$5$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
        "$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOe",
        "$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeWW",
        // Two bits more than the hash has.
        "$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeX",
        "$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOe+",
        "bcrypt$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
        "$5$rounds=05000$ab$xpEA0tiucrO2gYaeDAwbT/g8eEI3IjK6J9rC/F.68z1",
        "$5$rounds=$ab$xpEA0tiucrO2gYaeDAwbT/g8eEI3IjK6J9rC/F.68z1",
        "$5$ab$xpEA0tiucrO2gYaeDAwbT/g8eEI3IjK6J9rC/F.68z", "$5$ab$*0",
        "$5$ab$xpEA0tiucrO2gYaeDAwbT/g8eEI3IjK6J9rC/F.68zz",
        "$6$a:b$xpEA0tiucrO2gYaeDAwbT/g8eEI3IjK6J9rC/F.68z1",
        "$pbkdf2-sha256$i=1,l=31$\(salt)$\(tag)", "$pbkdf2-sha256$i=1,x=32$\(salt)$\(tag)",
        "$pbkdf2-sha256$i=1,l=32,l=32$\(salt)$\(tag)",
        "$pbkdf2-sha256$1$\(salt)$+\(tag.dropFirst())",
        "$pbkdf2-sha256$i=1$\(salt)$.\(tag.dropFirst())", "pbkdf2_sha256$1$salt$\(tag)",
        "pbkdf2_sha256$1$$\(tag)=", "pbkdf2_sha256$1$sa lt$\(tag)=",
        "pbkdf2_sha256$1$salt$\(tag)==",
        "pbkdf2$1$salt$\(tag)=", "scrypt$16$salt$8$\(tag)=", "scrypt$1$salt$8$1$\(tag)=",
        "$scrypt$ln=4,p=1,r=8$\(salt)$\(tag)", "$scrypt$ln=4,r=8$\(salt)$\(tag)",
    ])
    func `but looks like one is refused with what was expected`(text: String) throws {
        let found = error(of: text)
        guard let found, case .malformed(let expected) = found else {
            Issue.record("\(String(describing: found))")
            return
        }
        #expect(!expected.isEmpty && found.expected == expected)
    }
}

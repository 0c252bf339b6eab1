import Passwords
import Testing

/// The promised rule: 8 characters with all four classes.
let promise = promisedPolicy()

func promisedPolicy() -> PasswordPolicy {
    let text = """
        {name: "promise", version: 1, title: "8 of 4", cnil_case: 2, characters_min: 8,
         required_classes: ["upper", "lower", "digit", "special"]}
        """
    // A literal that the policy file's own tests read too.
    return try! PasswordPolicy(json5: Array(text.utf8))
}

func codes(
    _ text: String, policy: PasswordPolicy = promise, context: PasswordContext = .none
) throws -> [String] {
    let password = try Password(text)
    return policy.violations(of: password, context: context, blocklist: .builtIn).map(\.rawValue)
}

@Suite struct `The promised password rule` {
    @Test(
        arguments: [
            ("Abcdef1!", []),
            ("Abcdefg1", ["missing_special"]),
            ("Éclair1!", []),
            ("E\u{301}clair1!", []),
            ("Abcdef1é", ["missing_special"]),
            ("Abcdef1_", []),
            ("Abcdef1€", []),
            ("Abcd ef1", []),
            ("Abcdef1 ", ["too_short", "missing_special"]),
            ("Abcdefg²", ["missing_digit"]),
            ("abcdeⅧ1-", ["missing_uppercase"]),
            ("Abcde1🇫🇷", ["too_short"]),
            ("Abc\u{200B}def1!", ["forbidden_character"]),
        ] as [(String, [String])])
    func `judges the documented examples`(password: String, violations: [String]) throws {
        #expect(try codes(password) == violations)
    }

    @Test func `asks for eight characters, not seven`() throws {
        #expect(try codes("Abcde1!") == ["too_short"])
        #expect(try codes("Abcdef1!") == [])
    }

    @Test func `takes 64 and 256 characters and refuses 257`() throws {
        #expect(try codes("Aa1!" + String(repeating: "x", count: 60)) == [])
        #expect(try codes("Aa1!" + String(repeating: "x", count: 252)) == [])
        #expect(try codes("Aa1!" + String(repeating: "x", count: 253)) == ["too_long"])
    }

    @Test func `counts scalars after composing them for the upper limit`() throws {
        // 252 times é, 504 scalars as typed and 252 as hashed.
        #expect(try codes("Aa1!" + String(repeating: "e\u{301}", count: 252)) == [])
        #expect(try codes("Aa1!" + String(repeating: "e\u{301}", count: 253)) == ["too_long"])
        // A space at the end counts here, though not for the lower limit.
        #expect(try codes("Aa1!" + String(repeating: "x", count: 252) + " ") == ["too_long"])
    }

    @Test func `reports everything at once, in order`() throws {
        let all = try codes("\u{200B}")
        #expect(
            all == [
                "forbidden_character", "too_short", "missing_uppercase", "missing_lowercase",
                "missing_digit", "missing_special",
            ])
        #expect(
            try codes("\u{7}" + String(repeating: "x", count: 300))
                == [
                    "forbidden_character", "too_long", "missing_uppercase", "missing_digit",
                    "missing_special",
                ])
        #expect(
            try codes("azerty")
                == [
                    "too_short", "missing_uppercase", "missing_digit", "missing_special",
                    "blocklisted",
                ])
        #expect(
            PasswordViolation.allCases.map(\.rawValue) == [
                "forbidden_character", "too_long", "too_short", "missing_uppercase",
                "missing_lowercase", "missing_digit", "missing_special", "blocklisted", "breached",
            ])
    }

    @Test func `has one bit for each violation, in their order`() {
        for (index, violation) in PasswordViolation.allCases.enumerated() {
            #expect(PasswordViolations(rawValue: 1 << UInt16(index)).list == [violation])
        }
        let all: PasswordViolations = [
            .forbiddenCharacter, .tooLong, .tooShort, .missingUppercase, .missingLowercase,
            .missingDigit, .missingSpecial, .blocklisted, .breached,
        ]
        #expect(all.list == PasswordViolation.allCases)
    }

    @Test func `judges bytes as it judges a password made of them`() throws {
        for text in ["Abcdef1!", "E\u{301}clair1!", "P@ssw0rd", "", "Abc\u{200B}def1!", "a\u{A0}"] {
            let verdict = try promise.verdict(
                onUTF8: text.utf8.span, context: .none, blocklist: .builtIn, corpus: KnowsAll())
            #expect(verdict.list.map(\.rawValue) == (try codes(text)) + ["breached"])
        }
        #expect(throws: PasswordInputError.invalidEncoding) {
            try promise.verdict(
                onUTF8: ([0xC3, 0x28] as [UInt8]).span, context: .none, blocklist: .builtIn)
        }
        let long = [UInt8](repeating: 0x61, count: Password.bytesMax + 1)
        #expect(throws: PasswordInputError.tooManyBytes) {
            try promise.verdict(onUTF8: long.span, context: .none, blocklist: .builtIn)
        }
    }

    @Test func `asks a corpus for the normal form's SHA-1`() throws {
        // SHA-1 of "password", known to everybody.
        let common = CorpusKey(bits: 0x5BAA_61E4_C9B9_3F3F)
        let corpus = Knows(keys: [common, CorpusKey(of: try Password("É"))])
        for (text, isBreached) in [
            ("password", true), ("Password", false), ("E\u{301}", true), ("e\u{301}", false),
        ] {
            let password = try Password(text)
            let found = promise.violations(
                of: password, context: .none, blocklist: .builtIn, corpus: corpus)
            #expect((found.last == .breached) == isBreached, "\(text)")
        }
    }

    @Test func `finds everything missing in an empty password and one of spaces`() throws {
        let missing = [
            "too_short", "missing_uppercase", "missing_lowercase", "missing_digit",
            "missing_special",
        ]
        #expect(try codes("") == missing)
        #expect(try codes("          ") == missing)
        #expect(try codes("\u{A0}\u{3000}") == missing)
    }

    @Test(
        arguments: [
            // Titlecase, modifier and other letters, and combining marks, are of no class.
            ("ǅbcdef1!", ["missing_uppercase"]),
            ("Aʰʰʰʰʰ1!", ["missing_lowercase"]),
            ("A漢字漢字漢1!", ["missing_lowercase"]),
            ("Abcdefg1\u{338}", ["missing_special"]),
            // Digits of any script are digits; other numbers are specials.
            ("Abcdef٣!", []),
            ("Abcdef1½", []),
            ("Abcdef1Ⅷ", []),
            ("Abcdef½!", ["missing_digit"]),
            // Every kind of punctuation and symbol is a special.
            ("Abcdef1+", []), ("Abcdef1^", []), ("Abcdef1©", []), ("Abcdef1«", []),
            ("Abcdef1»", []), ("Abcdef1(", []), ("Abcdef1)", []), ("Abcdef1—", []),
            ("Abcdef1😀", []),
            ("Éàçdef1!", []),
            ("Σοφία12!", []),
        ] as [(String, [String])])
    func `classifies by general category`(password: String, violations: [String]) throws {
        #expect(try codes(password) == violations)
    }

    @Test func `takes what emoji are written with`() throws {
        // A family joined by U+200D is one character, a heart needs U+FE0F.
        #expect(try codes("Abcdef1👨‍👩‍👧") == [])
        #expect(try codes("Abcdef1❤\u{FE0F}") == [])
        #expect(try codes("Abcdef1!\u{200C}") == [])
        #expect(try codes("Abcde1👨‍👩‍👧") == ["too_short"])
    }

    @Test(
        arguments: [
            0x00, 0x07, 0x0A, 0x1F, 0x7F, 0x85,  // Cc
            0xAD, 0x200B, 0x200E, 0x202E, 0x2060, 0xFEFF, 0xE0041,  // Cf
            0x2028, 0x2029,  // Zl, Zp
            0xE000, 0x10FFFD,  // Co
            0x378, 0xFFFF, 0x1FFFE,  // Cn
            0x34F, 0x115F, 0x3164, 0x180B, 0xE0100,  // default ignorable, of other categories
        ] as [UInt32])
    func `forbids control, invisible, private and unassigned characters`(value: UInt32) throws {
        let scalar = try #require(Unicode.Scalar(value))
        #expect(try codes("Abc" + String(scalar) + "defg1!") == ["forbidden_character"])
    }

    @Test(arguments: [0x200C, 0x200D, 0xFE00, 0xFE0F] as [UInt32])
    func `makes exceptions for joiners and variation selectors`(value: UInt32) throws {
        let scalar = try #require(Unicode.Scalar(value))
        #expect(try codes("Abc" + String(scalar) + "defg1!") == [])
    }
}

@Suite struct `The message for a violation` {
    @Test(arguments: Language.allCases)
    func `carries the policy's numbers`(language: Language) {
        #expect(promise.message(for: .tooShort, in: language).contains("8"))
        #expect(promise.message(for: .tooLong, in: language).contains("256"))
    }

    @Test(arguments: PasswordViolation.allCases)
    func `is a short sentence, another in each language`(violation: PasswordViolation) {
        let messages = Language.allCases.map { promise.message(for: violation, in: $0) }
        #expect(Set(messages).count == Language.allCases.count)
        #expect(promise.message(for: violation) == messages[0])
        for message in messages { #expect(message.hasSuffix(".") && message.count < 100) }
    }

    @Test func `counts words where the policy does`() throws {
        let policy = try passphrase()
        #expect(
            policy.message(for: .tooShort, in: .french)
                == "Utilisez au moins 7 mots de 3 lettres ou plus, 20 caractères en tout.")
    }
}

@Suite struct `What people are told of a policy` {
    @Test func `is the whole rule`() throws {
        #expect(
            promise.summary(in: .english)
                == "At least 8 characters, with an upper-case letter, a lower-case letter, a digit and "
                + "a special character. Common passwords and your own name are refused.")
        #expect(
            promise.summary(in: .french)
                == "Au moins 8 caractères, dont une lettre majuscule, une lettre minuscule, un chiffre "
                + "et un caractère spécial. Les mots de passe courants et votre nom sont refusés.")
        #expect(try passphrase().summary(in: .english).hasPrefix("At least 7 words and 20 char"))
        #expect(try passphrase().summary(in: .french).hasPrefix("Au moins 7 mots et 20 caract"))
    }

    @Test func `tells password managers what they can know`() throws {
        #expect(
            promise.passwordRules
                == "minlength: 8; maxlength: 256; required: upper; required: lower; required: digit; "
                + "required: [-!#$%&*+.:=?@_];")
        #expect(try passphrase().passwordRules == nil)
    }

    /// A manager takes one of each class asked for; every special in the attribute must count as one.
    @Test func `names only specials that are specials`() throws {
        for special in "-!#$%&*+.:=?@_" {
            #expect(try codes("Xqzjvk1\(special)") == [])
        }
    }
}

private func passphrase() throws -> PasswordPolicy {
    let text = """
        {name: "words", version: 1, title: "7 words", cnil_case: 1, characters_min: 20,
         words_min: 7, required_classes: []}
        """
    return try PasswordPolicy(json5: Array(text.utf8))
}

/// A corpus of a few keys.
struct Knows: BreachCorpus {
    let isIntact = true
    let keys: Set<CorpusKey>
    var version: String { "test" }

    func contains(_ key: CorpusKey) -> Bool { keys.contains(key) }
}

struct KnowsAll: BreachCorpus {
    let isIntact = true
    var version: String { "test" }

    func contains(_ key: CorpusKey) -> Bool { true }
}

import Accounts
import SeededRandom
import Testing

@Suite struct `An e-mail address` {
    @Test(arguments: [
        "jan@example.com", "j@e.fr", "jan.de.vries+shop@sub.example.co.uk", "o'neil@example.ie",
        "!#$%&'*+-/=?^_`{|}~@example.com", "rené@example.fr", "用户@example.cn", "δοκιμή@example.gr",
        "jan@xn--bcher-kva.example", "1@2.example", "JAN@EXAMPLE.COM",
        String(repeating: "a", count: 64) + "@example.com",
        "a@" + String(repeating: "b", count: 63) + ".com",
    ]) func `keeps the spelling of its owner`(text: String) throws {
        #expect(try EmailAddress(parsing: text).spelling == text)
    }

    @Test(
        arguments: [
            ("", .missingAt), ("jan", .missingAt), ("jan@a@example.com", .severalAts),
            ("@example.com", .emptyLocalPart), ("jan@", .invalidDomain),
            (".jan@example.com", .misplacedDot), ("jan.@example.com", .misplacedDot),
            ("j..an@example.com", .misplacedDot), ("\"jan\"@example.com", .quotedLocalPart),
            ("\"a@b\"@example.com", .quotedLocalPart), ("jan(work)@example.com", .comment),
            ("jan@(work)example.com", .comment), ("j an@example.com", .forbiddenCharacter),
            ("jan @example.com", .forbiddenCharacter), (" jan@example.com", .forbiddenCharacter),
            ("jan@example.com ", .invalidDomain), ("jan\n@example.com", .forbiddenCharacter),
            ("j\u{0}an@example.com", .forbiddenCharacter),
            ("<jan@example.com", .forbiddenCharacter),
            ("jan,piet@example.com", .forbiddenCharacter),
            ("ja\u{200B}n@example.com", .forbiddenCharacter),
            ("ja\u{200D}n@example.com", .forbiddenCharacter),
            ("ja\u{AD}n@example.com", .forbiddenCharacter),
            ("ja\u{202E}n@example.com", .forbiddenCharacter),
            ("ja\u{A0}n@example.com", .forbiddenCharacter),
            ("ja\u{E000}n@example.com", .forbiddenCharacter),
            ("ja\u{0378}n@example.com", .forbiddenCharacter),
            // These become a space, an @, a parenthesis, two dots under compatibility mapping.
            ("ja\u{A8}n@example.com", .forbiddenCharacter),
            ("ja\u{FF20}n@example.com", .forbiddenCharacter),
            ("ja\u{FF08}n@example.com", .forbiddenCharacter),
            ("ja\u{2025}n@example.com", .misplacedDot), ("\u{FF0E}jan@example.com", .misplacedDot),
            ("jan@[192.0.2.1]", .addressLiteral), ("jan@[IPv6:::1]", .addressLiteral),
            ("jan@192.0.2.1", .addressLiteral), ("jan@localhost", .domainWithoutDot),
            ("jan@bücher.example", .domainNotASCII), ("jan@example。com", .domainNotASCII),
            ("jan@example.com.", .invalidDomain), ("jan@.example.com", .invalidDomain),
            ("jan@example..com", .invalidDomain), ("jan@-example.com", .invalidDomain),
            ("jan@example-.com", .invalidDomain), ("jan@exam_ple.com", .invalidDomain),
            ("jan@example.com\u{0}", .invalidDomain),
            (String(repeating: "a", count: 65) + "@example.com", .localPartTooLong),
            (String(repeating: "é", count: 33) + "@example.com", .localPartTooLong),
            ("\u{FDFA}@example.com", .forbiddenCharacter),
            // 63 octets as written, more than 64 after mapping.
            (String(repeating: "\u{3300}", count: 21) + "@example.com", .localPartTooLong),
            ("a@" + String(repeating: "b", count: 64) + ".com", .invalidDomain),
        ] as [(String, EmailAddressError)]) func `is refused with a reason`(
            text: String, reason: EmailAddressError
        )
    {
        #expect(throws: reason) { try EmailAddress(parsing: text) }
    }

    @Test func `has at most 254 octets`() throws {
        let labels = [63, 63, 63, 56].map { String(repeating: "b", count: $0) }
        let longest = "aa" + "@" + labels.joined(separator: ".").dropLast(4) + ".com"
        #expect(longest.utf8.count == 251)
        #expect(throws: Never.self) { try EmailAddress(parsing: "aaa" + longest) }
        #expect(throws: EmailAddressError.tooLong) { try EmailAddress(parsing: "aaaa" + longest) }
    }

    @Test func `knows its local part`() throws {
        #expect(try EmailAddress(parsing: "Jan.B@Example.com").localPart == "Jan.B")
    }
}

@Suite struct `An identifier` {
    @Test(arguments: [
        [
            "jan@example.com", "JAN@EXAMPLE.COM", "Jan@Example.Com", "ｊａｎ@example.com",
            "ＪＡＮ@example.com",
        ],
        ["rené@example.fr", "rene\u{301}@example.fr", "RENÉ@example.fr", "RENE\u{301}@EXAMPLE.FR"],
        ["ﬁn@example.com", "fin@example.com", "FIN@example.com"],
        ["Å@example.com", "\u{212B}@example.com", "a\u{30A}@example.com"],
        ["ΣΑΣ@example.gr", "σασ@example.gr"],
        ["x²@example.com", "X2@example.com"],
    ]) func `is the same for all spellings of an address`(spellings: [String]) throws {
        let identifiers = try spellings.map { try EmailAddress(parsing: $0).canonical }
        #expect(Set(identifiers).count == 1)
        #expect(Set(spellings.map(Identifier.ofAttempt)).count == 1)
    }

    @Test func `keeps apart what are different mailboxes`() throws {
        let texts = [
            "jan@example.com", "ja.n@example.com", "jan+a@example.com", "jan@example.org",
            "jän@example.com", "ян@example.com",
        ]
        #expect(Set(try texts.map { try EmailAddress(parsing: $0).canonical }).count == texts.count)
    }

    @Test func `is its own canonical form, for each character there is`() {
        var accepted = 0
        for value in UInt32(0x21)...0x2FFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let once = Identifier.ofAttempt("a\(scalar)\u{301}b@example.com")
            guard once.isAddress else { continue }
            accepted += 1
            if Identifier.ofAttempt(once.text) != once {
                Issue.record("U+\(String(value, radix: 16))")
            }
        }
        #expect(accepted > 100_000)
    }

    @Test func `is its own canonical form, for odd sequences`() {
        let odd: [Unicode.Scalar] = [
            "İ", "ı", "ẞ", "ß", "ϴ", "Σ", "ς", "ﬁ", "ŉ", "ǰ", "ΐ", "\u{345}", "\u{301}", "\u{327}",
            "\u{323}", "\u{30A}", "K", "Å", "Ω", "ſ", "ẛ", "Ⅷ", "²", "ª", "ᴬ", "Ａ", "㎏", "㍿", "가",
            "\u{1100}", "\u{1161}", "\u{11A8}", "が", "\u{3099}", "ﾞ", "ｶ", "ǅ", "Ꭰ", "ꭰ", "𐐀", "𝐀",
            "ﷲ", "ا", "\u{653}", "a", "Z", "\u{338}", "≠", "=",
        ]
        var random = Seeded(3)
        for _ in 0..<20_000 {
            var local = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                // The list is not empty.
                local.append(odd.randomElement(using: &random)!)
            }
            let once = Identifier.ofAttempt(String(local) + "@example.com")
            guard once.isAddress else { continue }
            #expect(Identifier.ofAttempt(once.text) == once)
        }
    }

    @Test(arguments: [
        "", "@", "jan", "jan@localhost", "\"jan\"@example.com", "jan@example.com\u{0}",
        String(repeating: "a", count: 65_536), "\u{202E}", "jan@example.com ",
    ]) func `exists for any text a stranger sends, apart from every address`(text: String) {
        let identifier = Identifier.ofAttempt(text)
        #expect(!identifier.isAddress)
        #expect(identifier != Identifier.ofAttempt("jan@example.com"))
        #expect(identifier == Identifier.ofAttempt(text))
    }

    @Test func `of malformed text ignores the case of ASCII`() {
        #expect(Identifier.ofAttempt("JAN") == Identifier.ofAttempt("jan"))
        #expect(Identifier.ofAttempt("jan") != Identifier.ofAttempt("jan "))
    }
}

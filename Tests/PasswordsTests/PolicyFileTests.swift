import Foundation
import Passwords
import Testing

@Suite struct `A policy file` {
    static let whole: [String: String] = [
        "name": "\"p\"", "version": "1", "title": "\"T\"", "cnil_case": "2", "characters_min": "8",
        "required_classes": "[\"upper\", \"lower\", \"digit\"]", "words_min": "0",
    ]

    /// The whole file with one key set to something else, or left out.
    private func policy(_ key: String, _ value: String?) throws(PolicyFileError) -> PasswordPolicy {
        var fields = Self.whole
        fields[key] = value
        let text = fields.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        return try PasswordPolicy(json5: Array("{\(text.joined(separator: ", "))}".utf8))
    }

    @Test func `gives every field`() throws {
        let policy = try policy("version", "7")
        #expect(policy.name == "p")
        #expect(policy.version == 7)
        #expect(policy.title == "T")
        #expect(policy.cnilCase == .accessRestriction)
        #expect(policy.charactersMin == 8)
        #expect(policy.requiredClasses.names == ["upper", "lower", "digit"])
        #expect(policy.wordsMin == 0)
        #expect(policy.requiresAccessRestriction)
    }

    @Test(arguments: ["nom", "min_length", "Name", "scalars_max", "characters_min "])
    func `with an unknown key is refused by its name`(key: String) {
        #expect(throws: PolicyFileError.unknownKey(key)) {
            try PasswordPolicy(json5: Array("{name: \"p\", \"\(key)\": 1}".utf8))
        }
    }

    @Test(arguments: [
        "name", "version", "title", "cnil_case", "characters_min", "required_classes",
    ])
    func `with a missing key is refused by its name`(key: String) {
        #expect(throws: PolicyFileError.missingKey(key)) { try policy(key, nil) }
    }

    @Test func `may leave out the words`() throws {
        #expect(try policy("words_min", nil).wordsMin == 0)
    }

    @Test(
        arguments: [
            ("version", ["1", "1000000"], ["0", "-1", "1000001"], "1 ... 1000000"),
            ("cnil_case", ["2", "3"], ["0", "4", "-2"], "1 ... 3"),
            ("characters_min", ["8", "64"], ["3", "65", "-8"], "4 ... 64"),
            ("words_min", ["0", "20"], ["-1", "21"], "0 ... 20"),
            (
                "name", ["\"a\"", "\"cnil-8x4\""],
                [
                    "\"\"", "\"A\"", "\"a b\"", "\"../a\"",
                    "\"\(String(repeating: "a", count: 65))\"",
                ],
                "1 ... 64 of a-z, 0-9 and -"
            ),
            (
                "title", ["\"é\"", "\"\(String(repeating: "t", count: 200))\""],
                ["\"\"", "\"a\\nb\"", "\"\(String(repeating: "t", count: 201))\""],
                "1 ... 200 characters on one line"
            ),
            (
                "required_classes", ["[\"upper\", \"lower\", \"digit\", \"special\"]"],
                ["[\"uppercase\"]", "[\"upper\", \"upper\"]", "[\"\"]"],
                "upper, lower, digit, special, each once"
            ),
        ] as [(String, [String], [String], String)])
    func `with a value out of range is told what is allowed`(
        key: String, good: [String], bad: [String], allowed: String
    ) throws {
        for value in good { #expect(throws: Never.self) { try policy(key, value) } }
        for value in bad {
            #expect(throws: PolicyFileError.outOfRange(key: key, allowed: allowed)) {
                try policy(key, value)
            }
        }
    }

    @Test(arguments: [
        ("version", "\"1\"", "a whole number"), ("version", "1.5", "a whole number"),
        ("version", "null", "a whole number"), ("cnil_case", "true", "a whole number"),
        ("words_min", "[]", "a whole number"), ("characters_min", "1e40", "a whole number"),
        ("characters_min", "NaN", "a whole number"), ("name", "1", "a string"),
        ("title", "{}", "a string"), ("required_classes", "\"upper\"", "a list of strings"),
        ("required_classes", "[1]", "a list of strings"),
    ])
    func `with a value of the wrong type is told which is expected`(
        key: String, value: String, expected: String
    ) {
        #expect(throws: PolicyFileError.wrongType(key: key, expected: expected)) {
            try policy(key, value)
        }
    }

    @Test(arguments: [
        Array("".utf8), Array("[]".utf8), Array("1".utf8), Array("{".utf8), Array("{} {}".utf8),
        [0xFF, 0xFE, 0x7B, 0x00, 0x7D, 0x00], [0x7B, 0xFF, 0x7D], [0x7B, 0x00, 0x7D],
    ])
    func `that is not one JSON5 object in UTF-8 is unreadable`(bytes: [UInt8]) {
        #expect(throws: PolicyFileError.unreadable) { try PasswordPolicy(json5: bytes) }
    }

    @Test func `has at most 64 KiB`() {
        let spaces = [UInt8](repeating: 0x20, count: 65_536)
        #expect(throws: PolicyFileError.unreadable) { try PasswordPolicy(json5: spaces) }
        #expect(throws: PolicyFileError.tooLarge) { try PasswordPolicy(json5: spaces + [0x20]) }
    }
}

@Suite struct `The CNIL case of a policy` {
    private func policy(
        case number: Int, characters: Int, classes: String, words: Int = 0
    ) throws(PolicyFileError) -> PasswordPolicy {
        let classes = classes.split(separator: " ").map { "\"\($0)\"" }.joined(separator: ",")
        let text = """
            {name: "p", version: 1, title: "T", cnil_case: \(number), words_min: \(words),
             characters_min: \(characters), required_classes: [\(classes)]}
            """
        return try PasswordPolicy(json5: Array(text.utf8))
    }

    @Test(arguments: [
        (1, 12, "upper lower digit special", 0), (1, 14, "upper lower digit", 0), (1, 4, "", 7),
        (2, 8, "upper lower digit", 0), (2, 8, "lower digit special", 0), (2, 16, "", 0),
        (2, 4, "", 5), (3, 4, "digit", 0),
    ])
    func `can be claimed from the published example on`(
        number: Int, characters: Int, classes: String, words: Int
    ) throws {
        let policy = try policy(
            case: number, characters: characters, classes: classes, words: words)
        #expect(policy.requiresAccessRestriction == (number != 1))
    }

    @Test(arguments: [
        (1, 11, "upper lower digit special", 0), (1, 13, "upper lower digit", 0),
        (1, 14, "upper lower special", 0), (1, 64, "", 6), (1, 8, "upper lower digit special", 0),
        (2, 7, "upper lower digit special", 0), (2, 8, "upper lower", 0), (2, 15, "digit", 0),
        (2, 4, "", 4),
    ])
    func `cannot be claimed by less`(
        number: Int, characters: Int, classes: String, words: Int
    ) throws {
        let claimed = try #require(CNILCase(rawValue: number))
        #expect(throws: PolicyFileError.caseNotReached(claimed: claimed)) {
            try policy(case: number, characters: characters, classes: classes, words: words)
        }
    }
}

@Suite struct `The policies that ship` {
    private func shipped(_ name: String) throws -> PasswordPolicy {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let file = root.appending(path: "config/policies/\(name).json5")
        let policy = try PasswordPolicy(json5: Array(Data(contentsOf: file)))
        #expect(policy.name == name)
        return policy
    }

    @Test func `begin with the promise`() throws {
        let policy = try shipped("cnil-8x4")
        #expect(policy.charactersMin == 8)
        #expect(policy.requiredClasses == .all)
        #expect(policy.cnilCase == .accessRestriction)
        #expect(policy.requiresAccessRestriction)
        #expect(try codes("Abcdef1!", policy: policy) == [])
        #expect(try codes("Abcde1!", policy: policy) == ["too_short"])
    }

    @Test func `have two for a password that stands alone`() throws {
        let twelve = try shipped("cnil-80-12x4")
        #expect(!twelve.requiresAccessRestriction)
        #expect(try codes("Abcdefghi12!", policy: twelve) == [])
        #expect(try codes("Abcdefgh12!", policy: twelve) == ["too_short"])
        #expect(try codes("Abcdefghi123", policy: twelve) == ["missing_special"])
        let fourteen = try shipped("cnil-80-14x3")
        #expect(!fourteen.requiresAccessRestriction)
        #expect(try codes("Abcdefghijkl12", policy: fourteen) == [])
        #expect(try codes("Abcdefghijk12", policy: fourteen) == ["too_short"])
        #expect(try codes("Abcdefghijklmn", policy: fourteen) == ["missing_digit"])
    }

    @Test func `have one for a phrase of seven words`() throws {
        let policy = try shipped("cnil-passphrase-7")
        #expect(!policy.requiresAccessRestriction)
        #expect(try codes("cuivre plume radis tonneau vernis griffe olive", policy: policy) == [])
        #expect(try codes("cuivre-plume.radis_tonneau9vernis griffe olive", policy: policy) == [])
        #expect(
            try codes("cuivre plume radis tonneau vernis griffe", policy: policy) == ["too_short"])
        #expect(
            try codes("cuivre plume radis tonneau vernis griffe de", policy: policy) == [
                "too_short"
            ])
        #expect(try codes("élan rosé mûrier çà forêt îlot ânon hêtre", policy: policy) == [])
        #expect(policy.message(for: .tooShort).contains("7 words"))
    }

    @Test func `have one for administrators`() throws {
        let policy = try shipped("anssi-15")
        #expect(!policy.requiresAccessRestriction)
        #expect(try codes("Abcdefghijklm12", policy: policy) == [])
        #expect(try codes("Abcdefghijkl12", policy: policy) == ["too_short"])
    }
}

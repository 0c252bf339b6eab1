import Accounts
import Testing

@Suite struct `A display name` {
    @Test func `is kept in composed form`() throws {
        let name = try DisplayName("Rene\u{301} d’Arc 🇫🇷")
        #expect(Array(name.text.unicodeScalars) == Array("René d’Arc 🇫🇷".unicodeScalars))
    }

    @Test func `has 1 to 200 scalars`() throws {
        #expect(throws: DisplayNameError.empty) { try DisplayName("") }
        #expect(throws: Never.self) { try DisplayName("J") }
        #expect(throws: Never.self) { try DisplayName(String(repeating: "é", count: 200)) }
        #expect(throws: DisplayNameError.tooLong) {
            try DisplayName(String(repeating: "é", count: 201))
        }
        #expect(throws: DisplayNameError.tooLong) {
            try DisplayName(String(repeating: "a", count: 100_000))
        }
        // One scalar becomes three.
        #expect(throws: DisplayNameError.tooLong) {
            try DisplayName(String(repeating: "\u{FB2C}", count: 100))
        }
    }

    @Test(arguments: ["a\nb", "a\u{0}", "\u{7F}", "a\u{2028}b", "a\u{85}b"])
    func `holds no control character`(text: String) {
        #expect(throws: DisplayNameError.forbiddenCharacter) { try DisplayName(text) }
    }

    @Test func `is more than white space`() {
        #expect(throws: DisplayNameError.empty) { try DisplayName(" \u{3000}") }
    }
}

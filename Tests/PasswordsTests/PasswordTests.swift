import Foundation
import Passwords
import Testing

func normalForm(_ text: String) throws -> [UInt8] {
    try Password(text).withBytes { bytes in bytes.indices.map { bytes[$0] } }
}

@Suite struct `A password` {
    @Test func `is hashed in one spelling, composed or not`() throws {
        #expect(try normalForm("E\u{301}clair") == Array("Éclair".utf8))
        #expect(try normalForm("\u{1100}\u{1161}\u{11A8}") == Array("\u{AC01}".utf8))
        #expect(try normalForm("a\u{307}\u{323}") == Array("ạ\u{307}".utf8))
        // NFC, not NFKC: a ligature, a width and a superscript stay what they are.
        #expect(try normalForm("ﬁＡ²") == Array("ﬁＡ²".utf8))
    }

    @Test(
        arguments: [
            0x20, 0xA0, 0x1680, 0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006, 0x2007,
            0x2008,
            0x2009, 0x200A, 0x202F, 0x205F, 0x3000,
        ] as [UInt32])
    func `has only one kind of space`(value: UInt32) throws {
        let space = try #require(Unicode.Scalar(value))
        #expect(try normalForm("a" + String(space) + "b") == Array("a b".utf8))
    }

    @Test func `keeps its case and every space`() throws {
        #expect(try normalForm("  Ab  cD ") == Array("  Ab  cD ".utf8))
        #expect(try normalForm("\u{3000}É  ") == Array(" É  ".utf8))
        #expect(try normalForm("a\tb\u{0}c") == Array("a\tb\u{0}c".utf8))
        #expect(try normalForm("é\u{0}c") == Array("é\u{0}c".utf8))
    }

    @Test func `is its own normal form once it has one`() throws {
        for text in ["E\u{301}\u{A0}x", "\u{212B}\u{958}", "👨‍👩‍👧 ok", ""] {
            let once = try normalForm(text)
            #expect(try normalForm(String(decoding: once, as: UTF8.self)) == once)
        }
    }

    @Test func `has at most 4096 bytes as typed`() throws {
        #expect(try normalForm(String(repeating: "x", count: 4_096)).count == 4_096)
        #expect(throws: PasswordInputError.tooManyBytes) {
            _ = try Password(String(repeating: "x", count: 4_097))
        }
        #expect(try normalForm(String(repeating: "é", count: 2_048)).count == 4_096)
        #expect(throws: PasswordInputError.tooManyBytes) {
            _ = try Password(String(repeating: "é", count: 2_048) + "x")
        }
        #expect(PasswordInputError.tooManyBytes.code == "too_long")
    }

    @Test(
        arguments: [
            [0x80], [0xC3], [0xC3, 0x28], [0xC0, 0xAF], [0xE0, 0x80, 0xAF], [0xED, 0xA0, 0x80],
            [0xF4, 0x90, 0x80, 0x80], [0x61, 0xFF],
        ] as [[UInt8]])
    func `is well-formed UTF-8`(bytes: [UInt8]) {
        #expect(throws: PasswordInputError.invalidEncoding) {
            _ = try Password(utf8: bytes.span)
        }
        #expect(PasswordInputError.invalidEncoding.code == "invalid_encoding")
    }

    @Test func `is the same from text and from bytes`() throws {
        for text in ["", "Abcdef1!", "E\u{301}clair\u{A0}1!"] {
            let bytes = Array(text.utf8)
            let password = try Password(utf8: bytes.span)
            let fromBytes = password.withBytes { bytes in bytes.indices.map { bytes[$0] } }
            #expect(try normalForm(text) == fromBytes)
        }
    }

    @Test func `of scalars below U+0300 is composed already`() throws {
        for value in (0x80..<0x300 as Range<UInt32>) where value != 0xA0 {
            let scalar = try #require(Unicode.Scalar(value))
            let text = "a" + String(scalar) + String(scalar)
            #expect(Array(text.utf8) == Array(text.precomposedStringWithCanonicalMapping.utf8))
            #expect(try normalForm(text) == Array(text.utf8))
        }
    }

    @Test func `that breaks every rule still exists`() throws {
        #expect(try normalForm("\u{200B}\u{7}") == Array("\u{200B}\u{7}".utf8))
        #expect(try normalForm(String(repeating: "é", count: 1_000)).count == 2_000)
    }

    // That it cannot be printed, encoded or kept in an array is the compiler's: it is ~Copyable.
}

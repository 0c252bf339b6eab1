import Foundation
import Testing

@testable import Passwords

private func refusal(_ bytes: [UInt8]) -> WordFileError? {
    do {
        _ = try WordFile.words(in: bytes)
        return nil
    } catch {
        return error
    }
}

@Suite struct `A word file` {
    @Test func `gives one word a line, without what stands around it`() throws {
        let text = "\u{FEFF}Acme\r\n\n  # a comment\n#another\n\tCafé Loquet \n\u{A0}\nlast#one"
        #expect(
            try WordFile.words(in: Array(text.utf8)) == ["Acme", "Café Loquet", "last#one"])
        #expect(try WordFile.words(in: []) == [])
    }

    @Test func `takes a word of 256 characters and refuses one of 257`() throws {
        let long = String(repeating: "é", count: 256)
        #expect(try WordFile.words(in: Array(long.utf8)) == [long])
        let refused = refusal(Array("a\n\(long)é\n".utf8))
        #expect(refused?.line == 2)
        #expect(refused?.reason.contains("256") == true)
    }

    @Test func `names the line that is not UTF-8, or holds what no password has`() {
        #expect(refusal([0x61, 0x0A, 0xC3, 0x28])?.line == 2)
        #expect(refusal(Array("a\n\nb\u{7}c\nd".utf8))?.line == 3)
        #expect(refusal(Array("x\u{200B}y".utf8))?.line == 1)
        // A joiner is what emoji and several scripts are written with.
        #expect(refusal(Array("x\u{200D}y".utf8)) == nil)
    }
}

/// NFC leaves everything below U+0300 alone, whatever it stands beside: the reason why such a text
/// needs no normalising.
@Suite struct `A text below U+0300` {
    @Test func `is its own normal form, alone and beside each other`() {
        let scalars = (0..<0x300).compactMap { Unicode.Scalar($0) }
        for first in scalars {
            var row = String.UnicodeScalarView()
            for second in scalars { row += [first, second] }
            let text = String(row)
            #expect(Array(text.precomposedStringWithCanonicalMapping.utf8) == Array(text.utf8))
        }
    }

    /// And what the short way gives is what the long way gives, for every scalar there is.
    @Test func `is where the short way ends`() {
        for value in UInt32(0)...0x10FFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let text = "e" + String(scalar)
            let short = NormalForm.of(text)
            let isSpace = scalar.properties.generalCategory == .spaceSeparator
            let long = (isSpace ? "e " : text).precomposedStringWithCanonicalMapping
            if !short.utf8.elementsEqual(long.utf8) {
                Issue.record("U+\(String(value, radix: 16))")
            }
        }
    }
}

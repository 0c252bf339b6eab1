/// A line of a word file that is not a word. Never repeats it.
package struct WordFileError: Error, Equatable, Sendable {
    /// Counted from 1.
    package let line: Int
    package let reason: String
}

/// An operator's list of words that no password may be: UTF-8, one word a line. Spaces, tabs and a
/// carriage return around a word do not count; neither do empty lines, a byte order mark, and
/// comments, which are lines that begin with `#`.
package enum WordFile {
    /// Bytes of one file. The caller must not hand over more.
    package static let bytesMax = 16_777_216
    /// Scalars of a word: no longer password is ever accepted.
    package static let wordScalarsMax = PasswordPolicy.scalarsMax

    /// - Throws: the first line that is not UTF-8, longer than ``wordScalarsMax`` scalars, or holds a
    ///   character that no accepted password has: it could never match.
    package static func words(in bytes: [UInt8]) throws(WordFileError) -> [String] {
        var words: [String] = []
        var number = 0
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        var rest = bytes.starts(with: mark) ? bytes[3...] : bytes[...]
        while !rest.isEmpty {
            number += 1
            let end = rest.firstIndex(of: 0x0A) ?? rest.endIndex
            if let word = try word(rest[..<end], number) { words.append(word) }
            rest = rest[min(end + 1, rest.endIndex)...]
        }
        return words
    }

    /// - Returns: `nil` for a line without a word.
    private static func word(
        _ line: ArraySlice<UInt8>, _ number: Int
    ) throws(WordFileError) -> String? {
        let text = line.trimmed { ![0x20, 0x09, 0x0D].contains($0) }
        guard let first = text.first, first != UInt8(ascii: "#") else { return nil }
        guard let word = String(validating: text, as: UTF8.self) else {
            throw WordFileError(line: number, reason: "it is not UTF-8")
        }
        guard word.unicodeScalars.count <= wordScalarsMax else {
            throw WordFileError(
                line: number, reason: "a word has at most \(wordScalarsMax) characters")
        }
        // What the rule makes of it: a no-break space is a space there.
        let normalForm = NormalForm.of(word).unicodeScalars
        guard !normalForm.contains(where: { ScalarKind(of: $0).contains(.forbidden) }) else {
            throw WordFileError(
                line: number,
                reason: "it holds a control or invisible character, which no password may have")
        }
        return normalForm.allSatisfy { $0 == " " } ? nil : word
    }
}

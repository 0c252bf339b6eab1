/// The language of a text: `fr`, `en-GB`, `zh-Hant-TW`. A language and up to three subtags of RFC 5646,
/// in any case, which is kept. Extensions and private tags are not taken.
package struct LanguageTag: Hashable, Sendable {
    package let text: String

    package static let expected = "a language such as fr or en-GB"

    /// - Returns: `nil` for anything else.
    package init?(_ text: String) {
        let parts = text.utf8.split(
            separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard (1...4).contains(parts.count), (2...3).contains(parts[0].count),
            parts[0].allSatisfy(isLetter),
            parts.dropFirst().allSatisfy({
                (2...8).contains($0.count) && $0.allSatisfy { isLetter($0) || isDigit($0) }
            })
        else { return nil }
        self.text = text
    }
}

private func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }
private func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

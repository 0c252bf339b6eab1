/// The name of one version of the privacy policy: 1 … 64 of letters, digits, `.`, `-` and `_`, such as
/// `2026-11` or `v3.1`. A version is a text that never changes again; consents name the one they were
/// given under.
package struct PolicyVersion: Hashable, Sendable {
    package let text: String

    package static let expected = "a version: 1 to 64 letters, digits, dots, - and _"

    /// - Returns: `nil` for anything else.
    package init?(_ text: String) {
        let isKnown = { (byte: UInt8) in
            (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
                || ".-_".utf8.contains(byte)
        }
        guard (1...64).contains(text.utf8.count), text.utf8.allSatisfy(isKnown) else { return nil }
        self.text = text
    }
}

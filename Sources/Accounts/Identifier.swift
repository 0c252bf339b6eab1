import Foundation
package import Secrets

/// What a person signs in with, in the one spelling used for look-ups, throttling and tombstones.
///
/// Two spaces that never meet: addresses, and sign-in attempts with something that is no address.
/// The second exists so that nonsense is counted, locked and paid for like a real address.
package struct Identifier: Hashable, Sendable {
    private enum Space: UInt8, Sendable {
        case address = 1
        case malformed = 2
    }

    private let space: Space
    /// UTF-8, because `==` on strings calls spellings equal that make different digests.
    private let bytes: [UInt8]

    init(canonicalAddress text: String) {
        space = .address
        bytes = Array(text.utf8)
    }

    private init(malformed bytes: [UInt8]) {
        space = .malformed
        self.bytes = bytes
    }

    /// For an address its canonical spelling, which is an address again.
    package var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Any text at all, as a sign-in request may bring it: never fails.
    ///
    /// Malformed text is only lower-cased in ASCII. No account can hide behind it, so a second
    /// spelling gains a guesser nothing, and Unicode normalisation of up to a whole request body
    /// would be work that a stranger chooses.
    package static func ofAttempt(_ text: String) -> Identifier {
        do throws(EmailAddressError) {
            return try EmailAddress(parsing: text).canonical
        } catch {
            let lowered = text.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
            return Identifier(malformed: lowered)
        }
    }

    /// Whether this can be the name of an account.
    package var isAddress: Bool { space == .address }

    /// The keyed digest under which rows are stored: without the key nobody can test whether an
    /// address stands in a copied table.
    package func locator(key: borrowing Secret) -> Digest {
        Digest.hmac(key: key, Array("loquet identifier v1\0".utf8) + [space.rawValue] + bytes)
    }

    /// NFKC, lower case without locale, NFKC, until nothing changes.
    ///
    /// One round is enough for almost all text; lower-casing can leave a sequence that
    /// normalises once more, and a canonical form that is not its own canonical form would give one
    /// person two budgets. Eight is a bound no scalar comes near; a test walks through all of them.
    static func fold(_ text: String) -> String {
        var folded = text
        for _ in 0..<8 {
            let next = folded.precomposedStringWithCompatibilityMapping.lowercased()
                .precomposedStringWithCompatibilityMapping
            // Bytes, because `==` on strings calls different spellings equal.
            if next.utf8.elementsEqual(folded.utf8) { break }
            folded = next
        }
        return folded
    }
}

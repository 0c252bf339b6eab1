/// What a password must be. A policy is judged by the composition it asks for and by the CNIL's
/// published equivalences, never by a computed number of bits: 12·log2(99) is 79.55, so a gate at 80
/// would refuse the CNIL's own example.
package struct PasswordPolicy: Equatable, Sendable {
    /// Scalars after NFC. Long enough for any passphrase; NIST SP 800-63B-4 asks for at least 64.
    package static let scalarsMax = 256

    /// The name that configuration and audit use, as `cnil-8x4`.
    package let name: String
    /// Grows by one with every change, so that an audit can say which text was in force.
    package let version: Int
    /// One line for people.
    package let title: String
    package let cnilCase: CNILCase
    /// Extended grapheme clusters, spaces at both ends not counted; 4 ... 64.
    package let charactersMin: Int
    /// Every one of these must be present.
    package let requiredClasses: CharacterClasses
    /// Words in a passphrase, 0 ... 20; 0 where words are not asked for. Too few words are reported
    /// as `too_short`.
    package let wordsMin: Int

    /// Whether the policy is lawful only while guessing is slowed down (``CNILCase``, 2 and 3).
    /// A service must not start with such a policy and without throttling.
    package var requiresAccessRestriction: Bool {
        cnilCase != .passwordAlone
    }
}

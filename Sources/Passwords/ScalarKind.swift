/// The four classes a policy may ask for. Sets are by Unicode general category, never by what a
/// keyboard or a locale calls a letter.
package struct CharacterClasses: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// General category Lu.
    package static let upper = CharacterClasses(rawValue: 1)
    /// General category Ll.
    package static let lower = CharacterClasses(rawValue: 2)
    /// General category Nd; `²` (No) and `Ⅷ` (Nl) are specials.
    package static let digit = CharacterClasses(rawValue: 4)
    /// P*, S*, No, Nl, and U+0020 inside the password.
    package static let special = CharacterClasses(rawValue: 8)

    package static let all: CharacterClasses = [.upper, .lower, .digit, .special]

    /// Every class with its name in policy files and answers, in the order they are reported.
    package static let named: [(name: String, set: CharacterClasses)] = [
        ("upper", .upper), ("lower", .lower), ("digit", .digit), ("special", .special),
    ]

    /// The names of the classes in this set.
    package var names: [String] {
        CharacterClasses.named.filter { contains($0.set) }.map(\.name)
    }
}

/// What the password rule needs to know of one scalar. The first four bits are
/// ``CharacterClasses``.
struct ScalarKind: OptionSet, Sendable {
    let rawValue: UInt8

    static let upper = ScalarKind(rawValue: 1)
    static let lower = ScalarKind(rawValue: 2)
    static let digit = ScalarKind(rawValue: 4)
    static let special = ScalarKind(rawValue: 8)
    /// L*: also Lt, Lm and Lo, which belong to no class.
    static let letter = ScalarKind(rawValue: 16)
    /// M*: part of the word it stands in, of no class.
    static let mark = ScalarKind(rawValue: 32)
    /// Must not be in a password: it is invisible, unassigned or means something to a terminal.
    static let forbidden = ScalarKind(rawValue: 64)

    var classes: CharacterClasses { CharacterClasses(rawValue: rawValue & 15) }

    /// By general category and Default_Ignorable_Code_Point, in the Unicode version of the Swift
    /// runtime. A scalar that a newer Unicode assigns is refused until the runtime knows it, because
    /// its normal form could still change under a stored hash.
    init(of scalar: Unicode.Scalar) {
        let value = Int(scalar.value)
        self = value < ScalarKind.common.count ? ScalarKind.common[value] : .computed(for: scalar)
    }

    /// The kinds of U+0000…U+07FF, which one or two bytes of UTF-8 spell: looking one up in
    /// Unicode's own tables takes 150 ns.
    static let common = (0..<0x800).compactMap { Unicode.Scalar($0).map(ScalarKind.computed) }

    private static func computed(for scalar: Unicode.Scalar) -> ScalarKind {
        var kind = ScalarKind(scalar.properties.generalCategory)
        if scalar.properties.isDefaultIgnorableCodePoint { kind.insert(.forbidden) }
        switch scalar.value {
        // The joiners and variation selectors: emoji and several scripts are written with them.
        case 0x200C, 0x200D, 0xFE00...0xFE0F: kind.remove(.forbidden)
        default: break
        }
        return kind
    }

    init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    private init(_ category: Unicode.GeneralCategory) {
        switch category {
        case .uppercaseLetter: self = [.upper, .letter]
        case .lowercaseLetter: self = [.lower, .letter]
        case .titlecaseLetter, .modifierLetter, .otherLetter: self = .letter
        case .nonspacingMark, .spacingMark, .enclosingMark: self = .mark
        case .decimalNumber: self = .digit
        case .letterNumber, .otherNumber,
            .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
            .initialPunctuation, .finalPunctuation, .otherPunctuation,
            .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol,
            // After normalisation U+0020 is the only space separator left.
            .spaceSeparator:
            self = .special
        case .control, .format, .surrogate, .privateUse, .unassigned,
            .lineSeparator, .paragraphSeparator:
            self = .forbidden
        // A category that a later Unicode may add is not understood, so it is not let in.
        @unknown default: self = .forbidden
        }
    }
}

/// What the rules ask about a password, counted once when it is made, while its text is at hand:
/// otherwise every verdict would need a second `String` of it, and a `String` cannot be wiped.
struct PasswordTraits: Equatable, Sendable {
    /// Letters that make a run of letters and marks a word. "de" and "la" are not worth counting.
    static let wordLettersMin = 3

    /// Scalars of the whole normal form, spaces at its ends included.
    private(set) var scalars = 0
    /// Extended grapheme clusters between the spaces at both ends.
    private(set) var characters = 0
    /// Classes found between the spaces at both ends.
    private(set) var classes: CharacterClasses = []
    private(set) var hasForbidden = false
    /// Runs of letters and marks with at least ``wordLettersMin`` letters.
    private(set) var words = 0
    private var lettersInARow = 0

    /// The short way, over bytes: one byte is one scalar, and one character but for CR LF.
    init(ascii bytes: Span<UInt8>) {
        scalars = bytes.count
        let kinds = ScalarKind.common
        let inner = bytes.trimmed { $0 != UInt8(ascii: " ") }
        characters = inner.count
        var previous: UInt8 = 0
        for index in inner {
            let byte = bytes[index]
            note(kinds[Int(byte)])
            // Unicode's one cluster of two ASCII scalars (UAX #29, rule GB3).
            if byte == 0x0A, previous == 0x0D { characters -= 1 }
            previous = byte
        }
    }

    /// - Parameter text: a normal form, see ``NormalForm/of(_:)``.
    init(normalForm text: String) {
        scalars = text.unicodeScalars.count
        let inner = text.unicodeScalars.trimmed { $0 != " " }
        characters = String(inner).count
        for scalar in inner { note(ScalarKind(of: scalar)) }
    }

    private mutating func note(_ kind: ScalarKind) {
        classes.formUnion(kind.classes)
        if kind.contains(.forbidden) { hasForbidden = true }
        if kind.contains(.letter) {
            lettersInARow += 1
            if lettersInARow == PasswordTraits.wordLettersMin { words += 1 }
        } else if !kind.contains(.mark) {
            lettersInARow = 0
        }
    }
}

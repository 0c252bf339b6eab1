/// The three situations for which the CNIL asks for different strengths.
///
/// Source: CNIL, délibération n° 2022-100 of 21 July 2022 (replaces n° 2017-012).
package enum CNILCase: Int, CaseIterable, Sendable {
    /// Case 1: the password is all there is. 80 bits.
    case passwordAlone = 1
    /// Case 2: guesses are slowed down or stopped. 50 bits.
    case accessRestriction = 2
    /// Case 3: a code for a device that the person holds, blocked after 3 failures. 13 bits.
    case heldDevice = 3
}

/// One of the examples by which the CNIL says what its bits come to. Rules are held against these
/// and never against a computed number: 12·log2(99) is 79.55, so a gate at 80 would refuse the first.
///
/// Source: CNIL, délibération n° 2022-100 of 21 July 2022.
package enum CNILExample: CaseIterable, Sendable {
    case twelveOfFourClasses
    case fourteenOfThreeClasses
    case sevenWords
    case eightOfThreeClasses
    case sixteenDigits
    case fiveWords
    case fourDigits

    package var cnilCase: CNILCase {
        switch self {
        case .twelveOfFourClasses, .fourteenOfThreeClasses, .sevenWords: .passwordAlone
        case .eightOfThreeClasses, .sixteenDigits, .fiveWords: .accessRestriction
        case .fourDigits: .heldDevice
        }
    }

    /// The example in words.
    package var text: String {
        switch self {
        case .twelveOfFourClasses: "12 characters of 4 classes with 37 specials to choose from"
        case .fourteenOfThreeClasses: "14 characters of upper case, lower case and digits"
        case .sevenWords: "7 words"
        case .eightOfThreeClasses: "8 characters of 3 of the 4 classes"
        case .sixteenDigits: "16 digits, the smallest class"
        case .fiveWords: "5 words"
        case .fourDigits: "4 digits"
        }
    }
}

extension PasswordPolicy {
    /// The first example, strictest case first, that these rules are at least as strict as; `nil` if
    /// there is none.
    package var cnilExample: CNILExample? {
        CNILExample.allCases.first(where: isAtLeast)
    }

    /// The strictest case that these rules satisfy by one of the CNIL's examples; `nil` if none.
    package var cnilCaseReached: CNILCase? { cnilExample?.cnilCase }

    private func isAtLeast(_ example: CNILExample) -> Bool {
        switch example {
        case .twelveOfFourClasses: charactersMin >= 12 && requiredClasses == .all
        case .fourteenOfThreeClasses:
            charactersMin >= 14 && requiredClasses.isSuperset(of: [.upper, .lower, .digit])
        case .sevenWords: wordsMin >= 7
        case .eightOfThreeClasses: charactersMin >= 8 && requiredClasses.names.count >= 3
        // Any 16 characters are at least that, because digits are the smallest class.
        case .sixteenDigits: charactersMin >= 16
        case .fiveWords: wordsMin >= 5
        case .fourDigits: charactersMin >= 4
        }
    }
}

/// A rule that a password breaks. The raw value is the stable code clients see; the order of the
/// cases is the order of the report.
package enum PasswordViolation: String, CaseIterable, Sendable {
    /// A control, invisible, private or unassigned character.
    case forbiddenCharacter = "forbidden_character"
    /// More than ``PasswordPolicy/scalarsMax`` scalars.
    case tooLong = "too_long"
    /// Fewer characters, or fewer words, than the policy asks for.
    case tooShort = "too_short"
    case missingUppercase = "missing_uppercase"
    case missingLowercase = "missing_lowercase"
    case missingDigit = "missing_digit"
    case missingSpecial = "missing_special"
    /// A common password, or the name of the service or of the person.
    case blocklisted
}

extension PasswordPolicy {
    /// Every rule that `password` breaks, in the order of ``PasswordViolation``; empty if none.
    /// The answer never depends on the locale.
    package func violations(
        of password: borrowing Password, context: PasswordContext, blocklist: Blocklist
    ) -> [PasswordViolation] {
        let traits = password.traits
        let missing = requiredClasses.subtracting(traits.classes)
        var found: [PasswordViolation] = []
        if traits.hasForbidden { found.append(.forbiddenCharacter) }
        if traits.scalars > PasswordPolicy.scalarsMax { found.append(.tooLong) }
        if traits.characters < charactersMin || traits.words < wordsMin { found.append(.tooShort) }
        if missing.contains(.upper) { found.append(.missingUppercase) }
        if missing.contains(.lower) { found.append(.missingLowercase) }
        if missing.contains(.digit) { found.append(.missingDigit) }
        if missing.contains(.special) { found.append(.missingSpecial) }
        if blocklist.lists(password, context: context) { found.append(.blocklisted) }
        return found
    }

    /// One English sentence for the person who chooses a password, with this policy's numbers.
    package func message(for violation: PasswordViolation) -> String {
        switch violation {
        case .forbiddenCharacter:
            "Control characters and invisible characters are not allowed."
        case .tooLong:
            "Use at most \(PasswordPolicy.scalarsMax) characters."
        case .tooShort where wordsMin > 0:
            "Use at least \(wordsMin) words of \(PasswordTraits.wordLettersMin) letters or more, "
                + "\(charactersMin) characters in all."
        case .tooShort:
            "Use at least \(charactersMin) characters; spaces at either end do not count."
        case .missingUppercase: "Add an upper-case letter."
        case .missingLowercase: "Add a lower-case letter."
        case .missingDigit: "Add a digit."
        case .missingSpecial:
            "Add a special character: punctuation, a symbol or a space inside."
        case .blocklisted:
            "This is a common password or a name that others can guess; choose another."
        }
    }
}

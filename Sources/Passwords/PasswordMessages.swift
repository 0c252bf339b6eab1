/// A language that people are spoken to in.
package enum Language: String, CaseIterable, Sendable {
    /// Where nothing else is asked for.
    case english = "en"
    case french = "fr"
}

extension PasswordPolicy {
    /// One sentence for the person who chooses a password, with this policy's numbers.
    package func message(
        for violation: PasswordViolation, in language: Language = .english
    ) -> String {
        switch language {
        case .english: english(violation)
        case .french: french(violation)
        }
    }

    private func english(_ violation: PasswordViolation) -> String {
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
        case .breached:
            "This password is known from a data breach; choose another."
        }
    }

    private func french(_ violation: PasswordViolation) -> String {
        switch violation {
        case .forbiddenCharacter:
            "Les caractères de contrôle et les caractères invisibles ne sont pas admis."
        case .tooLong:
            "Utilisez au plus \(PasswordPolicy.scalarsMax) caractères."
        case .tooShort where wordsMin > 0:
            "Utilisez au moins \(wordsMin) mots de \(PasswordTraits.wordLettersMin) lettres ou plus, "
                + "\(charactersMin) caractères en tout."
        case .tooShort:
            "Utilisez au moins \(charactersMin) caractères ; les espaces aux extrémités ne comptent pas."
        case .missingUppercase: "Ajoutez une lettre majuscule."
        case .missingLowercase: "Ajoutez une lettre minuscule."
        case .missingDigit: "Ajoutez un chiffre."
        case .missingSpecial:
            "Ajoutez un caractère spécial : ponctuation, symbole ou espace à l’intérieur."
        case .blocklisted:
            "C’est un mot de passe courant ou un nom que d’autres peuvent deviner ; choisissez-en un autre."
        case .breached:
            "Ce mot de passe figure dans une fuite de données ; choisissez-en un autre."
        }
    }

    /// What to tell people before they choose: the whole rule in two sentences.
    package func summary(in language: Language) -> String {
        let classes = CharacterClasses.named.filter { requiredClasses.contains($0.set) }
        switch language {
        case .english:
            let length =
                wordsMin > 0
                ? "At least \(wordsMin) words and \(charactersMin) characters"
                : "At least \(charactersMin) characters"
            let parts = classes.map { englishName($0.set) }
            return length + (parts.isEmpty ? "" : ", with " + list(parts, and: "and"))
                + ". Common passwords and your own name are refused."
        case .french:
            let length =
                wordsMin > 0
                ? "Au moins \(wordsMin) mots et \(charactersMin) caractères"
                : "Au moins \(charactersMin) caractères"
            let parts = classes.map { frenchName($0.set) }
            return length + (parts.isEmpty ? "" : ", dont " + list(parts, and: "et"))
                + ". Les mots de passe courants et votre nom sont refusés."
        }
    }

    /// The `passwordrules` attribute of an input field, from which password managers make one that is
    /// accepted. `nil` for a rule that asks for words: the attribute cannot say that.
    ///
    /// The specials are a few that every keyboard and every form takes, and no space, which would not
    /// count at the end. Source: Apple, "Customizing Password AutoFill rules".
    package var passwordRules: String? {
        guard wordsMin == 0 else { return nil }
        var rules = ["minlength: \(charactersMin)", "maxlength: \(PasswordPolicy.scalarsMax)"]
        let required: [(CharacterClasses, String)] = [
            (.upper, "upper"), (.lower, "lower"), (.digit, "digit"), (.special, "[-!#$%&*+.:=?@_]"),
        ]
        for (set, name) in required where requiredClasses.contains(set) {
            rules.append("required: \(name)")
        }
        return rules.joined(separator: "; ") + ";"
    }
}

extension PasswordInputError {
    /// One sentence for the person who sent it.
    package func message(in language: Language) -> String {
        switch (self, language) {
        case (.invalidEncoding, .english): "The password is not well-formed UTF-8."
        case (.invalidEncoding, .french): "Le mot de passe n’est pas en UTF-8 bien formé."
        case (.tooManyBytes, .english): "Use at most \(PasswordPolicy.scalarsMax) characters."
        case (.tooManyBytes, .french): "Utilisez au plus \(PasswordPolicy.scalarsMax) caractères."
        }
    }
}

private func englishName(_ set: CharacterClasses) -> String {
    switch set {
    case .upper: "an upper-case letter"
    case .lower: "a lower-case letter"
    case .digit: "a digit"
    default: "a special character"
    }
}

private func frenchName(_ set: CharacterClasses) -> String {
    switch set {
    case .upper: "une lettre majuscule"
    case .lower: "une lettre minuscule"
    case .digit: "un chiffre"
    default: "un caractère spécial"
    }
}

private func list(_ parts: [String], and: String) -> String {
    guard let last = parts.last, parts.count > 1 else { return parts.first ?? "" }
    return parts.dropLast().joined(separator: ", ") + " \(and) \(last)"
}

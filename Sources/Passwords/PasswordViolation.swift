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
    /// In the corpus of breached passwords. Only where one is configured.
    case breached
}

/// Every rule that one password breaks; empty when it is accepted.
package struct PasswordViolations: OptionSet, Hashable, Sendable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    package static let forbiddenCharacter = PasswordViolations(rawValue: 1)
    package static let tooLong = PasswordViolations(rawValue: 2)
    package static let tooShort = PasswordViolations(rawValue: 4)
    package static let missingUppercase = PasswordViolations(rawValue: 8)
    package static let missingLowercase = PasswordViolations(rawValue: 16)
    package static let missingDigit = PasswordViolations(rawValue: 32)
    package static let missingSpecial = PasswordViolations(rawValue: 64)
    package static let blocklisted = PasswordViolations(rawValue: 128)
    package static let breached = PasswordViolations(rawValue: 256)

    /// One by one, in the order of the report. The bits are in the order of
    /// ``PasswordViolation``'s cases; a test holds the two together.
    package var list: [PasswordViolation] {
        PasswordViolation.allCases.enumerated().compactMap { index, violation in
            rawValue >> UInt16(index) & 1 == 1 ? violation : nil
        }
    }
}

extension PasswordPolicy {
    /// Every rule that `password` breaks, in the order of ``PasswordViolation``; empty if none.
    /// The answer never depends on the locale.
    package func violations(
        of password: borrowing Password, context: PasswordContext, blocklist: Blocklist,
        corpus: (any BreachCorpus)? = nil
    ) -> [PasswordViolation] {
        let (traits, isASCII) = (password.traits, password.isASCII)
        return password.withBytes { bytes in
            verdict(on: bytes, traits, isASCII: isASCII, context, blocklist, corpus)
        }.list
    }

    /// The same for bytes that somebody else owns and wipes: nothing is copied where they are ASCII.
    /// For lists that are checked as a whole; a password that is to be set is a ``Password``.
    package func verdict(
        onUTF8 input: Span<UInt8>, context: PasswordContext, blocklist: Blocklist,
        corpus: (any BreachCorpus)? = nil
    ) throws(PasswordInputError) -> PasswordViolations {
        guard input.count <= Password.bytesMax else { throw .tooManyBytes }
        guard !input.isASCII else {
            return verdict(
                on: input, PasswordTraits(ascii: input), isASCII: true, context, blocklist, corpus)
        }
        let text = NormalForm.of(try Password.text(of: input))
        return verdict(
            on: text.utf8.span, PasswordTraits(normalForm: text), isASCII: false, context,
            blocklist, corpus)
    }

    /// - Parameter bytes: a normal form.
    private func verdict(
        on bytes: Span<UInt8>, _ traits: PasswordTraits, isASCII: Bool, _ context: PasswordContext,
        _ blocklist: Blocklist, _ corpus: (any BreachCorpus)?
    ) -> PasswordViolations {
        let missing = requiredClasses.subtracting(traits.classes)
        var found: PasswordViolations = []
        if traits.hasForbidden { found.insert(.forbiddenCharacter) }
        if traits.scalars > PasswordPolicy.scalarsMax { found.insert(.tooLong) }
        if traits.characters < charactersMin || traits.words < wordsMin { found.insert(.tooShort) }
        if missing.contains(.upper) { found.insert(.missingUppercase) }
        if missing.contains(.lower) { found.insert(.missingLowercase) }
        if missing.contains(.digit) { found.insert(.missingDigit) }
        if missing.contains(.special) { found.insert(.missingSpecial) }
        let isListed =
            isASCII ? blocklist.lists(ascii: bytes, context) : blocklist.lists(utf8: bytes, context)
        if isListed { found.insert(.blocklisted) }
        if let corpus, corpus.contains(CorpusKey(ofNormalForm: bytes)) { found.insert(.breached) }
        return found
    }
}

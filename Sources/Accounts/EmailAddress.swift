/// A mailbox that an account may be registered with.
///
/// Accepted is what the world's mail systems deliver: a dot-atom local part (RFC 5322 §3.2.3, with
/// UTF-8 by RFC 6531) of at most 64 octets, `@`, and an ASCII host name of two labels or more; 254
/// octets in all (RFC 5321 §4.5.3.1, erratum 1690). Quoted local parts, comments and address
/// literals are legal in a mail header and refused here: no provider issues them, and each is one
/// more way to write an address twice.
package struct EmailAddress: Hashable, Sendable {
    /// As the owner wrote it, for display and for sending.
    package let spelling: String
    /// Equal for all spellings that must not be two accounts.
    package let canonical: Identifier

    package init(parsing text: String) throws(EmailAddressError) {
        // Length first: nothing below runs over more than 254 octets of foreign text.
        guard text.utf8.count <= 254 else { throw .tooLong }
        let parts = text.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        if text.utf8.first == UInt8(ascii: "\"") { throw .quotedLocalPart }
        if text.utf8.contains(UInt8(ascii: "(")) { throw .comment }
        guard parts.count > 1 else { throw .missingAt }
        guard parts.count == 2 else { throw .severalAts }
        let local = String(decoding: parts[0], as: UTF8.self)
        try checkLocalPart(local)
        try checkDomain(Array(parts[1]))

        let folded = Identifier.fold(local)
        // Compatibility mapping can produce what the address must not hold (a space from U+00A8,
        // `@` from U+FF20), or grow: the canonical form has to be an address itself.
        try checkLocalPart(folded)
        let domain = String(decoding: parts[1], as: UTF8.self).lowercased()
        let canonicalText = folded + "@" + domain
        guard canonicalText.utf8.count <= 254 else { throw .tooLong }
        spelling = text
        canonical = Identifier(canonicalAddress: canonicalText)
    }

    /// The part before `@`, as written; a context word of the password rule.
    package var localPart: String {
        String(spelling.prefix { $0 != "@" })
    }
}

/// Why a text is not an address. Each case is something a caller can tell the person; none carries
/// the text.
package enum EmailAddressError: String, Error, CaseIterable, Sendable {
    /// More than 254 octets in all.
    case tooLong = "too_long"
    case missingAt = "missing_at"
    case severalAts = "several_ats"
    case emptyLocalPart = "empty_local_part"
    /// More than 64 octets before the `@`.
    case localPartTooLong = "local_part_too_long"
    /// A local part in quotation marks.
    case quotedLocalPart = "quoted_local_part"
    /// Parentheses are comments in an address.
    case comment = "comment"
    /// A dot at either end of the local part or two in a row.
    case misplacedDot = "misplaced_dot"
    /// A space, a control or invisible character, an unassigned one, or ASCII that an unquoted
    /// local part cannot hold.
    case forbiddenCharacter = "forbidden_character"
    /// `user@[192.0.2.1]`, or a bare number where the top-level domain stands.
    case addressLiteral = "address_literal"
    /// A host name without a dot. Mail to `localhost` leaves no machine, and what `ai` alone names
    /// depends on the resolver's search list (IAB, "Dotless Domains Considered Harmful", 2013), so
    /// a reset link could reach somebody else.
    case domainWithoutDot = "domain_without_dot"
    /// Send the A-label form, `xn--…`: mapping names is the application's choice (UTS 46 knows
    /// several), and two services that map differently would write to two people.
    case domainNotASCII = "domain_not_ascii"
    /// A label that is empty, longer than 63, starts or ends with a hyphen, or holds anything but
    /// letters, digits and hyphens. A trailing dot makes an empty label.
    case invalidDomain = "invalid_domain"
}

private func checkLocalPart(_ local: String) throws(EmailAddressError) {
    guard !local.isEmpty else { throw .emptyLocalPart }
    guard local.utf8.count <= 64 else { throw .localPartTooLong }
    for scalar in local.unicodeScalars where !isAtomText(scalar) && scalar != "." {
        throw .forbiddenCharacter
    }
    let bytes = Array(local.utf8)
    let dot = UInt8(ascii: ".")
    guard bytes.first != dot, bytes.last != dot,
        !zip(bytes, bytes.dropFirst()).contains(where: { $0 == dot && $1 == dot })
    else { throw .misplacedDot }
}

/// RFC 5322 `atext`; outside ASCII every assigned, visible character.
private func isAtomText(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII {
        return switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9": true
        default: "!#$%&'*+-/=?^_`{|}~".unicodeScalars.contains(scalar)
        }
    }
    if scalar.properties.isDefaultIgnorableCodePoint { return false }
    return switch scalar.properties.generalCategory {
    // Unassigned ones too: a later Unicode may fold them, and then two accounts would share a name.
    case .control, .format, .surrogate, .privateUse, .unassigned, .spaceSeparator,
        .lineSeparator, .paragraphSeparator:
        false
    default: true
    }
}

private func checkDomain(_ domain: [UInt8]) throws(EmailAddressError) {
    if domain.first == UInt8(ascii: "[") { throw .addressLiteral }
    guard domain.allSatisfy({ $0 < 0x80 }) else { throw .domainNotASCII }
    let labels = domain.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    for label in labels {
        guard (1...63).contains(label.count), label.first != UInt8(ascii: "-"),
            label.last != UInt8(ascii: "-"), label.allSatisfy(isLetterDigitHyphen)
        else { throw .invalidDomain }
    }
    guard labels.count >= 2 else { throw .domainWithoutDot }
    // RFC 3696 §2: a top-level domain is never all digits, so this is an address without brackets.
    if labels[labels.count - 1].allSatisfy({ (0x30...0x39).contains($0) }) { throw .addressLiteral }
}

private func isLetterDigitHyphen(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D: true
    default: false
    }
}

/// Words that are no secret for this one person: the service's name, the name before the `@`, the
/// display name and its parts. Each is refused as if it were on the list of common passwords.
package struct PasswordContext: Sendable {
    /// Caseless normal forms in UTF-8, none empty.
    let words: [[UInt8]]

    /// Knows nobody.
    package static let none = PasswordContext()

    /// - Parameters:
    ///   - email: the address as given; what stands before its last `@` is the word. Without an `@`
    ///     all of it is.
    ///   - displayName: counts whole, and so does each part between spaces from 3 scalars on
    ///     (shorter ones, `de` or initials, would refuse passwords they have nothing to do with).
    package init(serviceName: String? = nil, email: String? = nil, displayName: String? = nil) {
        var texts: [Substring] = []
        if let serviceName { texts.append(serviceName[...]) }
        if let email { texts.append(email.lastIndex(of: "@").map { email[..<$0] } ?? email[...]) }
        if let displayName {
            texts.append(displayName[...])
            let parts = NormalForm.of(displayName).split(separator: " ")
            if parts.count > 1 { texts += parts.filter { $0.unicodeScalars.count >= 3 } }
        }
        words = texts.compactMap(PasswordContext.word)
    }

    /// - Returns: `nil` for a text that is empty or longer than any password.
    private static func word(_ text: Substring) -> [UInt8]? {
        guard text.utf8.count <= Password.bytesMax else { return nil }
        let inner = NormalForm.of(String(text)).unicodeScalars.trimmed { $0 != " " }
        let word = NormalForm.caseless(inner)
        return word.isEmpty ? nil : word
    }
}

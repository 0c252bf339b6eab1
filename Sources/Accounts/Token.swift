package import Secrets

/// A bearer token, known only by its digest: `lqs_` and the like, then 32 random bytes in
/// base64url.
///
/// 256 bits cannot be guessed, so a plain SHA-256 is enough to store (no salt, no stretching), and
/// who copies the table holds no token. The prefixes let secret scanners find a leaked one.
package struct Token: Hashable, Sendable {
    package enum Kind: String, CaseIterable, Hashable, Sendable {
        case application = "lqa_"
        case administrator = "lqk_"
        case session = "lqs_"
        case device = "lqd_"
        /// In the link of a password reset.
        case passwordReset = "lqr_"
        /// In a link that proves who reads a mailbox.
        case emailVerification = "lqv_"
    }

    package let kind: Kind
    /// SHA-256 over the whole text, prefix included. What is stored and looked up.
    package let digest: Digest

    /// Strict: a prefix and exactly the 43 characters that ``text(_:of:)`` writes. The text is not
    /// kept.
    package init?(parsing text: String) {
        guard text.utf8.count == 47,
            let kind = Kind(rawValue: String(decoding: text.utf8.prefix(4), as: UTF8.self)),
            var random = Base64.decode(text.utf8.dropFirst(4), .url)
        else { return nil }
        wipe(&random)
        self.init(kind, written: text)
    }

    /// The token that ``text(_:of:)`` renders from the same secret.
    ///
    /// - Parameter random: exactly 32 random bytes.
    package init(_ kind: Kind, of random: borrowing Secret) {
        self.init(kind, written: Self.text(kind, of: random))
    }

    private init(_ kind: Kind, written text: String) {
        self.kind = kind
        var bytes = Array(text.utf8)
        digest = Digest.sha256(of: bytes)
        wipe(&bytes)
    }

    /// The token as its owner gets it. Called once, where the answer is written: the `String`
    /// cannot be wiped, so it must go straight into the answer and nowhere else, above all not into
    /// a log.
    ///
    /// - Parameter random: exactly 32 random bytes.
    package static func text(_ kind: Kind, of random: borrowing Secret) -> String {
        precondition(random.count == 32, "a token is made of 32 bytes")
        return kind.rawValue + random.withBytes { Base64.encode($0, .url) }
    }
}

import Secrets

/// Why bytes are not a password at all. What merely breaks the policy is an answer
/// (``PasswordViolation``), not an error.
package enum PasswordInputError: Error, Equatable, Sendable {
    /// More than ``Password/bytesMax`` bytes. They were counted and not read.
    case tooManyBytes
    /// Not well-formed UTF-8.
    case invalidEncoding

    /// The stable code of the answer to a client.
    package var code: String {
        switch self {
        case .tooManyBytes: PasswordViolation.tooLong.rawValue
        case .invalidEncoding: "invalid_encoding"
        }
    }
}

/// A password as its owner typed it, in the one spelling that is hashed and verified.
///
/// One owner, wiped when it ends, never printed: it is not `Copyable`, so nothing that prints, logs,
/// encodes or compares can take it. It may break every rule of a policy and still be a `Password`:
/// somebody who signs in with an old password must be able to.
package struct Password: ~Copyable, Sendable {
    /// Bytes of input. 256 scalars of 4 bytes are 1 024; this leaves room for what NFC composes and
    /// bounds the work before any is done.
    package static let bytesMax = 4_096

    private let normalForm: Secret
    let traits: PasswordTraits
    /// Whether every scalar is ASCII, so that the rules may go byte by byte.
    let isASCII: Bool

    /// - Parameter text: the `String` a decoder made. It cannot be wiped: let it go at once.
    package init(_ text: String) throws(PasswordInputError) {
        try self.init(utf8: text.utf8.span)
    }

    /// - Parameter input: 0 ... ``bytesMax`` bytes; the caller's to wipe.
    package init(utf8 input: Span<UInt8>) throws(PasswordInputError) {
        guard input.count <= Password.bytesMax else { throw .tooManyBytes }
        guard !input.isASCII else {
            // ASCII is its own normal form.
            self.init(input, PasswordTraits(ascii: input), isASCII: true)
            return
        }
        // These two strings live in unwiped memory until it is used again. Normalisation is
        // Foundation's and works on nothing else.
        let text = NormalForm.of(try Password.text(of: input))
        self.init(text.utf8.span, PasswordTraits(normalForm: text), isASCII: false)
    }

    private init(_ normalForm: Span<UInt8>, _ traits: PasswordTraits, isASCII: Bool) {
        self.normalForm = Secret(copying: normalForm)
        self.traits = traits
        self.isASCII = isASCII
    }

    /// Lends the normal form's UTF-8 for the time of the closure.
    package func withBytes<Result: ~Copyable, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try normalForm.withBytes(body)
    }

    static func text(of input: Span<UInt8>) throws(PasswordInputError) -> String {
        do throws(UTF8.ValidationError) {
            return String(copying: try UTF8Span(validating: input))
        } catch {
            throw .invalidEncoding
        }
    }
}

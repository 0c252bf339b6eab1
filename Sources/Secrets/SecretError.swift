/// What can go wrong below the passwords. Never carries key material or plaintext.
package enum SecretError: Error, Equatable, Sendable {
    /// libcrypto refused a call that does not fail with correct arguments: out of memory, or no
    /// entropy at start. `operation` is the libcrypto function, `reason` its own error text.
    case libcrypto(operation: String, reason: String)
    /// A sealed value was altered, was sealed under another key, or belongs to another context.
    case notAuthentic
    /// A PEM text holds no usable certificate or key. The text says what was expected.
    case unusableCertificate(String)
    /// Bytes that are no sealed record. The text says what was expected.
    case malformed(String)
}

import CCrypto

/// 32 bytes that a one-way function gave: SHA-256 or HMAC-SHA-256.
///
/// Not a secret in itself, and stored and looked up as it is; where a digest must be compared
/// against one that an attacker may probe, use ``constantTimeEquals(_:_:)``.
package struct Digest: Hashable, Sendable {
    /// 32 bytes.
    package let bytes: [UInt8]

    /// 32 zero bytes, which no message is known to have: stands where there is none.
    package static let zero = Digest(written: [UInt8](repeating: 0, count: 32))

    /// - Returns: `nil` unless there are exactly 32 bytes.
    package init?(bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        self.bytes = bytes
    }

    private init(written bytes: [UInt8]) {
        precondition(bytes.count == 32)
        self.bytes = bytes
    }

    /// SHA-256 (FIPS 180-4).
    package static func sha256(of message: Span<UInt8>) -> Digest {
        Digest(
            written: unsafe thirtyTwoBytes("EVP_Q_digest") { output, written in
                unsafe message.withUnsafeBufferPointer { input in
                    unsafe EVP_Q_digest(
                        nil, "SHA256", nil, input.baseAddress, input.count, output, written) == 1
                }
            })
    }

    package static func sha256(of message: [UInt8]) -> Digest {
        sha256(of: message.span)
    }

    /// HMAC-SHA-256 (RFC 2104; vectors in RFC 4231).
    package static func hmac(key: borrowing Secret, _ message: Span<UInt8>) -> Digest {
        Digest(
            written: unsafe thirtyTwoBytes("EVP_Q_mac") { output, written in
                unsafe key.withUnsafePointer { key in
                    unsafe message.withUnsafeBufferPointer { input in
                        unsafe EVP_Q_mac(
                            nil, "HMAC", nil, "SHA256", nil, key.baseAddress, key.count,
                            input.baseAddress, input.count, output, 32, written) != nil
                    }
                }
            })
    }

    package static func hmac(key: borrowing Secret, _ message: [UInt8]) -> Digest {
        hmac(key: key, message.span)
    }
}

/// Runs a libcrypto function that writes 32 bytes. These fail only for want of memory, and a service
/// that cannot allocate 32 bytes must not go on with an unchecked digest.
private func thirtyTwoBytes(
    _ function: String,
    _ call: (UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<Int>) -> Bool
) -> [UInt8] {
    var written = 0
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
        let done = unsafe call(buffer.baseAddress, &written)
        precondition(done && written == 32, "\(function) failed: \(libcryptoReason())")
        count = 32
    }
    return bytes
}

/// The oldest error in libcrypto's queue as text; the queue is emptied.
func libcryptoReason() -> String {
    var text = [CChar](repeating: 0, count: 256)
    let code = ERR_get_error()
    guard code != 0 else { return "no reason given" }
    unsafe ERR_error_string_n(code, &text, text.count)
    ERR_clear_error()
    return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
}

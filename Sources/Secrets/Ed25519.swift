import CCrypto

/// Signatures of RFC 8032 §5.1, the pure variant.
package enum Ed25519 {
    /// Bytes of a signature.
    package static let signatureBytes = 64

    /// The 32 bytes that others verify with.
    ///
    /// - Parameter seed: 32 random bytes, the private key as RFC 8032 has it.
    package static func publicKey(of seed: borrowing Secret) throws(SecretError) -> [UInt8] {
        let key = try unsafe privateKey(seed)
        defer { unsafe EVP_PKEY_free(key) }
        var bytes = [UInt8](repeating: 0, count: 32)
        var count = 32
        guard unsafe EVP_PKEY_get_raw_public_key(key, &bytes, &count) == 1, count == 32 else {
            throw failure("EVP_PKEY_get_raw_public_key")
        }
        return bytes
    }

    /// - Returns: 64 bytes, the same for the same seed and message.
    package static func sign(
        _ message: [UInt8], with seed: borrowing Secret
    ) throws(SecretError) -> [UInt8] {
        let key = try unsafe privateKey(seed)
        defer { unsafe EVP_PKEY_free(key) }
        let context = unsafe EVP_MD_CTX_new()
        defer { unsafe EVP_MD_CTX_free(context) }
        var signature = [UInt8](repeating: 0, count: signatureBytes)
        var count = signatureBytes
        let done =
            unsafe context != nil && EVP_DigestSignInit(context, nil, nil, nil, key) == 1
            && EVP_DigestSign(context, &signature, &count, message, message.count) == 1
        guard done, count == signatureBytes else { throw failure("EVP_DigestSign") }
        return signature
    }

    /// Whether a signature is good. A public key or signature of another length is not.
    package static func verifies(
        _ signature: [UInt8], of message: [UInt8], by publicKey: [UInt8]
    ) -> Bool {
        guard publicKey.count == 32, signature.count == signatureBytes,
            let key = unsafe EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, publicKey, 32)
        else {
            ERR_clear_error()
            return false
        }
        defer { unsafe EVP_PKEY_free(key) }
        let context = unsafe EVP_MD_CTX_new()
        defer { unsafe EVP_MD_CTX_free(context) }
        let isGood =
            unsafe context != nil && EVP_DigestVerifyInit(context, nil, nil, nil, key) == 1
            && EVP_DigestVerify(
                context, signature, signature.count, message, message.count) == 1
        // A bad signature is an answer; what the library says about it is nobody's next error.
        if !isGood { ERR_clear_error() }
        return isGood
    }

    private static func privateKey(_ seed: borrowing Secret) throws(SecretError) -> OpaquePointer {
        precondition(seed.count == 32, "an Ed25519 seed has 32 bytes")
        let key = unsafe seed.withUnsafePointer { bytes in
            unsafe EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, bytes.baseAddress, 32)
        }
        guard let key = unsafe key else { throw failure("EVP_PKEY_new_raw_private_key") }
        return unsafe key
    }

    private static func failure(_ operation: String) -> SecretError {
        .libcrypto(operation: operation, reason: libcryptoReason())
    }
}

import CCrypto

/// Encrypts what only the service may read, for storage in a database that others can read and write:
/// AES-256-GCM (NIST SP 800-38D), nonce ‖ ciphertext ‖ tag.
///
/// The nonce is 96 random bits. NIST allows 2³² messages under one key then (§8.3); a key here serves
/// one purpose of one deployment, which writes a few for each account and year.
package final class RecordSeal: Sendable {
    /// Bytes that sealing adds: 12 of nonce, 16 of tag.
    package static let overhead = nonceCount + tagCount
    private static let nonceCount = 12
    private static let tagCount = 16

    private let key: Secret

    /// - Parameters:
    ///   - recordKey: the deployment's key for records.
    ///   - purpose: what is sealed. Two purposes never share a key.
    package init(recordKey: borrowing Secret, purpose: StaticString) {
        key = KeyDerivation.hkdf(
            key: recordKey, info: Array("loquet record ".utf8) + Array(purpose.description.utf8),
            count: 32)
    }

    /// Uses 32 bytes as they are, for published vectors.
    package init(key: consuming Secret) {
        precondition(key.count == 32)
        self.key = key
    }

    /// - Parameter context: what the record belongs to. It is not stored here, and without the same one
    ///   nothing opens, so that a record cannot be moved to another owner.
    package func seal(_ plaintext: [UInt8], context: [UInt8]) throws(SecretError) -> [UInt8] {
        try seal(
            plaintext, context: context, nonce: SystemRandom.bytes(count: Self.nonceCount))
    }

    /// - Throws: `.notAuthentic` for anything that was not sealed under this key and context.
    package func open(_ sealed: [UInt8], context: [UInt8]) throws(SecretError) -> [UInt8] {
        guard sealed.count >= Self.overhead else { throw .notAuthentic }
        let nonce = Array(sealed.prefix(Self.nonceCount))
        let ciphertext = Array(sealed.dropFirst(Self.nonceCount).dropLast(Self.tagCount))
        var tag = Array(sealed.suffix(Self.tagCount))
        guard let cipher = unsafe EVP_CIPHER_CTX_new() else {
            throw failure("EVP_CIPHER_CTX_new")
        }
        defer { unsafe EVP_CIPHER_CTX_free(cipher) }
        try unsafe start(cipher, nonce, isSealing: false)
        var plaintext = [UInt8](repeating: 0, count: ciphertext.count + 16)
        var count: Int32 = 0
        var rest: Int32 = 0
        guard
            unsafe EVP_DecryptUpdate(cipher, nil, &count, context, Int32(context.count)) == 1,
            unsafe EVP_DecryptUpdate(
                cipher, &plaintext, &count, ciphertext, Int32(ciphertext.count)) == 1,
            unsafe EVP_CIPHER_CTX_ctrl(
                cipher, EVP_CTRL_AEAD_SET_TAG, Int32(Self.tagCount), &tag) == 1
        else {
            wipe(&plaintext)
            throw failure("EVP_DecryptUpdate")
        }
        // The one call that can fail for want of truth. In GCM it writes nothing.
        guard unsafe EVP_DecryptFinal_ex(cipher, nil, &rest) == 1 else {
            wipe(&plaintext)
            ERR_clear_error()
            throw .notAuthentic
        }
        return Array(plaintext.prefix(Int(count)))
    }

    /// For published vectors. A nonce must never be used twice.
    package func seal(
        _ plaintext: [UInt8], context: [UInt8], nonce: [UInt8]
    ) throws(SecretError) -> [UInt8] {
        precondition(nonce.count == Self.nonceCount)
        guard let cipher = unsafe EVP_CIPHER_CTX_new() else {
            throw failure("EVP_CIPHER_CTX_new")
        }
        defer { unsafe EVP_CIPHER_CTX_free(cipher) }
        try unsafe start(cipher, nonce, isSealing: true)
        var ciphertext = [UInt8](repeating: 0, count: plaintext.count + 16)
        var tag = [UInt8](repeating: 0, count: Self.tagCount)
        var count: Int32 = 0
        var rest: Int32 = 0
        guard
            unsafe EVP_EncryptUpdate(cipher, nil, &count, context, Int32(context.count)) == 1,
            unsafe EVP_EncryptUpdate(
                cipher, &ciphertext, &count, plaintext, Int32(plaintext.count)) == 1,
            unsafe EVP_EncryptFinal_ex(cipher, nil, &rest) == 1,
            unsafe EVP_CIPHER_CTX_ctrl(
                cipher, EVP_CTRL_AEAD_GET_TAG, Int32(Self.tagCount), &tag) == 1
        else { throw failure("EVP_EncryptUpdate") }
        return nonce + ciphertext.prefix(Int(count)) + tag
    }

    private func start(
        _ cipher: OpaquePointer, _ nonce: [UInt8], isSealing: Bool
    ) throws(SecretError) {
        let isStarted = unsafe key.withUnsafePointer { key in
            unsafe EVP_CipherInit_ex(
                cipher, EVP_aes_256_gcm(), nil, key.baseAddress, nonce, isSealing ? 1 : 0) == 1
        }
        guard isStarted else { throw failure("EVP_CipherInit_ex") }
    }
}

private func failure(_ operation: String) -> SecretError {
    .libcrypto(operation: operation, reason: libcryptoReason())
}

import CCrypto

/// A secret that a passphrase opens, as CMS AuthEnvelopedData (RFC 5083) with AES-256-GCM and a password
/// recipient (RFC 3211): standard, authenticated, and opened without Loquet by
///
/// ```
/// openssl cms -decrypt -binary -inform DER -in FILE -pwri_password "$(cat PASSPHRASE)"
/// ```
package enum PassphraseSeal {
    /// PBKDF2-HMAC-SHA1, which RFC 3211 makes the default and OpenSSL's password recipient always uses. The
    /// number is the OWASP Password Storage Cheat Sheet's for it; about half a second.
    private static let iterations: Int32 = 1_300_000
    /// Bytes of what is opened: the whole of a few keys.
    private static let bytesMax = 1_048_576

    /// - Returns: DER.
    package static func seal(
        _ secret: borrowing Secret, passphrase: borrowing Secret
    ) throws(SecretError) -> [UInt8] {
        guard let message = unsafe CMS_AuthEnvelopedData_create(EVP_aes_256_gcm()) else {
            throw failure("CMS_AuthEnvelopedData_create")
        }
        defer { unsafe CMS_ContentInfo_free(message) }
        // The message owns the passphrase's copy from here on, and wipes it.
        let copy = try unsafe libraryCopy(of: passphrase)
        guard
            unsafe CMS_add0_recipient_password(
                message, iterations, NID_id_alg_PWRI_KEK, NID_undef, copy,
                passphrase.count, EVP_aes_256_cbc()) != nil
        else {
            unsafe CRYPTO_clear_free(copy, passphrase.count, "", 0)
            throw failure("CMS_add0_recipient_password")
        }
        let source = unsafe secret.withUnsafePointer { bytes in
            unsafe BIO_new_mem_buf(bytes.baseAddress, Int32(bytes.count))
        }
        guard let source = unsafe source else { throw failure("BIO_new_mem_buf") }
        defer { unsafe BIO_free(source) }
        // Without the first, the content would be left out.
        guard unsafe CMS_set_detached(message, 0) == 1,
            unsafe CMS_final(message, source, nil, UInt32(CMS_BINARY)) == 1
        else { throw failure("CMS_final") }
        var der: UnsafeMutablePointer<UInt8>?
        let count = unsafe i2d_CMS_ContentInfo(message, &der)
        guard count > 0, let der = unsafe der else { throw failure("i2d_CMS_ContentInfo") }
        defer { unsafe CRYPTO_free(der, "", 0) }
        return unsafe Array(UnsafeBufferPointer(start: der, count: Int(count)))
    }

    /// - Throws: `.notAuthentic` for another passphrase, and for what was altered or is something else.
    package static func open(
        _ der: [UInt8], passphrase: borrowing Secret
    ) throws(SecretError) -> Secret {
        defer { ERR_clear_error() }
        let message = unsafe der.withUnsafeBufferPointer { bytes in
            var start = bytes.baseAddress
            return unsafe d2i_CMS_ContentInfo(nil, &start, bytes.count)
        }
        guard let message = unsafe message else { throw .notAuthentic }
        defer { unsafe CMS_ContentInfo_free(message) }
        // Other kinds of content may be enveloped without being authenticated.
        guard unsafe OBJ_obj2nid(CMS_get0_type(message)) == NID_id_smime_ct_authEnvelopedData else {
            throw .notAuthentic
        }
        let copy = try unsafe libraryCopy(of: passphrase)
        // Unlike sealing, this only looks at it.
        defer { unsafe CRYPTO_clear_free(copy, passphrase.count, "", 0) }
        guard let sink = unsafe BIO_new(BIO_s_secmem()) else { throw failure("BIO_new") }
        defer { unsafe BIO_free(sink) }
        guard unsafe CMS_decrypt_set1_password(message, copy, passphrase.count) == 1,
            unsafe CMS_decrypt(message, nil, nil, nil, sink, UInt32(CMS_BINARY)) == 1
        else { throw .notAuthentic }
        let count = Int(unsafe BIO_ctrl_pending(sink))
        guard count <= bytesMax else { throw .notAuthentic }
        let read: (UnsafeMutableBufferPointer<UInt8>) throws(SecretError) -> Void = {
            buffer throws(SecretError) in
            guard unsafe count == 0 || BIO_read(sink, buffer.baseAddress, Int32(count)) == count
            else { throw failure("BIO_read") }
        }
        return try unsafe Secret(count: count, filledBy: read)
    }

    /// Memory of libcrypto's own allocator, which frees it.
    private static func libraryCopy(
        of secret: borrowing Secret
    ) throws(SecretError) -> UnsafeMutablePointer<UInt8> {
        guard let memory = unsafe CRYPTO_malloc(max(1, secret.count), "", 0) else {
            throw failure("CRYPTO_malloc")
        }
        let bytes = unsafe memory.assumingMemoryBound(to: UInt8.self)
        unsafe secret.withUnsafePointer { source in
            if let start = source.baseAddress {
                unsafe bytes.update(from: start, count: source.count)
            }
        }
        return unsafe bytes
    }
}

private func failure(_ operation: String) -> SecretError {
    .libcrypto(operation: operation, reason: libcryptoReason())
}

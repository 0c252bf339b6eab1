import CCrypto

extension ArchiveCertificate {
    /// Bytes that may be sealed at once. What a closed account leaves is some hundreds.
    package static let plaintextMax = 64 * 1_024

    /// Seals for whoever holds the certificate's private key, and for nobody on this machine: CMS
    /// AuthEnvelopedData (RFC 5083) with AES-256-GCM (RFC 5084) in DER, to one recipient. A key on a curve
    /// is agreed on by ephemeral ECDH with a KDF over SHA-256; an RSA key takes OAEP over SHA-256.
    ///
    /// `openssl cms -decrypt -inform DER -inkey KEY` opens it.
    package func seal(_ plaintext: [UInt8]) throws(SecretError) -> [UInt8] {
        precondition(plaintext.count <= Self.plaintextMax, "more than is ever sealed at once")
        guard let certificate = unsafe readCertificate(pem) else {
            throw .unusableCertificate("expected one PEM block BEGIN CERTIFICATE")
        }
        defer { unsafe X509_free(certificate) }
        guard let message = unsafe CMS_AuthEnvelopedData_create(EVP_aes_256_gcm()) else {
            throw failure("CMS_AuthEnvelopedData_create")
        }
        defer { unsafe CMS_ContentInfo_free(message) }
        try unsafe addRecipient(certificate, to: message)
        // Detached is what this kind starts as: it would hold no content.
        guard unsafe CMS_set_detached(message, 0) == 1 else { throw failure("CMS_set_detached") }
        // The buffer is lent for as long as libcrypto reads from it, and no longer.
        let isFinal = unsafe plaintext.withUnsafeBufferPointer { bytes in
            let source = unsafe BIO_new_mem_buf(bytes.baseAddress, Int32(bytes.count))
            defer { unsafe BIO_free(source) }
            return unsafe CMS_final(message, source, nil, UInt32(CMS_BINARY)) == 1
        }
        guard isFinal else { throw failure("CMS_final") }
        return try unsafe encoded(message)
    }
}

/// libcrypto's own defaults for both kinds of key are SHA-1 and PKCS #1 v1.5; both are set here.
private func addRecipient(
    _ certificate: OpaquePointer, to message: OpaquePointer
) throws(SecretError) {
    // Certificates without a key identifier are named by issuer and serial number (RFC 5652 §6.2.1).
    let hasKeyID = unsafe X509_get0_subject_key_id(certificate) != nil
    let flags = CMS_BINARY | CMS_PARTIAL | CMS_KEY_PARAM | (hasKeyID ? CMS_USE_KEYID : 0)
    guard
        let recipient = unsafe CMS_add1_recipient_cert(message, certificate, UInt32(flags)),
        let context = unsafe CMS_RecipientInfo_get0_pkey_ctx(recipient)
    else { throw failure("CMS_add1_recipient_cert") }
    let isRSA = unsafe EVP_PKEY_is_a(X509_get0_pubkey(certificate), "RSA") == 1
    let isSet =
        unsafe isRSA
        ? EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) > 0
            && EVP_PKEY_CTX_set_rsa_oaep_md(context, EVP_sha256()) > 0
            && EVP_PKEY_CTX_set_rsa_mgf1_md(context, EVP_sha256()) > 0
        : EVP_PKEY_CTX_set_ecdh_kdf_md(context, EVP_sha256()) > 0
    guard isSet else { throw failure("EVP_PKEY_CTX_set") }
}

private func encoded(_ message: OpaquePointer) throws(SecretError) -> [UInt8] {
    let count = unsafe i2d_CMS_ContentInfo(message, nil)
    guard count > 0 else { throw failure("i2d_CMS_ContentInfo") }
    return unsafe [UInt8](unsafeUninitializedCapacity: Int(count)) { buffer, written in
        var end = buffer.baseAddress
        written = Int(unsafe i2d_CMS_ContentInfo(message, &end))
    }
}

/// One sealed record, read but not opened: CMS AuthEnvelopedData to one recipient, with its content
/// inside and nothing behind it.
///
/// Whoever writes the database chooses these bytes, so they are bounded before they are parsed.
@safe
package struct SealedMessage: ~Copyable {
    // @safe: one owner; the object is read only.
    private let message: OpaquePointer

    /// Content at its longest, and what CMS adds with the largest RSA key anybody uses.
    package static let bytesMax = ArchiveCertificate.plaintextMax + 8 * 1_024

    /// - Throws: ``SecretError/malformed(_:)``, saying what was expected.
    package init(der: [UInt8]) throws(SecretError) {
        guard der.count <= Self.bytesMax else {
            throw .malformed("a sealed record is at most \(Self.bytesMax) bytes")
        }
        var consumed = 0
        let message = unsafe der.withUnsafeBufferPointer { buffer in
            var position = buffer.baseAddress
            let message = unsafe d2i_CMS_ContentInfo(nil, &position, buffer.count)
            if let start = buffer.baseAddress, let position = unsafe position {
                consumed = unsafe position - start
            }
            return unsafe message
        }
        guard let message = unsafe message else {
            ERR_clear_error()
            throw .malformed("a sealed record is one CMS message in DER")
        }
        // Held from here on, so that every way out frees it.
        let held = unsafe SealedMessage(owning: message)
        guard consumed == der.count else { throw .malformed("bytes follow the CMS message") }
        let kind = unsafe OBJ_obj2nid(CMS_get0_type(message))
        guard kind == NID_id_smime_ct_authEnvelopedData else {
            throw .malformed("expected CMS AuthEnvelopedData (RFC 5083)")
        }
        guard unsafe OPENSSL_sk_num(CMS_get0_RecipientInfos(message)) == 1 else {
            throw .malformed("expected one recipient")
        }
        guard unsafe CMS_get0_content(message)?.pointee != nil else {
            throw .malformed("the content is missing from the CMS message")
        }
        self = held
    }

    private init(owning message: OpaquePointer) {
        unsafe self.message = unsafe message
    }

    deinit { unsafe CMS_ContentInfo_free(message) }

    /// - Throws: ``SecretError/notAuthentic`` when it was sealed to another key, or altered.
    package consuming func opened(with key: borrowing ArchiveKey) throws(SecretError) -> Secret {
        guard let sink = unsafe BIO_new(BIO_s_secmem()) else { throw failure("BIO_new") }
        defer { unsafe BIO_free(sink) }
        let isOpen = unsafe key.withKey { key in
            unsafe CMS_decrypt(message, key, nil, nil, sink, UInt32(CMS_BINARY)) == 1
        }
        guard isOpen else {
            ERR_clear_error()
            throw .notAuthentic
        }
        let count = unsafe BIO_ctrl_pending(sink)
        let fill: (UnsafeMutableBufferPointer<UInt8>) throws(SecretError) -> Void = {
            buffer throws(SecretError) in
            guard count > 0 else { return }
            guard unsafe BIO_read(sink, buffer.baseAddress, Int32(count)) == Int32(count) else {
                throw failure("BIO_read")
            }
        }
        return try unsafe Secret(count: count, filledBy: fill)
    }
}

/// The private half of an archive certificate, where somebody opens what was sealed: never on the
/// machine that seals.
@safe
package struct ArchiveKey: ~Copyable {
    // @safe: one owner; libcrypto wipes it when it is freed.
    private let key: OpaquePointer

    /// - Parameter pem: one private key in PEM, not encrypted.
    /// - Throws: ``SecretError/unusableCertificate(_:)``, saying what was expected.
    package init(pem: borrowing Secret) throws(SecretError) {
        guard pem.count <= 64 * 1_024 else {
            throw .unusableCertificate("a private key in PEM is at most 64 KiB")
        }
        let key = unsafe pem.withUnsafePointer { bytes in
            let source = unsafe BIO_new_mem_buf(bytes.baseAddress, Int32(bytes.count))
            defer { unsafe BIO_free(source) }
            // A password is never asked for: without a callback libcrypto would open the terminal.
            return unsafe PEM_read_bio_PrivateKey(source, nil, { _, _, _, _ in -1 }, nil)
        }
        guard let key = unsafe key else {
            ERR_clear_error()
            throw .unusableCertificate(
                "expected one PEM block BEGIN PRIVATE KEY that is not encrypted")
        }
        unsafe self.key = unsafe key
    }

    deinit { unsafe EVP_PKEY_free(key) }

    fileprivate func withKey<Answer>(_ body: (OpaquePointer) -> Answer) -> Answer {
        unsafe body(key)
    }
}

private func failure(_ operation: String) -> SecretError {
    .libcrypto(operation: operation, reason: libcryptoReason())
}

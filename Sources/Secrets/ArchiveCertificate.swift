import CCrypto

/// The certificate to which closed accounts' data is sealed. Its private key is not on this machine.
///
/// Only the PEM text is kept here; whoever seals parses it again, which costs microseconds and
/// leaves no C object to own.
package struct ArchiveCertificate: Equatable, Sendable {
    /// One X.509 certificate in PEM, as given.
    package let pem: String
    /// SHA-256 of the DER form, to compare over the telephone.
    package let fingerprint: Digest

    /// Accepts a certificate that can receive CMS: an RSA key of at least 2048 bits, or a key on
    /// P-256, P-384 or P-521.
    ///
    /// - Throws: ``SecretError/unusableCertificate(_:)``, saying what was expected.
    package init(pem: String) throws(SecretError) {
        guard pem.utf8.count <= 64 * 1_024 else {
            throw .unusableCertificate("a PEM certificate is at most 64 KiB")
        }
        let certificate = unsafe readCertificate(pem)
        guard let certificate = unsafe certificate else {
            throw .unusableCertificate("expected one PEM block BEGIN CERTIFICATE")
        }
        defer { unsafe X509_free(certificate) }
        guard let key = unsafe X509_get0_pubkey(certificate) else {
            throw .unusableCertificate("the certificate holds no public key that can be read")
        }
        let bits = unsafe EVP_PKEY_get_bits(key)
        let isRSA = unsafe EVP_PKEY_is_a(key, "RSA") == 1 && bits >= 2_048
        let isEC = unsafe EVP_PKEY_is_a(key, "EC") == 1 && [256, 384, 521].contains(bits)
        guard isRSA || isEC else {
            throw .unusableCertificate("expected RSA of at least 2048 bits, or P-256, P-384, P-521")
        }
        self.pem = pem
        fingerprint = try unsafe fingerprintOfDER(certificate)
    }
}

/// A new archive pair, for deployments that bring no certificate of their own.
package struct ArchivePair: ~Copyable, Sendable {
    package let certificate: ArchiveCertificate
    /// PKCS #8 PEM. Shown once to whoever runs `init`, and never written by the service.
    package let privateKeyPEM: Secret

    /// A P-256 key and a self-signed certificate over it, valid for ten years from now: sealed
    /// records outlive certificates, and what opens them is the key, not the dates.
    package static func generate() throws(SecretError) -> ArchivePair {
        guard let key = unsafe generateP256Key() else { throw failure("EVP_PKEY_generate") }
        defer { unsafe EVP_PKEY_free(key) }
        guard let certificate = unsafe X509_new() else { throw failure("X509_new") }
        defer { unsafe X509_free(certificate) }

        // X509v3 is version number 2. The serial number is 127 random bits (RFC 5280 §4.1.2.2).
        var serial = SystemRandom.bytes(count: 16)
        serial[0] &= 0x7F
        let number = unsafe BN_bin2bn(serial, 16, nil)
        defer { unsafe BN_free(number) }
        let name = unsafe X509_get_subject_name(certificate)
        let commonName = "Loquet archive"
        let tenYears = 10 * 365 * 24 * 3_600
        let done =
            unsafe X509_set_version(certificate, 2) == 1
            && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != nil
            && X509_gmtime_adj(X509_getm_notBefore(certificate), 0) != nil
            && X509_gmtime_adj(X509_getm_notAfter(certificate), tenYears) != nil
            && X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, commonName, -1, -1, 0) == 1
            && X509_set_issuer_name(certificate, name) == 1
            && X509_set_pubkey(certificate, key) == 1
            && X509_sign(certificate, key, EVP_sha256()) > 0
        guard done else { throw failure("X509_sign") }

        let pem = try unsafe text { sink in unsafe PEM_write_bio_X509(sink, certificate) }
        let secret = try unsafe text { sink in
            unsafe PEM_write_bio_PKCS8PrivateKey(sink, key, nil, nil, 0, nil, nil)
        }
        return ArchivePair(
            certificate: try ArchiveCertificate(
                pem: pem.withBytes { bytes in
                    unsafe bytes.withUnsafeBufferPointer {
                        unsafe String(decoding: $0, as: UTF8.self)
                    }
                }),
            privateKeyPEM: secret)
    }
}

private func failure(_ operation: String) -> SecretError {
    .libcrypto(operation: operation, reason: libcryptoReason())
}

func readCertificate(_ pem: String) -> OpaquePointer? {
    let text = Array(pem.utf8)
    let certificate = unsafe text.withUnsafeBufferPointer { bytes in
        let source = unsafe BIO_new_mem_buf(bytes.baseAddress, Int32(bytes.count))
        defer { unsafe BIO_free(source) }
        return unsafe PEM_read_bio_X509(source, nil, nil, nil)
    }
    if unsafe certificate == nil { ERR_clear_error() }
    return unsafe certificate
}

private func fingerprintOfDER(_ certificate: OpaquePointer) throws(SecretError) -> Digest {
    var bytes = [UInt8](repeating: 0, count: 32)
    var count: UInt32 = 32
    guard unsafe X509_digest(certificate, EVP_sha256(), &bytes, &count) == 1,
        let digest = Digest(bytes: bytes)
    else { throw failure("X509_digest") }
    return digest
}

private func generateP256Key() -> OpaquePointer? {
    guard let context = unsafe EVP_PKEY_CTX_new_from_name(nil, "EC", nil) else { return nil }
    defer { unsafe EVP_PKEY_CTX_free(context) }
    var key: OpaquePointer?
    guard unsafe EVP_PKEY_keygen_init(context) == 1,
        unsafe EVP_PKEY_CTX_set_group_name(context, "P-256") == 1,
        unsafe EVP_PKEY_generate(context, &key) == 1
    else { return nil }
    return unsafe key
}

/// What `write` puts into a memory sink. The sink is of the kind that wipes itself.
private func text(
    _ write: (OpaquePointer?) -> Int32
) throws(SecretError) -> Secret {
    guard let sink = unsafe BIO_new(BIO_s_secmem()) else { throw failure("BIO_new") }
    defer { unsafe BIO_free(sink) }
    guard unsafe write(sink) == 1 else { throw failure("PEM_write_bio") }
    let count = unsafe BIO_ctrl_pending(sink)
    let operation: (UnsafeMutableBufferPointer<UInt8>) throws(SecretError) -> Void = {
        buffer throws(SecretError) in
        guard unsafe BIO_read(sink, buffer.baseAddress, Int32(count)) == Int32(count) else {
            throw failure("BIO_read")
        }
    }
    return try unsafe Secret(count: count, filledBy: operation)
}

/// The certificate a server shows and the key that proves it.
package struct TLSIdentity: Sendable {
    /// PEM, the server's own certificate first, then its issuers.
    let certificatePEM: String
    /// PEM, unencrypted. It stays in memory while the server lives, as GnuTLS's own copy does, and
    /// neither can be wiped.
    let keyPEM: String

    package init(certificatePEM: String, keyPEM: String) {
        self.certificatePEM = certificatePEM
        self.keyPEM = keyPEM
    }

    /// Tells a certificate file given for a key file and the like apart. GnuTLS reports all of
    /// these alike, and only to its log.
    ///
    /// - Throws: `.badTLS`, naming the part that cannot be what it should be.
    func check() throws(HTTPServerError) {
        guard holdsBlock(certificatePEM, labels: ["CERTIFICATE"]) else {
            throw .badTLS(.certificate)
        }
        let labels = ["PRIVATE KEY", "EC PRIVATE KEY", "RSA PRIVATE KEY"]
        guard holdsBlock(keyPEM, labels: labels) else { throw .badTLS(.key) }
    }
}

private func holdsBlock(_ text: String, labels: [String]) -> Bool {
    let lines = text.split(whereSeparator: \.isNewline)
    return labels.contains { label in
        lines.contains("-----BEGIN \(label)-----") && lines.contains("-----END \(label)-----")
    }
}

import Secrets

/// PBKDF2 with HMAC (RFC 8018), in three spellings:
///
/// - Django, `pbkdf2_sha256$<iterations>$<salt as text>$<base64>`;
/// - passlib, `$pbkdf2-sha256$<iterations>$<salt>$<hash>` with `.` for `+`, and `$pbkdf2$` for SHA-1;
/// - PHC, `$pbkdf2-sha256$i=<iterations>[,l=<bytes>]$<salt>$<hash>`.
struct PBKDF2Hash: Equatable, Sendable {
    let digest: PasswordDerivation.Digest
    /// Iterations × blocks of output is at most ``workMax``.
    let iterations: Int
    /// 1 ... 128 bytes.
    let salt: [UInt8]
    /// 16 ... 128 bytes.
    let tag: [UInt8]

    /// About five seconds with SHA-512.
    static let workMax = 5_000_000
    static let tagCounts = 16...128

    /// Blocks of output, each of which costs all iterations.
    var blocks: Int { (tag.count + digest.count - 1) / digest.count }

    private static let shape =
        "pbkdf2_sha256$<iterations>$<salt>$<base64>, or $pbkdf2-sha256$ and passlib's or PHC's fields"

    init(_ fields: [[UInt8]]) throws(ForeignHashError) {
        let isDjango = !fields[0].isEmpty
        let rest = isDjango ? fields : Array(fields.dropFirst())
        guard rest.count == 4 else { throw .malformed(expected: Self.shape) }
        let name = String(decoding: rest[0], as: UTF8.self)
        guard name.contains(isDjango ? "_" : "-") || !isDjango && name == "pbkdf2" else {
            throw .malformed(expected: Self.shape)
        }
        let suffix = name == "pbkdf2" ? "sha1" : String(name.dropFirst("pbkdf2_".count))
        guard let digest = PasswordDerivation.Digest(rawValue: suffix) else {
            throw .unknownScheme
        }
        var length: Int?
        let salt: [UInt8]?
        let tag: [UInt8]?
        let iterations: Int?
        if isDjango {
            iterations = HashText.number(rest[1])
            salt = HashText.isPlainSalt(rest[2]) ? rest[2] : nil
            tag = HashText.padded(rest[3])
        } else if let number = HashText.number(rest[1]) {
            iterations = number
            salt = HashText.dotted(rest[2])
            tag = HashText.dotted(rest[3])
        } else {
            let parameters = HashText.fields(rest[1], by: ",")
            iterations = HashText.number(parameters[0], named: "i")
            if parameters.count == 2 { length = HashText.number(parameters[1], named: "l") }
            guard parameters.count == 1 || length != nil && parameters.count == 2 else {
                throw .malformed(expected: Self.shape)
            }
            salt = Base64.decode(rest[2], .standard)
            tag = Base64.decode(rest[3], .standard)
        }
        guard let iterations, let salt, let tag, length == nil || length == tag.count else {
            throw .malformed(expected: Self.shape)
        }
        guard (1...128).contains(salt.count) else {
            throw .outOfRange(expected: "a salt of 1 ... 128 bytes")
        }
        guard Self.tagCounts.contains(tag.count) else {
            throw .outOfRange(expected: "a hash of 16 ... 128 bytes")
        }
        self.digest = digest
        self.iterations = iterations
        self.salt = salt
        self.tag = tag
        guard iterations >= 1, iterations * blocks <= Self.workMax else {
            throw .outOfRange(
                expected: "1 ... \(Self.workMax) iterations for all blocks of the hash together")
        }
    }

    func verify(_ password: borrowing Password) throws(PasswordHashError) -> Verification {
        let computed = try password.withBytes { bytes throws(PasswordHashError) in
            do throws(SecretError) {
                return try PasswordDerivation.pbkdf2(
                    digest, password: bytes, salt: salt.span, iterations: iterations,
                    count: tag.count)
            } catch {
                throw .derivation(error)
            }
        }
        return constantTimeEquals(computed.span, tag.span) ? .match : .mismatch
    }
}

import Secrets

/// scrypt (RFC 7914), as a PHC string `$scrypt$ln=<log₂ N>,r=<r>,p=<p>$<salt>$<hash>` or as Django
/// writes it, `scrypt$<N>$<salt as text>$<r>$<p>$<base64>`.
struct ScryptHash: Equatable, Sendable {
    /// log₂ of N, 1 ... 20.
    let logN: Int
    /// 1 ... 32.
    let r: Int
    /// 1 ... 16. N × r × p is at most ``workMax``.
    let p: Int
    /// 1 ... 128 bytes.
    let salt: [UInt8]
    /// 16 ... 128 bytes.
    let tag: [UInt8]

    /// N × r × p: about four seconds, and 1 GiB of memory.
    static let workMax = 1 << 23
    static let tagCounts = 16...128

    /// The table of N blocks of 128 × r bytes. The few blocks beside it, 73 KiB at most, are not counted:
    /// they come from what a process has besides its arenas.
    var memoryKiB: UInt32 { UInt32(((1 << logN) * r + 7) / 8) }

    private static let shape =
        "$scrypt$ln=…,r=…,p=…$<salt>$<hash> or scrypt$<N>$<salt>$<r>$<p>$<base64>"

    init(_ fields: [[UInt8]]) throws(ForeignHashError) {
        let isDjango = !fields[0].isEmpty
        var logN: Int?
        let r: Int?
        let p: Int?
        let salt: [UInt8]?
        let tag: [UInt8]?
        if isDjango {
            guard fields.count == 6 else { throw .malformed(expected: Self.shape) }
            if let n = HashText.number(fields[1]), n > 1, n & (n - 1) == 0 {
                logN = n.trailingZeroBitCount
            }
            salt = HashText.isPlainSalt(fields[2]) ? fields[2] : nil
            (r, p) = (HashText.number(fields[3]), HashText.number(fields[4]))
            tag = HashText.padded(fields[5])
        } else {
            guard fields.count == 5 else { throw .malformed(expected: Self.shape) }
            let parameters = HashText.fields(fields[2], by: ",")
            guard parameters.count == 3 else { throw .malformed(expected: Self.shape) }
            logN = HashText.number(parameters[0], named: "ln")
            r = HashText.number(parameters[1], named: "r")
            p = HashText.number(parameters[2], named: "p")
            salt = Base64.decode(fields[3], .standard)
            tag = Base64.decode(fields[4], .standard)
        }
        guard let logN, let r, let p, let salt, let tag else {
            throw .malformed(expected: Self.shape)
        }
        guard (1...20).contains(logN), (1...32).contains(r), (1...16).contains(p),
            // RFC 7914 §2: N is less than 2^(128 × r / 8).
            logN < 16 * r, (1 << logN) * r * p <= Self.workMax
        else {
            throw .outOfRange(
                expected: "N 2 ... 1048576, r 1 ... 32, p 1 ... 16, N less than 2^(16 × r), and "
                    + "N × r × p at most \(Self.workMax)")
        }
        guard (1...128).contains(salt.count) else {
            throw .outOfRange(expected: "a salt of 1 ... 128 bytes")
        }
        guard Self.tagCounts.contains(tag.count) else {
            throw .outOfRange(expected: "a hash of 16 ... 128 bytes")
        }
        self.logN = logN
        self.r = r
        self.p = p
        self.salt = salt
        self.tag = tag
    }

    /// libcrypto allocates by itself, so the arena gives as much back for that time.
    func verify(
        _ password: borrowing Password, in arena: inout Argon2Arena
    ) throws(PasswordHashError) -> Verification {
        guard memoryKiB <= arena.memoryKiB else {
            throw .arenaTooSmall(neededKiB: memoryKiB, arenaKiB: arena.memoryKiB)
        }
        let computed = try password.withBytes { bytes throws(PasswordHashError) in
            do throws(SecretError) {
                return try arena.withoutPages(memoryKiB) { () throws(SecretError) in
                    try PasswordDerivation.scrypt(
                        password: bytes, salt: salt.span, logN: logN, r: r, p: p,
                        count: tag.count)
                }
            } catch {
                throw .derivation(error)
            }
        }
        return constantTimeEquals(computed.span, tag.span) ? .match : .mismatch
    }
}

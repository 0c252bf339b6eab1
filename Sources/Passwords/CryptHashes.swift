import Secrets

/// bcrypt as crypt(3) writes it, `$2a$`, `$2b$` or `$2y$`, alone or behind Django's `bcrypt$`; and
/// Django's `bcrypt_sha256$`, which hashes the password's SHA-256 in hexadecimal.
///
/// bcrypt reads the first 72 bytes of a password: two that agree there are one to it. `$2x$` is refused:
/// it marks hashes of a broken implementation.
struct Bcrypt: Equatable, Sendable {
    /// 2^cost rounds. At 12 a quarter of a second, at 16 four.
    let cost: Int
    /// Whether the password's SHA-256 goes in.
    let isPrehashed: Bool
    /// `$2b$12$` and 22 characters of salt.
    let setting: String
    /// 31 characters.
    let digest: [UInt8]

    static let costs = 4...16
    static let passwordBytes = 72
    private static let saltCount = 22
    private static let digestCount = 31
    private static let shape = "$2b$<two digits of cost>$ and 53 characters, also $2a$ and $2y$"

    init(_ fields: [[UInt8]]) throws(ForeignHashError) {
        // Django writes its own word, `$`, and the crypt text, which begins with another `$`.
        let word = String(decoding: fields[0], as: UTF8.self)
        let isDjango = ["bcrypt", "bcrypt_sha256"].contains(word)
        let rest = isDjango ? Array(fields.dropFirst()) : fields
        guard word.isEmpty || isDjango, rest.count == 4, rest[0].isEmpty,
            let variant = ["2a", "2b", "2y"].first(where: { rest[1].elementsEqual($0.utf8) }),
            rest[2].count == 2, rest[3].count == Self.saltCount + Self.digestCount,
            HashText.isCryptText(rest[3])
        else { throw .malformed(expected: Self.shape) }
        let tens = HashText.number(rest[2].prefix(1))
        guard let tens, let ones = HashText.number(rest[2].suffix(1)) else {
            throw .malformed(expected: Self.shape)
        }
        let cost = 10 * tens + ones
        guard Self.costs.contains(cost) else { throw .outOfRange(expected: "a cost of 04 ... 16") }
        // 31 characters hold two bits more than 23 bytes.
        guard let last = rest[3].last, ".CGKOSWaeimquy26".utf8.contains(last) else {
            throw .malformed(expected: "a hash that bcrypt can give")
        }
        self.cost = cost
        isPrehashed = word == "bcrypt_sha256"
        let salt = String(decoding: rest[3].prefix(Self.saltCount), as: UTF8.self)
        setting = "$\(variant)$\(String(decoding: rest[2], as: UTF8.self))$\(salt)"
        digest = rest[3].suffix(Self.digestCount)
    }

    func verify(_ password: borrowing Password) throws(PasswordHashError) -> Verification {
        let output: CryptOutput
        if isPrehashed {
            let digest = password.withBytes { Digest.sha256(of: $0) }
            var text = Array(Hexadecimal.encode(digest.bytes).utf8)
            defer { wipe(&text) }
            output = try CryptOutput(of: text.span, setting: setting, bytesRead: text.count)
        } else {
            output = try password.withBytes { bytes throws(PasswordHashError) in
                try CryptOutput(of: bytes, setting: setting, bytesRead: Self.passwordBytes)
            }
        }
        return output.matches(digest)
    }
}

/// `$5$` and `$6$`: SHA-crypt with SHA-256 and SHA-512 (Drepper, "Unix crypt using SHA-256 and SHA-512").
struct SHACrypt: Equatable, Sendable {
    enum Kind: String, CaseIterable, Sendable {
        case sha256 = "5"
        case sha512 = "6"

        /// Characters of the hash.
        var digestCount: Int { self == .sha256 ? 43 : 86 }
        /// The last one holds what is left of the hash: 4 of 256 bits, 2 of 512.
        var lastCharacters: String { self == .sha256 ? "./0123456789ABCD" : "./01" }
    }

    let kind: Kind
    /// 1_000 ... 1_000_000; 5_000 where the text names none. A million takes half a second, and for the
    /// longest password five.
    let rounds: Int
    /// 0 ... 16 characters.
    let salt: [UInt8]
    let digest: [UInt8]

    static let roundsRange = 1_000...1_000_000
    static let saltMax = 16
    private static let shape = "$6$[rounds=…$]<salt>$<hash>, also $5$"

    init(_ fields: [[UInt8]]) throws(ForeignHashError) {
        guard fields[0].isEmpty, fields.count == 4 || fields.count == 5,
            let kind = Kind(rawValue: String(decoding: fields[1], as: UTF8.self))
        else { throw .malformed(expected: Self.shape) }
        var rounds = 5_000
        if fields.count == 5 {
            guard let written = HashText.number(fields[2], named: "rounds") else {
                throw .malformed(expected: Self.shape)
            }
            rounds = written
        }
        guard Self.roundsRange.contains(rounds) else {
            throw .outOfRange(expected: "rounds=1000 ... 1000000")
        }
        let salt = fields[fields.count - 2]
        let digest = fields[fields.count - 1]
        guard salt.count <= Self.saltMax, HashText.isCryptText(salt),
            digest.count == kind.digestCount, HashText.isCryptText(digest),
            let last = digest.last, kind.lastCharacters.utf8.contains(last)
        else { throw .malformed(expected: Self.shape) }
        self.kind = kind
        self.rounds = rounds
        self.salt = salt
        self.digest = digest
    }

    func verify(_ password: borrowing Password) throws(PasswordHashError) -> Verification {
        let setting = "$\(kind.rawValue)$rounds=\(rounds)$\(String(decoding: salt, as: UTF8.self))$"
        return try password.withBytes { bytes throws(PasswordHashError) in
            try CryptOutput(
                of: bytes, setting: setting, bytesRead: SystemCrypt.passwordBytesMax + 1)
        }.matches(digest)
    }
}

/// What crypt(3) gave, and whether it may match at all.
private struct CryptOutput {
    private let text: [UInt8]
    /// A C string ends at a NUL, and libxcrypt takes 511 bytes: of a password that it cannot see whole
    /// it knows only a beginning. It is computed nevertheless, so that the answer takes its time.
    private let isWhole: Bool

    /// - Parameter bytesRead: how many of a password's bytes the scheme reads.
    init(
        of password: Span<UInt8>, setting: String, bytesRead: Int
    ) throws(PasswordHashError) {
        var count = 0
        while count < password.count, count < bytesRead, password[count] != 0 { count += 1 }
        var hasNUL = false
        for index in password.indices where password[index] == 0 { hasNUL = true }
        let seen = min(count, SystemCrypt.passwordBytesMax)
        isWhole = !hasNUL && seen == min(password.count, bytesRead)
        text = try SystemCrypt.hash(password.extracting(first: seen), setting: setting)
    }

    /// The setting in front may be spelt another way; what counts is the hash at the end.
    func matches(_ digest: [UInt8]) -> Verification {
        let isSame = constantTimeEquals(Array(text.suffix(digest.count)).span, digest.span)
        return isSame && isWhole ? .match : .mismatch
    }
}

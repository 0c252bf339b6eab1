/// Why a text is no hash that we verify. Says what was expected and never repeats the text.
package enum ForeignHashError: Error, Equatable, Sendable {
    /// More than ``ForeignHash/bytesMax`` bytes.
    case tooLong
    /// No scheme that we know.
    case unknownScheme
    /// The scheme is known, and the text is not written as `expected` says.
    case malformed(expected: String)
    /// Well written, and it would cost more, or is worth less, than `expected` allows.
    case outOfRange(expected: String)

    /// What to write instead, for the person who wrote it.
    package var expected: String {
        switch self {
        case .tooLong: "at most \(ForeignHash.bytesMax) bytes"
        case .unknownScheme:
            "an Argon2, bcrypt, scrypt, PBKDF2, $5$ or $6$ hash as PHC string, crypt(3) text or "
                + "Django writes it"
        case .malformed(let expected), .outOfRange(let expected): expected
        }
    }
}

/// A hash that another system stored, which a sign-in verifies and replaces by one of ours.
///
/// Every parameter is bounded when the text is read, before anything is allocated; each scheme states
/// its ceilings, which keep one verification below about five seconds and 1 GiB. The text is kept as
/// it was written.
///
/// **Limits that come with other systems.** They hashed what was typed, byte for byte; we verify its
/// normal form NFC. A password that was typed in another form there (some keyboards decompose accents)
/// does not match here, and its owner needs a reset. bcrypt reads 72 bytes and no more.
package struct ForeignHash: Equatable, Sendable {
    /// The longest text of a known scheme has fewer than 400 bytes.
    package static let bytesMax = 512

    enum Content: Equatable, Sendable {
        case argon2(ForeignArgon2)
        case bcrypt(Bcrypt)
        case shaCrypt(SHACrypt)
        case pbkdf2(PBKDF2Hash)
        case scrypt(ScryptHash)
    }

    package let text: String
    let content: Content

    package init(_ text: String) throws(ForeignHashError) {
        guard text.utf8.count <= ForeignHash.bytesMax else { throw .tooLong }
        let fields = HashText.fields(Array(text.utf8), by: "$")
        self.text = text
        switch ForeignHash.scheme(fields) {
        case "argon2", "argon2d", "argon2i", "argon2id":
            content = .argon2(try ForeignArgon2(fields))
        case "2a", "2b", "2y", "bcrypt", "bcrypt_sha256": content = .bcrypt(try Bcrypt(fields))
        case "5", "6": content = .shaCrypt(try SHACrypt(fields))
        case "pbkdf2", "pbkdf2-sha1", "pbkdf2-sha256", "pbkdf2-sha512", "pbkdf2_sha1",
            "pbkdf2_sha256", "pbkdf2_sha512":
            content = .pbkdf2(try PBKDF2Hash(fields))
        case "scrypt": content = .scrypt(try ScryptHash(fields))
        default: throw .unknownScheme
        }
    }

    /// The first word: in front of the first `$` as Django writes it, else behind it.
    private static func scheme(_ fields: [[UInt8]]) -> String {
        let word = fields[0].isEmpty && fields.count > 1 ? fields[1] : fields[0]
        return String(decoding: word, as: UTF8.self)
    }

    /// KiB of the arena that verifying takes.
    package var memoryKiB: UInt32 {
        switch content {
        case .argon2(let hash): hash.form.memoryKiB
        case .scrypt(let hash): hash.memoryKiB
        case .bcrypt, .shaCrypt, .pbkdf2: 0
        }
    }

    func verify(
        _ password: borrowing Password, by engine: Argon2Engine, in arena: inout Argon2Arena
    ) throws(PasswordHashError) -> Verification {
        switch content {
        case .argon2(let hash): try hash.verify(password, by: engine, in: &arena)
        case .bcrypt(let hash): try hash.verify(password)
        case .shaCrypt(let hash): try hash.verify(password)
        case .pbkdf2(let hash): try hash.verify(password)
        case .scrypt(let hash): try hash.verify(password, in: &arena)
        }
    }
}

/// A hash that slips into a log line or an error says nothing.
extension ForeignHash: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "ForeignHash" }
    package var debugDescription: String { "ForeignHash" }
    package var customMirror: Mirror { Mirror(self, children: [(label: String?, value: Any)]()) }
}

package import Secrets

/// What a hash's time depends on, and nothing that tells two hashes of one scheme apart: the algorithm,
/// its costs, and which pepper goes in.
///
/// It stands beside each stored hash, so that hashes are counted by it, and it makes decoys: an unknown
/// account is verified against one, and takes as long as a known one of that scheme.
package enum HashScheme: Hashable, Sendable {
    case argon2(Argon2Form, pepper: PepperID?)
    /// Two to this power rounds.
    case bcrypt(cost: Int)
    /// The salt goes into every third round, so its length counts.
    case shaCrypt(bits: Int, rounds: Int, saltCount: Int)
    /// Each block of output costs all iterations.
    case pbkdf2(PasswordDerivation.Digest, iterations: Int, blocks: Int)
    case scrypt(logN: Int, r: Int, p: Int)

    /// The scheme of new hashes.
    package init(today cost: HashCost, pepper: PepperID?) {
        self = .argon2(Argon2Form(of: cost), pepper: pepper)
    }

    /// The algorithm alone: few words, fit for a label.
    package var family: String {
        switch self {
        case .argon2(let form, _): form.type.rawValue
        case .bcrypt: "bcrypt"
        case .shaCrypt: "sha-crypt"
        case .pbkdf2: "pbkdf2"
        case .scrypt: "scrypt"
        }
    }

    package var pepperID: PepperID? {
        if case .argon2(_, let pepper) = self { pepper } else { nil }
    }

    /// At most 80 ASCII characters: `argon2id,v=19,m=65536,t=3,p=1,keyid=0a1b2c3d`, `bcrypt,cost=12`.
    package var text: String {
        switch self {
        case .argon2(let form, let pepper):
            "\(form.type.rawValue),v=\(form.version.rawValue),m=\(form.memoryKiB),"
                + "t=\(form.passes),p=\(form.parallelism)"
                + (pepper.map { ",keyid=\(Hexadecimal.encode($0.bytes))" } ?? "")
        case .bcrypt(let cost): "bcrypt,cost=\(cost)"
        case .shaCrypt(let bits, let rounds, let saltCount):
            "sha-crypt,bits=\(bits),rounds=\(rounds),salt=\(saltCount)"
        case .pbkdf2(let digest, let iterations, let blocks):
            "pbkdf2,hmac=\(digest.rawValue),iterations=\(iterations),blocks=\(blocks)"
        case .scrypt(let logN, let r, let p): "scrypt,ln=\(logN),r=\(r),p=\(p)"
        }
    }

    /// What ``text`` writes, and nothing else; within the bounds of each scheme.
    package init?(text: String) {
        guard text.utf8.count <= 128, let scheme = HashScheme(fields: text.split(separator: ",")),
            scheme.text.utf8.elementsEqual(text.utf8)
        else { return nil }
        // What is out of a scheme's bounds makes no hash, or one of another scheme.
        do {
            guard try PasswordHash(scheme.decoyText).scheme == scheme else { return nil }
        } catch {
            return nil
        }
        self = scheme
    }

    private init?(fields: [Substring]) {
        guard let name = fields.first else { return nil }
        let numbers = fields.dropFirst().map { field in
            HashText.number(Array(field.utf8.drop { $0 != UInt8(ascii: "=") }.dropFirst())) ?? 0
        }
        switch (name, numbers.count) {
        case ("bcrypt", 1): self = .bcrypt(cost: numbers[0])
        case ("sha-crypt", 3):
            self = .shaCrypt(bits: numbers[0], rounds: numbers[1], saltCount: numbers[2])
        case ("scrypt", 3): self = .scrypt(logN: numbers[0], r: numbers[1], p: numbers[2])
        case ("pbkdf2", 3):
            let word = fields[1].drop { $0 != "=" }.dropFirst()
            guard let digest = PasswordDerivation.Digest(rawValue: String(word)) else { return nil }
            self = .pbkdf2(digest, iterations: numbers[1], blocks: numbers[2])
        case (_, 4), (_, 5):
            guard let type = Argon2Form.Kind(rawValue: String(name)),
                let version = Argon2Form.Version(rawValue: UInt32(numbers[0]))
            else { return nil }
            let costs = numbers[1...3].map(UInt32.init)
            var pepper: PepperID?
            if numbers.count == 5 {
                let digits = fields[5].drop { $0 != "=" }.dropFirst()
                guard let bytes = Hexadecimal.decode(digits.utf8),
                    let id = PepperID(bytes: bytes)
                else { return nil }
                pepper = id
            }
            guard
                let form = HashScheme.form(
                    type, version, memoryKiB: costs[0], passes: costs[1], parallelism: costs[2])
            else { return nil }
            self = .argon2(form, pepper: pepper)
        default: return nil
        }
    }

    /// Within the bounds of either: a hash of ours may write more memory in all than a foreign one.
    private static func form(
        _ type: Argon2Form.Kind, _ version: Argon2Form.Version, memoryKiB: UInt32, passes: UInt32,
        parallelism: UInt32
    ) -> Argon2Form? {
        if let form = Argon2Form(
            type, version, memoryKiB: memoryKiB, passes: passes, parallelism: parallelism)
        {
            return form
        }
        guard type == .id, version == .v13 else { return nil }
        do {
            return Argon2Form(
                of: try HashCost(memoryKiB: memoryKiB, passes: passes, parallelism: parallelism))
        } catch {
            return nil
        }
    }

    /// A hash of this scheme that no password has: its salt and its hash are zeros, so a password that
    /// gives it would be a preimage.
    package var decoy: PasswordHash {
        do {
            return try PasswordHash(decoyText)
        } catch {
            preconditionFailure("a scheme within its bounds makes a hash that can be read")
        }
    }

    private var decoyText: String {
        func zeros(_ count: Int) -> String {
            Base64.encode([UInt8](repeating: 0, count: count), .standard)
        }
        func dots(_ count: Int) -> String { String(repeating: ".", count: count) }
        let salt = zeros(StoredHash.saltCount)
        switch self {
        case .argon2(let form, let pepper):
            let keyID = pepper.map { ",keyid=\(Base64.encode($0.bytes, .standard))" } ?? ""
            return "$\(form.type.rawValue)$v=\(form.version.rawValue)$m=\(form.memoryKiB),"
                + "t=\(form.passes),p=\(form.parallelism)\(keyID)$\(salt)$"
                + zeros(StoredHash.tagCount)
        case .bcrypt(let cost): return "$2b$\(cost < 10 ? "0" : "")\(cost)$\(dots(53))"
        case .shaCrypt(let bits, let rounds, let saltCount):
            return "$\(bits == 256 ? "5" : "6")$rounds=\(rounds)$\(dots(saltCount))$"
                + dots(bits == 256 ? 43 : 86)
        case .pbkdf2(let digest, let iterations, let blocks):
            let count = min(blocks * digest.count, PBKDF2Hash.tagCounts.upperBound)
            return "$pbkdf2-\(digest.rawValue)$i=\(iterations)$\(salt)$\(zeros(count))"
        case .scrypt(let logN, let r, let p):
            return "$scrypt$ln=\(logN),r=\(r),p=\(p)$\(salt)$\(zeros(StoredHash.tagCount))"
        }
    }
}

extension PHCString {
    package var scheme: HashScheme { HashScheme(today: cost, pepper: pepperID) }
}

extension PasswordHash {
    /// What its time depends on.
    package var scheme: HashScheme {
        switch self {
        case .argon2id(let hash): hash.scheme
        case .foreign(let hash):
            switch hash.content {
            case .argon2(let hash): .argon2(hash.form, pepper: nil)
            case .bcrypt(let hash): .bcrypt(cost: hash.cost)
            case .shaCrypt(let hash):
                .shaCrypt(
                    bits: hash.kind == .sha256 ? 256 : 512, rounds: hash.rounds,
                    saltCount: hash.salt.count)
            case .pbkdf2(let hash):
                .pbkdf2(hash.digest, iterations: hash.iterations, blocks: hash.blocks)
            case .scrypt(let hash): .scrypt(logN: hash.logN, r: hash.r, p: hash.p)
            }
        }
    }
}

package import Secrets

/// What a key is for. One key never serves two purposes.
package enum KeyPurpose: String, CaseIterable, Sendable {
    /// Argon2's secret input (RFC 9106 §3.1), so that a stolen table cannot be guessed against.
    case pepper
    /// HMAC over canonical identifiers: look-ups, throttle rows, tombstones.
    case identifier
    /// Password tags in the sign-in log, which live two hours.
    case tag
    /// Encrypts what only the service may read.
    case record
    /// Ed25519 seed for access tokens.
    case tokenSigning = "token-signing"
    /// Ed25519 seed for the checkpoints of the audit log.
    case auditCheckpoint = "audit-checkpoint"
    /// Ed25519 seed for what is posted to webhooks. Only deployments with that sink need it; those made
    /// before there was one lack it.
    case webhookSigning = "webhook-signing"

    /// Whether a service runs without it.
    package var isOptional: Bool { self == .webhookSigning }
}

/// Names a key where the key itself must not stand: in the database, in PHC strings, in file names.
package struct KeyID: Hashable, Sendable {
    /// 4 random bytes. There are a handful of keys; a collision is refused when it is made.
    package let bytes: [UInt8]

    /// - Returns: `nil` unless there are 4 bytes.
    package init?(bytes: [UInt8]) {
        guard bytes.count == 4 else { return nil }
        self.bytes = bytes
    }

    /// - Returns: `nil` unless the text is 8 lower-case hexadecimal digits.
    package init?(text: String) {
        guard let bytes = Hexadecimal.decode(text.utf8) else { return nil }
        self.init(bytes: bytes)
    }

    /// 8 lower-case hexadecimal digits.
    package var text: String { Hexadecimal.encode(bytes) }
}

/// One key, held in memory for the life of the process.
package final class Key: Sendable {
    package let id: KeyID
    package let purpose: KeyPurpose
    /// 32 bytes.
    package let secret: Secret

    init(id: KeyID, purpose: KeyPurpose, secret: consuming Secret) {
        self.id = id
        self.purpose = purpose
        self.secret = secret
    }

    /// A new random key.
    static func generate(_ purpose: KeyPurpose) -> Key {
        // 4 bytes were asked for, so the id has its 4 bytes.
        Key(
            id: KeyID(bytes: SystemRandom.bytes(count: 4))!, purpose: purpose,
            secret: SystemRandom.secret(count: 32))
    }

    /// What the database keeps of a key, to notice a node that holds another one under this id.
    /// A MAC under the key itself: it says nothing about the key.
    package var checkValue: Digest {
        Digest.hmac(
            key: secret, Array("loquet key check \(purpose.rawValue) \(id.text)".utf8))
    }
}

/// The keys of this node.
package struct KeyRing: Sendable {
    private let keys: [Key]
    private let currentIDs: [KeyPurpose: KeyID]

    /// - Parameter current: for each purpose the id of the key that new values are made with.
    init(keys: [Key], current: [KeyPurpose: KeyID]) {
        self.keys = keys
        currentIDs = current
        precondition(
            KeyPurpose.allCases.allSatisfy { purpose in
                purpose.isOptional || keys.contains { $0.purpose == purpose }
            })
    }

    /// The key that new values of this purpose are made with.
    ///
    /// - Precondition: the purpose is not optional.
    package func current(_ purpose: KeyPurpose) -> Key {
        // `init` has seen a key for every such purpose, and the current ids come from the same list.
        keys.first { $0.purpose == purpose && $0.id == currentIDs[purpose] }!
    }

    /// The key that an older value names.
    package func key(_ purpose: KeyPurpose, _ id: KeyID) -> Key? {
        keys.first { $0.purpose == purpose && $0.id == id }
    }

    /// All keys of a purpose: look-ups by keyed digest try each.
    package func all(_ purpose: KeyPurpose) -> [Key] {
        keys.filter { $0.purpose == purpose }
    }
}

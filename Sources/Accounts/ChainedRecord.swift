package import Secrets

/// One record of the audit log in its place in the chain.
///
/// Its **canonical form**, which is what is hashed, is version 1 of:
///
/// ```
/// offset  bytes  what
/// 0       1      the version of this form: 1
/// 1       8      sequence, from 1, big-endian
/// 9       32     SHA-256 of the record before in its canonical form; 32 zero bytes before the first
/// 41      8      time, microseconds since 1970 UTC, big-endian, two's complement
/// 49      …      id, actor, role, action, object, reason: each 4 bytes of length, big-endian,
///                and so many bytes of UTF-8, as stored
/// ```
///
/// Every length is written, so no two records have one form. A record's digest is the SHA-256 of its
/// form, and is the next one's link. A later version gets a number of its own; a stored row names its
/// version, so both kinds can follow each other in one chain.
package struct ChainedRecord: Equatable, Sendable {
    package static let form: UInt8 = 1
    /// The digest before the first record.
    package static let beginning = Digest.zero

    /// From 1, without a gap.
    package let sequence: Int64
    package let id: String
    package let at: Timestamp
    package let actor: String
    /// See ``AuditRole``.
    package let role: String
    package let action: String
    package let object: String
    package let reason: String

    package init(
        sequence: Int64, id: String, at: Timestamp, actor: String, role: String, action: String,
        object: String, reason: String
    ) {
        self.sequence = sequence
        self.id = id
        self.at = at
        self.actor = actor
        self.role = role
        self.action = action
        self.object = object
        self.reason = reason
    }

    package func canonicalForm(after previous: Digest) -> [UInt8] {
        canonicalForm(after: previous, as: sequence)
    }

    package func digest(after previous: Digest) -> Digest {
        digest(after: previous, as: sequence)
    }

    /// The digest that it would have in another place.
    func digest(after previous: Digest, as sequence: Int64) -> Digest {
        .sha256(of: canonicalForm(after: previous, as: sequence))
    }

    private func canonicalForm(after previous: Digest, as sequence: Int64) -> [UInt8] {
        let texts = [id, actor, role, action, object, reason]
        var bytes: [UInt8] = [Self.form]
        bytes.reserveCapacity(49 + texts.reduce(0) { $0 + 4 + $1.utf8.count })
        bytes.appendBigEndian(UInt64(bitPattern: sequence))
        bytes += previous.bytes
        bytes.appendBigEndian(UInt64(bitPattern: at.microseconds))
        for text in texts {
            bytes.appendBigEndian(UInt32(text.utf8.count))
            bytes += text.utf8
        }
        return bytes
    }
}

/// In what capacity an actor acted.
///
/// For an administrator the roles that the key held at that moment, as `auditor dpo`; for everybody
/// else what kind of actor it is.
package enum AuditRole {
    /// - Parameter actor: as audit rows name it: `cli:<uid>`, `adm_…`, `app_…`, `acc_…`, `service`.
    /// - Returns: `nil` for an administrator, whose roles the store knows.
    package static func of(actor: String) -> String? {
        let kinds: [(prefix: String, role: String?)] = [
            (AdministratorKind.prefix, nil), ("cli:", "command_line"),
            (ApplicationKind.prefix, "application"), (AccountKind.prefix, "person"),
        ]
        return kinds.first { actor.hasPrefix($0.prefix) }.map(\.role) ?? "service"
    }
}

extension [UInt8] {
    fileprivate mutating func appendBigEndian<Number: FixedWidthInteger>(_ number: Number) {
        var shift = Number.bitWidth
        while shift > 0 {
            shift -= 8
            append(UInt8(truncatingIfNeeded: number >> Number(shift)))
        }
    }
}

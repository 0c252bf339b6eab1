import Accounts
import Secrets
import Storage

/// `loquet archive confirm`: somebody shows that they hold the archive's private key without sending it.
/// A random answer is sealed to the certificate; only who opens it knows it. Here its digest is kept.
package struct ArchiveChallenge: Sendable {
    package static let lifetime = Duration.days(7)
    private static let type = "loquet.archive-challenge"

    private let node: Node
    private let actor: String

    /// - Parameter actor: `cli:<uid>`, for the audit log.
    package init(_ node: Node, actor: String) {
        self.node = node
        self.actor = actor
    }

    /// Asks anew; the challenge before, of the same certificate, counts no more.
    ///
    /// - Returns: one line for `loquet archive open`.
    package func ask() throws(StartError) -> JSONValue {
        let answer = SystemRandom.secret(count: 32).withBytes { bytes in
            Base64.encode(bytes, .url)
        }
        let certificate = try certificate()
        let text: JSONValue = ["type": .string(Self.type), "answer": .string(answer)]
        let sealed: [UInt8]
        do {
            sealed = try certificate.seal(text.bytes)
        } catch {
            throw .refused("the challenge cannot be sealed: \(error)")
        }
        let now = node.clock()
        let until = now + Self.lifetime
        try withDatabase { () throws(DatabaseError) in
            try node.database.transaction { transaction throws(DatabaseError) in
                try ArchiveCertificateStore.ask(
                    certificate.fingerprint, answer: .sha256(of: Array(answer.utf8)),
                    until: until, transaction)
                try node.audit(
                    action: "archive.challenged",
                    of: Hexadecimal.encode(certificate.fingerprint.bytes), by: actor, at: now,
                    transaction)
            }
        }
        return [
            "archive_key": .string(Hexadecimal.encode(certificate.fingerprint.bytes)),
            "expires_at": .string(until.rfc3339()), "cms": .string(ArchiveText.base64(sealed)),
        ]
    }

    /// Records that the private key is held by somebody, when the answer is right. A challenge is
    /// answered once.
    ///
    /// - Returns: `false` for a wrong answer, an old one, or when nothing was asked.
    package func accept(_ answer: String) throws(StartError) -> Bool {
        let certificate = try certificate()
        let digest = Digest.sha256(of: Array(answer.utf8))
        let now = node.clock()
        return try withDatabase { () throws(DatabaseError) in
            try node.database.transaction { transaction throws(DatabaseError) in
                guard
                    try ArchiveCertificateStore.prove(
                        certificate.fingerprint, answer: digest, at: now, transaction)
                else { return false }
                try node.audit(
                    action: "archive.possession_proven",
                    of: Hexadecimal.encode(certificate.fingerprint.bytes), by: actor, at: now,
                    transaction)
                return true
            }
        }
    }

    /// - Returns: `nil` for anything that ``ask()`` does not seal.
    static func answer(in value: JSONValue) -> String? {
        guard case .object(let members) = value, members.count == 2,
            value["type"]?.text == Self.type
        else { return nil }
        return value["answer"]?.text
    }

    private func certificate() throws(StartError) -> ArchiveCertificate {
        let stored = try withDatabase { () throws(DatabaseError) in
            try node.database.read { reader throws(DatabaseError) in
                try ArchiveCertificateStore.current(reader)
            }
        }
        guard let stored else { throw .refused("there is no archive certificate") }
        do {
            return try ArchiveCertificate(pem: stored.pem)
        } catch {
            throw .refused("the stored archive certificate cannot be used: \(error)")
        }
    }

    private func withDatabase<Answer>(
        _ body: () throws(DatabaseError) -> Answer
    ) throws(StartError) -> Answer {
        do {
            return try body()
        } catch {
            throw StartError(error, path: "the database")
        }
    }
}

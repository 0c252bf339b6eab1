package import Accounts
package import Secrets

/// Who holds the archive's private key: what was asked, and whether it was answered.
extension ArchiveCertificateStore {
    /// Replaces what was asked before.
    package static func ask(
        _ fingerprint: Digest, answer: Digest, until: Timestamp,
        _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try transaction.execute(
            """
            INSERT INTO archive_challenge (fingerprint, answer_digest, expires_at_us)
            VALUES (\(fingerprint), \(answer), \(until))
            ON CONFLICT (fingerprint) DO UPDATE SET answer_digest = excluded.answer_digest,
                expires_at_us = excluded.expires_at_us
            """)
    }

    /// Takes an answer, once.
    ///
    /// - Returns: `false` for a wrong answer, one that comes at its end or later, or when nothing was
    ///   asked.
    package static func prove(
        _ fingerprint: Digest, answer: Digest, at now: Timestamp,
        _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> Bool {
        let isRight = try transaction.execute(
            """
            DELETE FROM archive_challenge WHERE fingerprint = \(fingerprint)
                AND answer_digest = \(answer) AND expires_at_us > \(now)
            """)
        guard isRight == 1 else { return false }
        try transaction.execute(
            """
            UPDATE archive_certificate SET possession_proven_at_us = \(now)
            WHERE fingerprint = \(fingerprint)
            """)
        return true
    }
}

extension SealedRecordStore {
    /// A record held against the audit log. The raw value is the export's.
    package enum Standing: String, Sendable {
        /// Its content is the one that the audit log names.
        case same
        /// The audit log goes back far enough and does not name this content: it was put there.
        case foreign
        /// The audit log of that time is pruned.
        case pruned
    }

    package static func standing(
        of record: Record, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> Standing {
        guard Digest.sha256(of: record.sealed) == record.digest else { return .foreign }
        let named: Timestamp? = try reading.first(
            """
            SELECT at_us FROM audit
            WHERE object = \(record.auditObject) AND action = 'record.sealed' LIMIT 1
            """
        ) { row throws(DatabaseError) in try row.timestamp(0) }
        if named != nil { return .same }
        let oldest: Timestamp?? = try reading.first("SELECT MIN(at_us) FROM audit") {
            row throws(DatabaseError) in try row.timestampIfPresent(0)
        }
        guard let oldest = oldest ?? nil else { return .foreign }
        return record.sealedAt < oldest ? .pruned : .foreign
    }
}

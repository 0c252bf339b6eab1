package import Accounts
import Secrets

/// What people agreed to, purpose by purpose. Rows are added and never changed; they go with the account.
package enum ConsentStore {
    package static func append(
        _ record: ConsentRecord, of account: AccountID, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try transaction.execute(
            """
            INSERT INTO consent
                (id, account_id, purpose, act, effective_at_us, recorded_at_us, policy_version,
                text_digest, locale, channel, evidence, actor)
            VALUES (
                \(record.id), \(account), \(record.purpose.rawValue), \(record.act.rawValue),
                \(record.effectiveAt), \(record.recordedAt), \(record.pin?.policyVersion.text),
                \(record.pin?.textDigest), \(record.pin?.locale.text), \(record.channel.rawValue),
                \(record.evidence?.text), \(record.actor)
            )
            """)
    }

    /// The act that counts: the latest, and of two at the same time the withdrawal, which sorts behind
    /// `given` in every database.
    package static func latest(
        of account: AccountID, _ purpose: Purpose, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> ConsentRecord? {
        try reading.first(
            """
            SELECT id, purpose, act, effective_at_us, recorded_at_us, policy_version, text_digest,
                locale, channel, evidence, actor
            FROM consent WHERE account_id = \(account) AND purpose = \(purpose.rawValue)
            ORDER BY effective_at_us DESC, act DESC, id DESC LIMIT 1
            """, record)
    }

    package static func count(
        of account: AccountID, _ purpose: Purpose, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> Int64 {
        let count: Int64? = try reading.first(
            """
            SELECT count(*) FROM consent
            WHERE account_id = \(account) AND purpose = \(purpose.rawValue)
            """
        ) { row throws(DatabaseError) in try row.int64(0) }
        return count ?? 0
    }

    /// The whole history of a person, the act that counts first within each purpose.
    package static func history(
        of account: AccountID, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [ConsentRecord] {
        try reading.rows(
            """
            SELECT id, purpose, act, effective_at_us, recorded_at_us, policy_version, text_digest,
                locale, channel, evidence, actor
            FROM consent WHERE account_id = \(account)
            ORDER BY purpose, effective_at_us DESC, act DESC, id DESC
            """, record)
    }

    /// Once the proof was sealed: nothing live remains of it.
    package static func deleteAll(
        of account: AccountID, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try transaction.execute("DELETE FROM consent WHERE account_id = \(account)")
        try transaction.execute("DELETE FROM policy_acceptance WHERE account_id = \(account)")
    }

    private static func record(_ row: borrowing Row) throws(DatabaseError) -> ConsentRecord {
        var pin: ConsentPin?
        if let version = try row.textIfPresent(5) {
            pin = ConsentPin(
                policyVersion: try row.value(5, .text, PolicyVersion(version)),
                textDigest: try row.digest(6),
                locale: try row.value(7, .text, LanguageTag(try row.text(7))))
        }
        return ConsentRecord(
            id: try row.text(0),
            purpose: try row.value(1, .text, Purpose(rawValue: try row.text(1))),
            act: try row.value(2, .text, ConsentAct(rawValue: try row.text(2))),
            effectiveAt: try row.timestamp(3), recordedAt: try row.timestamp(4), pin: pin,
            channel: try row.value(8, .text, ConsentChannel(rawValue: try row.text(8))),
            evidence: try row.remarkIfPresent(9), actor: try row.text(10))
    }
}

extension Row {
    func remarkIfPresent(_ position: Int) throws(DatabaseError) -> Remark? {
        guard let text = try textIfPresent(position) else { return nil }
        return try value(position, .text, Remark(text))
    }

    func remark(_ position: Int) throws(DatabaseError) -> Remark {
        try value(position, .text, Remark(try text(position)))
    }
}

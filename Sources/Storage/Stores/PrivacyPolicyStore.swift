package import Accounts
package import Secrets

/// The versions of the privacy policy, which never change, and who accepted which.
package enum PrivacyPolicyStore {
    package struct Record: Equatable, Sendable {
        package let version: PolicyVersion
        package let effectiveAt: Timestamp
        package let addedAt: Timestamp
        package let actor: String
        /// One or more, each in another language.
        package let texts: [Text]

        package init(
            version: PolicyVersion, effectiveAt: Timestamp, addedAt: Timestamp, actor: String,
            texts: [Text]
        ) {
            self.version = version
            self.effectiveAt = effectiveAt
            self.addedAt = addedAt
            self.actor = actor
            self.texts = texts
        }
    }

    /// One text by what proves it; the words themselves are read with ``content(of:in:_:)``.
    package struct Text: Equatable, Sendable {
        package let locale: LanguageTag
        /// SHA-256 of the words.
        package let digest: Digest

        package init(locale: LanguageTag, digest: Digest) {
            self.locale = locale
            self.digest = digest
        }
    }

    package struct Acceptance: Equatable, Sendable {
        package let version: PolicyVersion
        package let account: AccountID
        package let at: Timestamp
        package let locale: LanguageTag
        package let channel: ConsentChannel
        package let evidence: Remark?
        package let actor: String

        package init(
            version: PolicyVersion, account: AccountID, at: Timestamp, locale: LanguageTag,
            channel: ConsentChannel, evidence: Remark?, actor: String
        ) {
            self.version = version
            self.account = account
            self.at = at
            self.locale = locale
            self.channel = channel
            self.evidence = evidence
            self.actor = actor
        }
    }

    /// - Parameter contents: UTF-8, one for each of `record.texts`, in their order.
    /// - Throws: `.uniqueViolation` when the version is there.
    package static func insert(
        _ record: Record, contents: [[UInt8]], _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        let none: Timestamp? = nil
        try transaction.execute(
            """
            INSERT INTO privacy_policy
                (version, effective_at_us, added_at_us, actor, told_after, told_at_us)
            VALUES (
                \(record.version.text), \(record.effectiveAt), \(record.addedAt), \(record.actor),
                '', \(none)
            )
            """)
        for (text, content) in zip(record.texts, contents) {
            try transaction.execute(
                """
                INSERT INTO privacy_policy_text (version, locale, digest, content)
                VALUES (
                    \(record.version.text), \(text.locale.text), \(text.digest), \(content)
                )
                """)
        }
    }

    /// From when on a version counts; `nil` when there is none of this name.
    package static func effectiveAt(
        _ version: PolicyVersion, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> Timestamp? {
        try reading.first(
            "SELECT effective_at_us FROM privacy_policy WHERE version = \(version.text)"
        ) { row throws(DatabaseError) in try row.timestamp(0) }
    }

    /// All versions, the latest to take effect first.
    package static func all(
        _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [Record] {
        let texts = try reading.rows(
            "SELECT version, locale, digest FROM privacy_policy_text ORDER BY version, locale"
        ) { row throws(DatabaseError) in
            (
                try row.text(0),
                Text(
                    locale: try row.value(1, .text, LanguageTag(try row.text(1))),
                    digest: try row.digest(2))
            )
        }
        let byVersion = Dictionary(grouping: texts, by: \.0)
        return try reading.rows(
            """
            SELECT version, effective_at_us, added_at_us, actor FROM privacy_policy
            ORDER BY effective_at_us DESC, added_at_us DESC, version
            """
        ) { row throws(DatabaseError) in
            Record(
                version: try row.value(0, .text, PolicyVersion(try row.text(0))),
                effectiveAt: try row.timestamp(1), addedAt: try row.timestamp(2),
                actor: try row.text(3), texts: (byVersion[try row.text(0)] ?? []).map(\.1))
        }
    }

    package static func count(
        _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> Int64 {
        let count: Int64? = try reading.first("SELECT count(*) FROM privacy_policy") {
            row throws(DatabaseError) in try row.int64(0)
        }
        return count ?? 0
    }

    /// The words as they were added.
    package static func content(
        of version: PolicyVersion, in locale: LanguageTag,
        _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [UInt8]? {
        try reading.first(
            """
            SELECT content FROM privacy_policy_text
            WHERE version = \(version.text) AND locale = \(locale.text)
            """
        ) { row throws(DatabaseError) in try row.bytes(0) }
    }

    /// Does nothing where this account accepted this version before: the first time is the proof.
    ///
    /// - Returns: whether it is new.
    package static func accept(
        _ acceptance: Acceptance, _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> Bool {
        try transaction.execute(
            """
            INSERT INTO policy_acceptance
                (version, account_id, at_us, locale, channel, evidence, actor)
            VALUES (
                \(acceptance.version.text), \(acceptance.account), \(acceptance.at),
                \(acceptance.locale.text), \(acceptance.channel.rawValue),
                \(acceptance.evidence?.text), \(acceptance.actor)
            )
            ON CONFLICT DO NOTHING
            """) == 1
    }

    package static func acceptances(
        by account: AccountID, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [Acceptance] {
        try reading.rows(
            """
            SELECT version, account_id, at_us, locale, channel, evidence, actor
            FROM policy_acceptance WHERE account_id = \(account) ORDER BY at_us, version
            """, acceptance)
    }

    /// Who accepted a version, in the order of ids.
    ///
    /// - Parameter last: the account to go on behind; `nil` for the first page.
    package static func acceptances(
        of version: PolicyVersion, after last: AccountID?, countMax: Int,
        _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [Acceptance] {
        try reading.rows(
            """
            SELECT version, account_id, at_us, locale, channel, evidence, actor
            FROM policy_acceptance
            WHERE version = \(version.text) AND account_id > \(last?.text ?? "")
            ORDER BY account_id LIMIT \(countMax)
            """, acceptance)
    }

    private static func acceptance(_ row: borrowing Row) throws(DatabaseError) -> Acceptance {
        Acceptance(
            version: try row.value(0, .text, PolicyVersion(try row.text(0))),
            account: try row.id(1), at: try row.timestamp(2),
            locale: try row.value(3, .text, LanguageTag(try row.text(3))),
            channel: try row.value(4, .text, ConsentChannel(rawValue: try row.text(4))),
            evidence: try row.remarkIfPresent(5), actor: try row.text(6))
    }
}

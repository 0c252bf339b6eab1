package import Accounts
import Incidents
import Secrets
package import Storage

/// The versions of the privacy policy: added once, never changed, accepted by people.
///
/// `loquet.policy.changed.v1` is about the password policy alone. A new privacy policy concerns people,
/// not a security team: it is audited, and people are told.
package struct PrivacyPolicies: Sendable {
    private let node: Node
    private let actor: String

    /// Bytes of one text. The longest policies in use are some 100 KB.
    package static let textBytesMax = 262_144
    /// Languages of one version.
    package static let textsMax = 32
    /// Versions ever.
    package static let versionsMax: Int64 = 1_000
    package static let pageMax = 1_000

    package init(_ node: Node, actor: String) {
        self.node = node
        self.actor = actor
    }

    /// One text as it is handed in.
    package struct NewText: Equatable, Sendable {
        package let locale: LanguageTag
        /// UTF-8, 1 ... ``PrivacyPolicies/textBytesMax`` bytes.
        package let content: [UInt8]

        /// - Returns: `nil` for a text that is empty, too long or not UTF-8.
        package init?(locale: LanguageTag, content: [UInt8]) {
            guard (1...PrivacyPolicies.textBytesMax).contains(content.count),
                String(validating: content, as: UTF8.self) != nil
            else { return nil }
            self.locale = locale
            self.content = content
        }
    }

    package enum Added: Equatable, Sendable {
        case added(PrivacyPolicyStore.Record)
        /// The same version with the same texts and date was there: nothing was done.
        case isThere(PrivacyPolicyStore.Record)
        /// The version is there with another text or date.
        case isAnother
        case tooMany
    }

    /// - Parameter texts: 1 ... ``textsMax``, each in another language.
    package func add(
        _ version: PolicyVersion, effectiveAt: Timestamp, texts: [NewText]
    ) throws(DatabaseError) -> Added {
        let now = node.clock()
        let sorted = texts.sorted { $0.locale.text < $1.locale.text }
        let record = PrivacyPolicyStore.Record(
            version: version, effectiveAt: effectiveAt, addedAt: now, actor: actor,
            texts: sorted.map { .init(locale: $0.locale, digest: .sha256(of: $0.content)) })
        return try node.database.transaction { transaction throws(DatabaseError) in
            let all = try PrivacyPolicyStore.all(transaction)
            if let known = all.first(where: { $0.version == version }) {
                let isSame =
                    known.effectiveAt == effectiveAt
                    && known.texts.sorted { $0.locale.text < $1.locale.text } == record.texts
                return isSame ? .isThere(known) : .isAnother
            }
            guard Int64(all.count) < Self.versionsMax else { return .tooMany }
            try PrivacyPolicyStore.insert(
                record, contents: sorted.map(\.content), transaction)
            try node.audit(
                action: "privacy_policy.added", of: version.text, by: actor, at: now, transaction)
            return .added(record)
        }
    }

    /// All versions, the latest to take effect first, and which of them is in effect.
    package func all() throws(DatabaseError) -> (
        versions: [PrivacyPolicyStore.Record], current: PrivacyPolicyStore.Record?
    ) {
        let now = node.clock()
        let all = try node.database.read { reader throws(DatabaseError) in
            try PrivacyPolicyStore.all(reader)
        }
        return (all, all.first { $0.effectiveAt <= now })
    }

    package func content(
        of version: PolicyVersion, in locale: LanguageTag
    ) throws(DatabaseError) -> [UInt8]? {
        try node.database.read { reader throws(DatabaseError) in
            try PrivacyPolicyStore.content(of: version, in: locale, reader)
        }
    }

    package enum Accepted: Equatable, Sendable {
        /// `isNew` is false where it was accepted before.
        case accepted(at: Timestamp, isNew: Bool)
        case unknownAccount
        case unknownVersion
    }

    /// A version may be accepted before it takes effect: people are told of it earlier.
    package func accept(
        _ wish: AcceptanceWish, by account: AccountID
    ) throws(DatabaseError) -> Accepted {
        let now = node.clock()
        return try node.database.transaction { transaction throws(DatabaseError) in
            guard try isLive(account, transaction) else { return .unknownAccount }
            guard try PrivacyPolicyStore.effectiveAt(wish.version, transaction) != nil else {
                return .unknownVersion
            }
            let known = try PrivacyPolicyStore.acceptances(by: account, transaction)
                .first { $0.version == wish.version }
            if let known { return .accepted(at: known.at, isNew: false) }
            _ = try PrivacyPolicyStore.accept(
                .init(
                    version: wish.version, account: account, at: now, locale: wish.locale,
                    channel: wish.channel, evidence: wish.evidence, actor: actor), transaction)
            try node.audit(
                action: "privacy_policy.accepted", of: account.text, by: actor,
                at: now, transaction)
            return .accepted(at: now, isNew: true)
        }
    }

    /// Who accepted a version. A reading of what concerns people, so it is recorded, with its reason.
    ///
    /// - Returns: `nil` when there is no such version.
    package func acceptances(
        of version: PolicyVersion, after last: AccountID?, countMax: Int, reason: Remark
    ) throws(DatabaseError) -> [PrivacyPolicyStore.Acceptance]? {
        let now = node.clock()
        return try node.database.transaction { transaction throws(DatabaseError) in
            guard try PrivacyPolicyStore.effectiveAt(version, transaction) != nil else {
                return nil
            }
            try node.audit(
                action: "privacy_policy.acceptances_read", of: version.text, by: actor,
                reason: reason.text, at: now, transaction)
            return try PrivacyPolicyStore.acceptances(
                of: version, after: last, countMax: countMax, transaction)
        }
    }
}

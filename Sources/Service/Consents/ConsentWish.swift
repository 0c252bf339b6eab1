package import Accounts
import Secrets

/// A consent as a caller states it: `{"purpose", "policy_version", "text_digest", "locale", "channel"?,
/// "evidence"?, "signed_at"?}`.
package struct ConsentWish: Equatable, Sendable {
    package let purpose: Purpose
    package let pin: ConsentPin
    package let channel: ConsentChannel
    package let evidence: Remark?
    /// When it was signed, on paper; `nil` for now.
    package let signedAt: Timestamp?

    package static let fields = [
        "purpose", "policy_version", "text_digest", "locale", "channel", "evidence", "signed_at",
    ]

    /// - Parameters:
    ///   - channels: those that this caller can speak of; the first one is meant where none is named.
    ///   - now: no paper is signed later.
    /// - Throws: 400 naming the field; 422 `not_based_on_consent`.
    package init(
        _ fields: Fields, channels: [ConsentChannel], at now: Timestamp
    ) throws(Problem) {
        purpose = try consentPurpose(fields.text("purpose"))
        guard let version = PolicyVersion(try fields.text("policy_version")) else {
            throw .invalid(field: "policy_version", expected: PolicyVersion.expected)
        }
        let digest = Hexadecimal.decode(try fields.text("text_digest").utf8)
            .flatMap(Digest.init(bytes:))
        guard let digest else {
            throw .invalid(
                field: "text_digest",
                expected: "the SHA-256 of the words that were shown, as 64 lower-case hex digits")
        }
        guard let locale = LanguageTag(try fields.text("locale")) else {
            throw .invalid(field: "locale", expected: LanguageTag.expected)
        }
        pin = ConsentPin(policyVersion: version, textDigest: digest, locale: locale)
        (channel, evidence) = try channelAndEvidence(fields, among: channels)
        signedAt = try fields.optionalTime("signed_at", noLaterThan: now)
        guard signedAt == nil || channel == .paper else {
            throw .invalid(
                field: "signed_at", expected: "no time: what is not on paper is given now")
        }
    }
}

/// A withdrawal as a caller states it: `{"channel"?, "evidence"?}`, or nothing at all.
package struct WithdrawalWish: Equatable, Sendable {
    package let channel: ConsentChannel
    package let evidence: Remark?

    package static let fields = ["channel", "evidence"]

    package init(channel: ConsentChannel, evidence: Remark? = nil) {
        self.channel = channel
        self.evidence = evidence
    }

    package init(_ fields: Fields, channels: [ConsentChannel]) throws(Problem) {
        (channel, evidence) = try channelAndEvidence(fields, among: channels)
    }
}

/// That a version of the policy was accepted: `{"version", "locale", "channel"?, "evidence"?}`.
package struct AcceptanceWish: Equatable, Sendable {
    package let version: PolicyVersion
    package let locale: LanguageTag
    package let channel: ConsentChannel
    package let evidence: Remark?

    package static let fields = ["version", "locale", "channel", "evidence"]

    package init(_ fields: Fields, channels: [ConsentChannel]) throws(Problem) {
        guard let version = PolicyVersion(try fields.text("version")) else {
            throw .invalid(field: "version", expected: PolicyVersion.expected)
        }
        guard let locale = LanguageTag(try fields.text("locale")) else {
            throw .invalid(field: "locale", expected: LanguageTag.expected)
        }
        self.version = version
        self.locale = locale
        (channel, evidence) = try channelAndEvidence(fields, among: channels)
    }
}

/// A purpose that rests on consent.
///
/// - Throws: 400 for an unknown one, 422 for one that nobody can switch off.
func consentPurpose(_ text: String) throws(Problem) -> Purpose {
    let purpose = try anyPurpose(text)
    guard purpose.basis == .consent else {
        throw Problem(
            .notBasedOnConsent,
            "\(purpose.rawValue) rests on \(purpose.basis.words), not on consent: it is neither given "
                + "nor withdrawn.",
            extra: [
                .init(name: "field", value: "purpose"),
                .init(name: "basis", value: .string(purpose.basis.rawValue)),
            ])
    }
    return purpose
}

func anyPurpose(_ text: String) throws(Problem) -> Purpose {
    guard let purpose = Purpose(rawValue: text) else {
        let known = Purpose.allCases.map(\.rawValue).joined(separator: ", ")
        throw .invalid(field: "purpose", expected: "one of \(known)")
    }
    return purpose
}

private func channelAndEvidence(
    _ fields: Fields, among channels: [ConsentChannel]
) throws(Problem) -> (ConsentChannel, Remark?) {
    var channel = channels[0]
    if let text = try fields.optionalText("channel") {
        guard let named = ConsentChannel(rawValue: text), channels.contains(named) else {
            throw .invalid(
                field: "channel",
                expected: "one of \(channels.map(\.rawValue).joined(separator: ", "))")
        }
        channel = named
    }
    let evidence = try fields.optionalRemark("evidence")
    guard channel != .paper || evidence != nil else {
        throw .invalid(
            field: "evidence", expected: "where the paper is kept, because channel is paper")
    }
    return (channel, evidence)
}

extension Fields {
    /// One line; `nil` when it is missing or null.
    package func optionalRemark(_ name: String) throws(Problem) -> Remark? {
        guard let text = try optionalText(name) else { return nil }
        guard let remark = Remark(text) else {
            throw .invalid(field: name, expected: Remark.expected)
        }
        return remark
    }

    package func remark(_ name: String) throws(Problem) -> Remark {
        guard let remark = try optionalRemark(name) else {
            throw .invalid(field: name, expected: Remark.expected)
        }
        return remark
    }

    /// A day or a time that is not in the future; `nil` when it is missing or null.
    package func optionalTime(
        _ name: String, noLaterThan now: Timestamp
    ) throws(Problem) -> Timestamp? {
        guard let text = try optionalText(name) else { return nil }
        guard let time = Timestamp(dayOrTime: text), time <= now else {
            throw .invalid(
                field: name,
                expected: "a day or a time such as 2027-01-31T08:00:00Z that is not in the future")
        }
        return time
    }
}

extension Timestamp {
    /// RFC 3339, or a day alone, which begins at midnight UTC.
    package init?(dayOrTime text: String) {
        self.init(rfc3339: text.utf8.count == 10 ? text + "T00:00:00Z" : text)
    }
}

extension LegalBasis {
    /// In a sentence.
    fileprivate var words: String {
        switch self {
        case .consent: "consent"
        case .contract: "the contract"
        case .legalObligation: "a legal obligation"
        case .legitimateInterest: "a legitimate interest"
        }
    }
}

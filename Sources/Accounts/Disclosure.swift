package enum DisclosureKind: IDKind { package static let prefix = "dis_" }
package typealias DisclosureID = OpaqueID<DisclosureKind>

/// Data that an authority asked for and got. What was given is not kept here again: `reference` says where
/// the letter is.
///
/// The promise: the person is told at once when data is handed to an administrative or judicial authority
/// (“s'engage à informer immédiatement”). Where the law forbids it, why is recorded instead.
package struct Disclosure: Hashable, Sendable {
    package let id: DisclosureID
    package let authority: Remark
    /// The text under which it asked: an article, an order with its number.
    package let legalBasis: Remark
    /// Which data, in a line.
    package let scope: Remark
    package let reference: Remark
    package let receivedAt: Timestamp
    package let disclosedAt: Timestamp
    package let recordedAt: Timestamp
    package let actor: String

    package init(
        id: DisclosureID, authority: Remark, legalBasis: Remark, scope: Remark, reference: Remark,
        receivedAt: Timestamp, disclosedAt: Timestamp, recordedAt: Timestamp, actor: String
    ) {
        self.id = id
        self.authority = authority
        self.legalBasis = legalBasis
        self.scope = scope
        self.reference = reference
        self.receivedAt = receivedAt
        self.disclosedAt = disclosedAt
        self.recordedAt = recordedAt
        self.actor = actor
    }
}

/// Where the duty to tell one person stands.
package enum DisclosureNotice: Hashable, Sendable {
    /// Nobody was told, and nobody said why not.
    case open
    /// Not told yet, and why.
    case silent(because: Remark)
    /// Told; `how` is the letter's number or the like.
    case told(at: Timestamp, how: Remark)
}

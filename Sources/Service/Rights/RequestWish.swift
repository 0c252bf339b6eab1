package import Accounts
import Storage

/// A request as somebody states it.
package struct RequestWish: Equatable, Sendable {
    package let account: AccountID?
    package let right: Right
    package let channel: RequestChannel
    /// `nil` for now.
    package let receivedAt: Timestamp?
    package let contact: Remark?
    package let detail: Remark?
    package let identity: RequestIdentity

    package init(
        account: AccountID?, right: Right, channel: RequestChannel, receivedAt: Timestamp? = nil,
        contact: Remark? = nil, detail: Remark? = nil, identity: RequestIdentity = .unchecked
    ) {
        self.account = account
        self.right = right
        self.channel = channel
        self.receivedAt = receivedAt
        self.contact = contact
        self.detail = detail
        self.identity = identity
    }

    /// Entered by an administrator.
    package var isByHand: Bool { channel != .application && channel != .session }

    func isSame(as request: RightsRequest) -> Bool {
        (request.right, request.channel, request.detail) == (right, channel, detail)
    }

    /// From a person's session or an application: `{"right", "detail"?}`. Who has a session is known; an
    /// application's word for who asks is not taken for a check.
    package static let fields = ["right", "detail"]

    package init(
        _ fields: Fields, by account: AccountID, channel: RequestChannel
    ) throws(Problem) {
        self.init(
            account: account, right: try fields.choice("right"), channel: channel,
            detail: try fields.optionalRemark("detail"),
            identity: channel == .session ? .verified : .unchecked)
    }

    /// By hand: `{"right", "channel", "received_at"?, "account_id"?, "contact"?, "detail"?}`.
    package static let fieldsByHand = [
        "right", "channel", "received_at", "account_id", "contact", "detail",
    ]

    package static let channelsByHand: [RequestChannel] = [.email, .post, .other]

    /// - Throws: 400 naming the field; somebody must be meant, by account or by contact.
    package init(byHand fields: Fields, at now: Timestamp) throws(Problem) {
        var account: AccountID?
        if let text = try fields.optionalText("account_id") {
            account = AccountID(parsing: text)
            guard account != nil else {
                throw .invalid(field: "account_id", expected: "an account's id, acc_…")
            }
        }
        let contact = try fields.optionalRemark("contact")
        guard account != nil || contact != nil else {
            throw .invalid(field: "contact", expected: "who asks, where account_id does not say it")
        }
        self.init(
            account: account, right: try fields.choice("right"),
            channel: try fields.choice("channel", among: Self.channelsByHand),
            receivedAt: try fields.optionalTime("received_at", noLaterThan: now),
            contact: contact, detail: try fields.optionalRemark("detail"))
    }
}

/// The outcome of a request as somebody decides it: `{"outcome", "reason"?}`.
package struct DecisionWish: Equatable, Sendable {
    package let outcome: RequestOutcome
    package let reason: Remark?

    package static let fields = ["outcome", "reason"]

    package init(_ fields: Fields) throws(Problem) {
        outcome = try fields.choice("outcome")
        reason = try fields.optionalRemark("reason")
    }
}

extension Fields {
    /// One of the words of an enum.
    package func choice<Choice>(
        _ name: String, among known: [Choice] = Array(Choice.allCases)
    ) throws(Problem) -> Choice
    where Choice: CaseIterable & RawRepresentable & Equatable, Choice.RawValue == String {
        let text = try self.text(name)
        guard let choice = Choice(rawValue: text), known.contains(choice) else {
            throw .invalid(
                field: name,
                expected: "one of \(known.map(\.rawValue).joined(separator: ", "))")
        }
        return choice
    }
}

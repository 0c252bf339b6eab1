package import Accounts
import Incidents
import Secrets
package import Storage

/// Consents of one deployment: given, withdrawn, asked for. Everything that changes is audited.
package struct ConsentBook: Sendable {
    private let node: Node
    private let actor: String

    /// Acts kept for one person and purpose. Beyond it nothing more is given, so that nobody fills the
    /// store; withdrawing stays possible, and twice in a row is once.
    package static let actsMax: Int64 = 1_000

    /// - Parameter actor: an account's, application's or administrator's id, or `cli:<uid>`.
    package init(_ node: Node, actor: String) {
        self.node = node
        self.actor = actor
    }

    package enum Outcome: Equatable, Sendable {
        /// `isNew` is false where the same act was the last one already.
        case recorded(ConsentRecord, isNew: Bool)
        case unknownAccount
        case unknownVersion
        case notInEffect(until: Timestamp)
        case tooMany
    }

    /// Records that a person agreed. The same agreement again, while it still stands, is no second act.
    package func give(
        _ wish: ConsentWish, by account: AccountID
    ) throws(DatabaseError) -> Outcome {
        let now = node.clock()
        return try node.database.transaction { transaction throws(DatabaseError) in
            guard try isLive(account, transaction) else { return .unknownAccount }
            let version = wish.pin.policyVersion
            guard let effect = try PrivacyPolicyStore.effectiveAt(version, transaction) else {
                return .unknownVersion
            }
            let signed = wish.signedAt ?? now
            guard effect <= signed else { return .notInEffect(until: effect) }
            let last = try ConsentStore.latest(of: account, wish.purpose, transaction)
            if let last, last.act == .given, last.pin == wish.pin, last.channel == wish.channel,
                last.evidence == wish.evidence,
                wish.signedAt == nil || wish.signedAt == last.effectiveAt
            {
                return .recorded(last, isNew: false)
            }
            guard
                try ConsentStore.count(of: account, wish.purpose, transaction) < Self.actsMax
            else { return .tooMany }
            let record = ConsentRecord(
                id: node.eventID(at: now).text, purpose: wish.purpose, act: .given,
                // A clock of another node may be ahead; what is done now comes last. What was signed
                // on paper before a withdrawal stays before it.
                effectiveAt: wish.signedAt ?? behind(last, now), recordedAt: now, pin: wish.pin,
                channel: wish.channel, evidence: wish.evidence, actor: actor)
            try append(record, of: account, transaction)
            return .recorded(record, isNew: true)
        }
    }

    /// Records that a person does not agree, or no longer does. Never refused for a person who is there.
    package func withdraw(
        _ purpose: Purpose, _ wish: WithdrawalWish, by account: AccountID
    ) throws(DatabaseError) -> Outcome {
        let now = node.clock()
        return try node.database.transaction { transaction throws(DatabaseError) in
            guard try isLive(account, transaction) else { return .unknownAccount }
            let last = try ConsentStore.latest(of: account, purpose, transaction)
            if let last, last.act == .withdrawn { return .recorded(last, isNew: false) }
            let record = ConsentRecord(
                id: node.eventID(at: now).text, purpose: purpose, act: .withdrawn,
                effectiveAt: behind(last, now), recordedAt: now, pin: nil, channel: wish.channel,
                evidence: wish.evidence, actor: actor)
            try append(record, of: account, transaction)
            return .recorded(record, isNew: true)
        }
    }

    /// May this be done with the data of this person? Unknown is no.
    package func permission(
        for purpose: Purpose, of account: AccountID?
    ) throws(DatabaseError) -> Permission {
        guard let account else { return Permission(unknownAccountFor: purpose) }
        return try node.database.read { reader throws(DatabaseError) in
            guard try isLive(account, reader) else { return Permission(unknownAccountFor: purpose) }
            return Permission(
                purpose, latest: try ConsentStore.latest(of: account, purpose, reader))
        }
    }

    /// What a person agreed to and accepted; `nil` when there is no such person.
    package struct Held: Equatable, Sendable {
        package let permissions: [Permission]
        /// All acts, those that count first within each purpose.
        package let history: [ConsentRecord]
        package let acceptances: [PrivacyPolicyStore.Acceptance]
    }

    package func held(of account: AccountID) throws(DatabaseError) -> Held? {
        try node.database.read { reader throws(DatabaseError) in
            guard try isLive(account, reader) else { return nil }
            let history = try ConsentStore.history(of: account, reader)
            return Held(
                permissions: Purpose.allCases.map { purpose in
                    Permission(purpose, latest: history.first { $0.purpose == purpose })
                },
                history: history,
                acceptances: try PrivacyPolicyStore.acceptances(by: account, reader))
        }
    }

    private func append(
        _ record: ConsentRecord, of account: AccountID, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try ConsentStore.append(record, of: account, transaction)
        try node.audit(
            action: "consent.\(record.act.rawValue)", of: account.text, by: actor,
            at: record.recordedAt, transaction)
    }

    private func behind(_ last: ConsentRecord?, _ now: Timestamp) -> Timestamp {
        guard let last else { return now }
        return max(now, last.effectiveAt + .microseconds(1))
    }
}

/// Whether there is anything online of an account: neither unknown, nor closed, nor erased.
func isLive(
    _ account: AccountID, _ reading: borrowing some Reading & ~Copyable
) throws(DatabaseError) -> Bool {
    switch try AccountStore.find(account, reading)?.state {
    case .invited, .active, .suspended: true
    case .closed, .erased, nil: false
    }
}

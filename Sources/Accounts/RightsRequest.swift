package enum RightsRequestKind: IDKind { package static let prefix = "req_" }
package typealias RightsRequestID = OpaqueID<RightsRequestKind>

/// What a person may ask for. The raw value is the API's and the database's.
package enum Right: String, CaseIterable, Hashable, Sendable {
    /// Article 15 GDPR.
    case access
    /// Article 16.
    case rectification
    /// Article 17.
    case erasure
    /// Article 18.
    case restriction
    /// Article 20.
    case portability
    /// Article 21.
    case objection

    /// Whether the answer is the data itself.
    package var isExport: Bool { self == .access || self == .portability }
}

/// How a request came.
package enum RequestChannel: String, CaseIterable, Hashable, Sendable {
    /// Through an application's own form.
    case application
    /// From the person's own session.
    case session
    case email
    case post
    case other
}

/// How sure it is who asks (article 12(6) GDPR).
package enum RequestIdentity: String, CaseIterable, Hashable, Sendable {
    case unchecked
    /// More was asked for, and the clock stands until it comes.
    case doubted
    case verified
}

package enum RequestOutcome: String, CaseIterable, Hashable, Sendable {
    case fulfilled
    case partlyFulfilled = "partly_fulfilled"
    case refused
    /// Who asked did not show who they are.
    case notIdentified = "not_identified"
    /// By the person.
    case withdrawn

    /// Whether something is done for the person.
    package var isGranted: Bool { self == .fulfilled || self == .partlyFulfilled }
    /// Whether the law asks for reasons.
    package var needsReason: Bool { self != .fulfilled && self != .withdrawn }
}

/// One exercise of one right, from its receipt to its outcome.
package struct RightsRequest: Hashable, Sendable {
    package let id: RightsRequestID
    /// Whose data is meant; `nil` where nobody was found yet.
    package let account: AccountID?
    package let right: Right
    package let channel: RequestChannel
    package let recordedAt: Timestamp
    /// How to reach who asked, where no account says it.
    package let contact: Remark?
    /// What they ask, in a line.
    package let detail: Remark?
    package private(set) var identity: RequestIdentity
    package private(set) var clock: RightsClock
    package private(set) var decision: Decision?

    package struct Decision: Hashable, Sendable {
        package let at: Timestamp
        package let outcome: RequestOutcome
        package let reason: Remark?

        package init(at: Timestamp, outcome: RequestOutcome, reason: Remark?) {
            self.at = at
            self.outcome = outcome
            self.reason = reason
        }
    }

    package init(
        id: RightsRequestID, account: AccountID?, right: Right, channel: RequestChannel,
        recordedAt: Timestamp, contact: Remark?, detail: Remark?, identity: RequestIdentity,
        clock: RightsClock, decision: Decision? = nil
    ) {
        self.id = id
        self.account = account
        self.right = right
        self.channel = channel
        self.recordedAt = recordedAt
        self.contact = contact
        self.detail = detail
        self.identity = identity
        self.clock = clock
        self.decision = decision
    }

    /// Asks for more about who they are: the clock stands.
    package mutating func doubt(at now: Timestamp) throws(RightsError) {
        try requireOpen()
        guard identity != .verified else { throw .verified }
        try clock.suspend(at: now)
        identity = .doubted
    }

    /// It is known who asks: the clock goes on.
    package mutating func verify(at now: Timestamp) throws(RightsError) {
        try requireOpen()
        guard identity != .verified else { throw .verified }
        clock.resume(at: now)
        identity = .verified
    }

    package mutating func extend(at now: Timestamp) throws(RightsError) {
        try requireOpen()
        try clock.extend(at: now)
    }

    /// Ends it. Nothing is done for somebody whose identity is not known.
    package mutating func decide(
        _ outcome: RequestOutcome, reason: Remark?, at now: Timestamp
    ) throws(RightsError) {
        try requireOpen()
        guard !outcome.isGranted || identity == .verified else { throw .notVerified }
        guard !outcome.needsReason || reason != nil else { throw .reasonRequired }
        clock.resume(at: now)
        decision = Decision(at: now, outcome: outcome, reason: reason)
    }

    /// Whose data may be handed out for this request.
    package func exportable() throws(RightsError) -> AccountID {
        guard right.isExport else { throw .notExportable }
        guard identity == .verified else { throw .notVerified }
        guard let account else { throw .noAccount }
        return account
    }

    package func reminderDue(at now: Timestamp) -> RightsReminder? {
        decision == nil ? clock.reminderDue(at: now) : nil
    }

    package var nextReminderAt: Timestamp? { decision == nil ? clock.nextReminderAt : nil }

    package mutating func note(_ reminder: RightsReminder) { clock.note(reminder) }

    private func requireOpen() throws(RightsError) {
        guard decision == nil else { throw .decided }
    }
}

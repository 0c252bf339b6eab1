/// How long there is to answer a person who exercises a right.
///
/// | what | when |
/// |---|---|
/// | due | one month after receipt; the last day of a month that has no such day |
/// | extended | three months after receipt, if that was announced with reasons while the first month ran |
/// | reasonable doubt about who asks | the clock stands, and both move by as long as it stood |
/// | the promise | 60 days after receipt, whatever else: an alarm, never the date to work to |
///
/// Months are the calendar's, in UTC, and end at the time of day of the receipt: earlier than the end of
/// that day, where the law would put it.
///
/// Sources: articles 12(3) and 12(6) GDPR; règlement (CEE, Euratom) 1182/71, article 3; EDPB Guidelines
/// 01/2022, §5.3; the company's promise (“Les requêtes seront traitées … dans les 60 jours”).
package struct RightsClock: Hashable, Sendable {
    package let receivedAt: Timestamp
    /// As long as the clock stood, without a stand that goes on.
    package private(set) var suspendedFor: Duration
    package private(set) var suspendedSince: Timestamp?
    package private(set) var extendedAt: Timestamp?
    package private(set) var told: Set<RightsReminder>

    /// What was promised beside the law.
    package static let promise = Duration.days(60)
    /// How long before the due date somebody is reminded: there is time to answer or to extend.
    package static let reminderLead = Duration.days(7)

    package init(receivedAt: Timestamp) {
        self.init(
            receivedAt: receivedAt, suspendedFor: .zero, suspendedSince: nil, extendedAt: nil,
            told: [])
    }

    /// As it was stored.
    package init(
        receivedAt: Timestamp, suspendedFor: Duration, suspendedSince: Timestamp?,
        extendedAt: Timestamp?, told: Set<RightsReminder>
    ) {
        self.receivedAt = receivedAt
        self.suspendedFor = suspendedFor
        self.suspendedSince = suspendedSince
        self.extendedAt = extendedAt
        self.told = told
    }

    /// The last instant at which an answer is in time; `nil` while the clock stands.
    package var dueAt: Timestamp? { suspendedSince == nil ? dueIfRunning : nil }

    /// The last instant of the promise.
    package var promisedBy: Timestamp { receivedAt + Self.promise }

    package func isOverdue(at now: Timestamp) -> Bool { dueAt.map { $0 < now } ?? false }

    private var dueIfRunning: Timestamp { due(months: extendedAt == nil ? 1 : 3) }

    private func due(months: Int64) -> Timestamp {
        receivedAt.adding(months: months) + suspendedFor
    }

    /// Lets the clock stand.
    ///
    /// - Throws: `.suspended`, and `.overdue`: a doubt that comes too late stops nothing.
    mutating func suspend(at now: Timestamp) throws(RightsError) {
        guard suspendedSince == nil else { throw .suspended }
        guard !isOverdue(at: now) else { throw .overdue }
        suspendedSince = now
    }

    /// Lets the clock go on; nothing where it runs.
    mutating func resume(at now: Timestamp) {
        guard let since = suspendedSince else { return }
        suspendedFor += max(.zero, now - since)
        suspendedSince = nil
        told.remove(.due)
    }

    /// Two more months, once.
    ///
    /// - Throws: `.extended`, and `.firstMonthOver` when the first month is.
    mutating func extend(at now: Timestamp) throws(RightsError) {
        guard extendedAt == nil else { throw .extended }
        // Where the clock stands, the month has not gone on.
        guard suspendedSince ?? now <= due(months: 1) else { throw .firstMonthOver }
        extendedAt = now
        told.remove(.due)
    }

    /// What somebody is to be told now, the gravest first.
    package func reminderDue(at now: Timestamp) -> RightsReminder? {
        RightsReminder.allCases.reversed().first { reminder in
            !told.contains(reminder) && from(reminder).map { $0 <= now } ?? false
        }
    }

    /// When the next reminder is to be looked for; `nil` when there is nothing left to tell.
    package var nextReminderAt: Timestamp? {
        RightsReminder.allCases.filter { !told.contains($0) }.compactMap(from).min()
    }

    /// Who was told that it is overdue needs no word any more that it will be due.
    mutating func note(_ reminder: RightsReminder) {
        told.insert(reminder)
        if reminder == .overdue { told.insert(.due) }
    }

    private func from(_ reminder: RightsReminder) -> Timestamp? {
        switch reminder {
        case .due: dueAt.map { max(receivedAt, $0 - Self.reminderLead) }
        case .overdue: dueAt.map { $0 + .microseconds(1) }
        case .promise: promisedBy + .microseconds(1)
        }
    }
}

/// What somebody is told about a request that waits, in the order of gravity. The raw value is the
/// database's and the events'.
package enum RightsReminder: String, CaseIterable, Hashable, Sendable {
    /// Seven days are left.
    case due
    /// The law's time is over.
    case overdue
    /// The promise's 60 days are over.
    case promise
}

/// Why something cannot be done with a request. The raw value is the API's `state` of the refusal.
package enum RightsError: String, Error, CaseIterable, Sendable {
    /// It was decided.
    case decided
    case suspended
    case overdue
    case extended
    case firstMonthOver = "first_month_over"
    /// Who asks was verified already.
    case verified
    /// Who asks must be verified first.
    case notVerified = "not_verified"
    /// A refusal says why (article 12(4) GDPR).
    case reasonRequired = "reason_required"
    /// Nobody's data is meant: the request names no account.
    case noAccount = "no_account"
    /// Only access and portability are answered with the data.
    case notExportable = "not_exportable"
}

package import Accounts

extension Finding {
    /// What other parts of the service see themselves and no fold over sign-ins can: one sign is enough.
    package enum Raised: Hashable, Sendable {
        /// A session token came back that was rotated out before. Its family is revoked by whoever
        /// raises this.
        case sessionReuse(AccountID, from: SourceAddress?)
        /// The audit log's hash chain or a signed checkpoint does not match.
        case auditTampering
        /// One administrator read so many people's data.
        case massExport(AdministratorID, people: Int)
    }

    /// Severity, technique and what starts the clock are those of the type's row (``EventRow``).
    ///
    /// - Parameters:
    ///   - window: in which it was seen.
    ///   - startTime: the first sign; the finding's id follows from it, so the same sign reported twice
    ///     is one finding.
    package init(
        _ raised: Raised, window: Duration = .hours(24), startTime: Timestamp,
        at now: Timestamp, isUpdate: Bool = false
    ) {
        let type: EventType
        let subject: Subject
        var counted = Counted.attempts(1)
        var source: SourceAddress?
        switch raised {
        case .sessionReuse(let account, let from):
            (type, subject, source) = (.sessionReuse, .account(account), from)
        case .auditTampering: (type, subject) = (.auditTampering, .auditLog)
        case .massExport(let administrator, let people):
            (type, subject) = (.massExport, .administrator(administrator))
            counted = .people(people)
        }
        self.init(
            uid: Finding.uid(type, subject, startTime: startTime), type: type,
            severity: type.row.severity, subject: subject, counted: counted, succeeded: 0,
            window: window, startTime: startTime, lastTime: now, source: source,
            isUpdate: isUpdate)
    }
}

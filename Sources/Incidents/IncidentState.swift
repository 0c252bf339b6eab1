package import Accounts

/// Where an incident stands. Rows are states, columns events; a dash is refused, `other` means that
/// another incident is opened.
///
/// | state     | found     | confirmed | dismissed | told, waived | processor | closed  |
/// |-----------|-----------|-----------|-----------|--------------|-----------|---------|
/// | open      | open      | confirmed | dismissed | open         | open      | -       |
/// | confirmed | confirmed | -         | -         | confirmed    | confirmed | closed  |
/// | dismissed | see below | -         | -         | -            | -         | closed  |
/// | closed    | other     | -         | -         | -            | -         | -       |
///
/// More of what was dismissed joins the dismissed one in silence; what is critical, or more severe
/// than what was dismissed, opens another. A confirmed one is closed once the authority and the
/// people were told, or somebody recorded why they are not. Nothing is ever removed: dismissed and
/// closed ones are the register (GDPR art. 33(5)).
package enum IncidentState: String, CaseIterable, Hashable, Sendable {
    case open, confirmed, dismissed, closed

    /// - Returns: `nil` where the table has a dash.
    func after(_ step: IncidentStep) -> IncidentState? {
        switch (self, step) {
        case (.open, .confirmed): .confirmed
        case (.open, .dismissed): .dismissed
        case (.open, .told), (.open, .waived), (.open, .processorTold): .open
        case (.confirmed, .told), (.confirmed, .waived), (.confirmed, .processorTold): .confirmed
        case (.confirmed, .closed), (.dismissed, .closed): .closed
        default: nil
        }
    }

    /// OCSF `status_id` of a finding: 1 new, 2 in progress, 3 suppressed, 4 resolved.
    var ocsf: Int64 {
        switch self {
        case .open: 1
        case .confirmed: 2
        case .dismissed: 3
        case .closed: 4
        }
    }

    /// Whether the 72 hours can still run.
    package var isUnderWay: Bool { self == .open || self == .confirmed }
}

/// What a person does to an incident.
package enum IncidentStep: Hashable, Sendable {
    /// It is a breach. `awareAt` is when that became clear.
    case confirmed(awareAt: Timestamp)
    case dismissed
    case told(IncidentAudience, at: Timestamp)
    /// Nobody is told, for the reason given (GDPR art. 33(1), 34(3)).
    case waived(IncidentAudience)
    /// A processor told us (art. 33(2)).
    case processorTold(at: Timestamp)
    case closed

    /// For the audit log and the timeline.
    package var word: String {
        switch self {
        case .confirmed: "confirmed"
        case .dismissed: "dismissed"
        case .told(let audience, _): audience.rawValue + "_notified"
        case .waived(let audience): audience.rawValue + "_waived"
        case .processorTold: "processor_notified"
        case .closed: "closed"
        }
    }
}

/// Who must be told of a breach.
package enum IncidentAudience: String, CaseIterable, Hashable, Sendable {
    /// The supervisory authority, in France the CNIL.
    case authority
    case people
}

/// Why a step is refused.
package enum IncidentError: Error, Equatable, Sendable {
    /// The table has a dash there.
    case state(IncidentState)
    /// Nobody said why.
    case reasonMissing
    /// It is after `notify_by`, so somebody must say why.
    case lateReasonMissing(notifyBy: Timestamp)
    /// A time that is still to come.
    case future
    /// A time before the incident.
    case beforeIncident(since: Timestamp)
    /// Neither told nor waived yet.
    case unsettled([IncidentAudience])
}

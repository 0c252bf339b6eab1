package import Accounts

/// Something that became true, as the outside is told: a CloudEvents 1.0 envelope with OCSF inside.
///
/// Made only from ids, addresses of sources, counts and times. No constructor takes a text, so no
/// e-mail address, password or token can get in.
package struct Event: Sendable {
    package let id: EventID
    /// Which deployment says so.
    package let deployment: Deployment
    package let type: EventType
    package let subject: Subject
    package let time: Timestamp
    package let severity: Severity
    /// The incident it belongs to.
    package let incident: IncidentID?
    let content: Content

    enum Content: Sendable {
        case account(AccountID, reason: ClosureReason?, source: SourceAddress?)
        case finding(Finding, BreachClock?)
        case policy(PolicyStep)
        case deadDeliveries(Sink, count: Int)
        case incident(Incident, DeadlineWarning?, findings: Int)
        case request(RightsRequest, RightsReminder)
    }

    /// - Parameter source: where the request came from that changed the account, if one did.
    package init(
        _ change: AccountChange, of account: AccountID, from source: SourceAddress? = nil,
        id: EventID, deployment: Deployment, at time: Timestamp
    ) {
        self.id = id
        self.deployment = deployment
        self.time = time
        type = change.type
        subject = .account(account)
        severity = change.type.row.severity
        incident = nil
        content = .account(account, reason: change.reason, source: source)
    }

    /// - Parameter clock: `nil` while no breach is suspected.
    package init(
        _ finding: Finding, incident: IncidentID?, clock: BreachClock?,
        id: EventID, deployment: Deployment, at time: Timestamp
    ) {
        self.id = id
        self.deployment = deployment
        self.time = time
        self.incident = incident
        type = finding.type
        subject = finding.subject
        severity = finding.severity
        content = .finding(finding, clock)
    }

    package init(
        _ step: PolicyStep, id: EventID, deployment: Deployment, at time: Timestamp
    ) {
        self.id = id
        self.deployment = deployment
        self.time = time
        type = .policyChanged
        subject = .policy(step)
        severity = type.row.severity
        incident = nil
        content = .policy(step)
    }

    /// - Parameter count: deliveries that became dead letters since the last event about this sink;
    ///   1 or more.
    package init(
        deadIn sink: Sink, count: Int, id: EventID, deployment: Deployment, at time: Timestamp
    ) {
        self.id = id
        self.deployment = deployment
        self.time = time
        type = .deliveryDead
        subject = .sink(sink)
        severity = type.row.severity
        incident = nil
        content = .deadDeliveries(sink, count: count)
    }

    /// - Parameters:
    ///   - type: one of the `loquet.incident.…` types.
    ///   - findings: how many it has.
    package init(
        _ type: EventType, of incident: Incident, warning: DeadlineWarning? = nil, findings: Int,
        id: EventID, deployment: Deployment, at time: Timestamp
    ) {
        self.id = id
        self.deployment = deployment
        self.time = time
        self.type = type
        subject = .incident(incident.id)
        severity =
            [.incidentOpened, .incidentUpdated].contains(type)
            ? incident.severity : type.row.severity
        self.incident = incident.id
        content = .incident(incident, warning, findings: findings)
    }

    init(
        id: EventID, deployment: Deployment, type: EventType, subject: Subject, time: Timestamp,
        content: Content
    ) {
        self.id = id
        self.deployment = deployment
        self.type = type
        self.subject = subject
        self.time = time
        severity = type.row.severity
        incident = nil
        self.content = content
    }

    /// Events with one key are kept in order by their `sequence`.
    package var partitionKey: String { subject.text }
}

/// What happened to an account.
package enum AccountChange: Hashable, Sendable {
    case registered
    case passwordChanged
    case suspended
    case reinstated
    case closed(ClosureReason)
    case erased
    case returned

    package var type: EventType {
        switch self {
        case .registered: .accountRegistered
        case .passwordChanged: .accountPasswordChanged
        case .suspended: .accountSuspended
        case .reinstated: .accountReinstated
        case .closed: .accountClosed
        case .erased: .accountErased
        case .returned: .accountReturned
        }
    }

    fileprivate var reason: ClosureReason? {
        if case .closed(let reason) = self { reason } else { nil }
    }
}

/// The URI of this deployment, `source` in the envelope.
package struct Deployment: Hashable, Sendable {
    package let uri: String

    /// - Returns: `nil` unless it is an absolute URI (`https://auth.example.com`, `urn:…`) of at
    ///   most 255 octets, in the ASCII that RFC 3986 allows, without user name, query or fragment.
    package init?(uri: String) {
        let allowed = "-._~%/:[]!$&'()*+,;=".utf8
        let isLetter = { (byte: UInt8) in (0x61...0x7A).contains(byte | 0x20) }
        let parts = uri.utf8.split(
            separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false)
        guard uri.utf8.count <= 255, parts.count == 2, let first = parts[0].first, isLetter(first),
            parts[0].allSatisfy({ isLetter($0) || (0x30...0x39).contains($0) }),
            parts[1].contains(where: isLetter),
            uri.utf8.allSatisfy({
                isLetter($0) || (0x30...0x39).contains($0) || allowed.contains($0)
            })
        else { return nil }
        self.uri = uri
    }
}

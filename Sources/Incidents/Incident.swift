package import Accounts

/// What may be a breach: findings about one thing, what people decided, and the clock.
///
/// Made by a first finding, or by hand. Everything that happens to it is a mutation here that answers
/// whether it is news; who did it and why stands in its timeline.
package struct Incident: Hashable, Sendable {
    package let id: IncidentID
    package let origin: Origin
    /// ``Subject/thing``; empty for a report.
    package let thing: String
    package let openedAt: Timestamp
    package private(set) var state: IncidentState
    package private(set) var severity: Severity
    /// The first event that counted.
    package private(set) var firstAt: Timestamp
    /// The last one.
    package private(set) var lastAt: Timestamp
    package private(set) var clock: BreachClock
    package private(set) var duties: [IncidentAudience: Settlement]
    /// The most urgent warning that was told.
    package private(set) var warned: DeadlineWarning?
    /// Why it was dismissed; empty otherwise.
    package private(set) var dismissedBecause: String
    package private(set) var closedAt: Timestamp?
    /// The processor that reported it; empty otherwise.
    package let processor: String
    /// What was reported, in the reporter's words; empty for findings.
    package let summary: String

    package enum Origin: String, CaseIterable, Hashable, Sendable {
        case detected
        /// A processor's report (GDPR art. 33(2)), entered by hand.
        case processor
        /// Somebody else's, entered by hand.
        case person
    }

    /// How a duty to tell was met.
    package enum Settlement: Hashable, Sendable {
        /// The first time; `lateBecause` is empty when it was in time.
        case told(at: Timestamp, lateBecause: String)
        case waived(at: Timestamp, because: String)

        package var at: Timestamp {
            switch self {
            case .told(let at, _), .waived(let at, _): at
            }
        }
        package var toldAt: Timestamp? { if case .told(let at, _) = self { at } else { nil } }
        package var waivedAt: Timestamp? { if case .waived(let at, _) = self { at } else { nil } }
        package var reason: String {
            switch self {
            case .told(_, let reason), .waived(_, let reason): reason
            }
        }
    }

    /// How long after its last finding another one still joins.
    package static let window = Flag.lifetime

    /// As it was stored.
    package init(
        id: IncidentID, origin: Origin, thing: String, openedAt: Timestamp, state: IncidentState,
        severity: Severity, firstAt: Timestamp, lastAt: Timestamp, clock: BreachClock,
        duties: [IncidentAudience: Settlement], warned: DeadlineWarning?, dismissedBecause: String,
        closedAt: Timestamp?, processor: String, summary: String
    ) {
        self.id = id
        self.origin = origin
        self.thing = thing
        self.openedAt = openedAt
        self.state = state
        self.severity = severity
        self.firstAt = firstAt
        self.lastAt = lastAt
        self.clock = clock
        self.duties = duties
        self.warned = warned
        self.dismissedBecause = dismissedBecause
        self.closedAt = closedAt
        self.processor = processor
        self.summary = summary
    }

    /// - Returns: `nil` for a finding that opens none: a low one is news for its account alone.
    package init?(
        openedBy finding: Finding, id: IncidentID, limit: BreachNotificationLimit,
        start: BreachClockStart, at now: Timestamp
    ) {
        guard finding.severity >= .medium else { return nil }
        self.init(
            id: id, origin: .detected, thing: finding.subject.thing, openedAt: now, state: .open,
            severity: finding.severity, firstAt: finding.startTime, lastAt: finding.lastTime,
            clock: BreachClock(startedBy: finding, limit: limit, start: start), duties: [:],
            warned: nil, dismissedBecause: "", closedAt: nil, processor: "", summary: "")
    }

    /// How far back a report may reach.
    package static let reportAgeMax = Duration.days(365)

    /// A report by hand: a suspicion, or awareness where a processor tells of it.
    ///
    /// - Parameters:
    ///   - processor: who told us; empty for anybody else.
    ///   - since: when we were told, or when it came up; at most a year ago.
    package init(
        reported summary: String, processor: String, since: Timestamp, id: IncidentID,
        limit: BreachNotificationLimit, start: BreachClockStart, at now: Timestamp
    ) throws(IncidentError) {
        guard !summary.isEmpty else { throw .reasonMissing }
        guard since <= now else { throw .future }
        guard since >= now - Self.reportAgeMax else {
            throw .beforeIncident(since: now - Self.reportAgeMax)
        }
        let isProcessor = !processor.isEmpty
        self.init(
            id: id, origin: isProcessor ? .processor : .person, thing: "", openedAt: now,
            state: .open, severity: .critical, firstAt: since, lastAt: since,
            clock: BreachClock(
                suspectedAt: isProcessor ? nil : since,
                processorNotifiedAt: isProcessor ? since : nil, limit: limit, start: start),
            duties: [:], warned: nil, dismissedBecause: "", closedAt: nil, processor: processor,
            summary: summary)
    }
}

extension Incident {
    /// Whether a finding about the same thing belongs here, by the table of ``IncidentState``.
    package func takes(_ finding: Finding) -> Bool {
        guard !thing.isEmpty, finding.subject.thing == thing,
            finding.lastTime.isNear(lastAt, within: Self.window)
                || finding.startTime <= lastAt && finding.lastTime >= firstAt
        else { return false }
        return switch state {
        case .open, .confirmed: true
        case .dismissed: finding.severity < .critical && finding.severity <= severity
        case .closed: false
        }
    }

    /// Takes a finding in.
    ///
    /// - Parameter isNew: whether it is another one than those that are here.
    /// - Returns: whether an update is told: a further finding, a higher severity, or a time that
    ///   starts the clock. More of a finding that is here is not: its own event has the count.
    package mutating func add(_ finding: Finding, isNew: Bool) -> Bool {
        firstAt = min(firstAt, finding.startTime)
        lastAt = max(lastAt, finding.lastTime)
        guard state.isUnderWay else { return false }
        let before = (severity, clock)
        severity = max(severity, finding.severity)
        // What started first stays: a clock that was put back must not move a deadline.
        if finding.isSuspectedBreach, clock.suspectedAt == nil {
            clock.suspectedAt = finding.lastTime
        }
        if finding.isAware, clock.awareAt == nil { clock.awareAt = finding.lastTime }
        return isNew || before != (severity, clock)
    }

    /// Takes a person's step.
    ///
    /// - Parameter reason: why, where it is asked for: always but for a notification in time.
    package mutating func take(
        _ step: IncidentStep, because reason: String, at now: Timestamp
    ) throws(IncidentError) {
        guard let next = state.after(step) else { throw .state(state) }
        switch step {
        case .confirmed(let awareAt):
            try check(awareAt, at: now)
            try require(reason)
            clock.awareAt = min(clock.awareAt ?? awareAt, awareAt)
        case .dismissed:
            try require(reason)
            dismissedBecause = reason
        case .told(let audience, let time):
            try check(time, at: now)
            if clock.isMissed(at: time), reason.isEmpty, let notifyBy = clock.notifyBy {
                throw .lateReasonMissing(notifyBy: notifyBy)
            }
            // The first time counts; what follows is a complementary notification.
            if duties[audience]?.toldAt == nil {
                duties[audience] = .told(
                    at: time, lateBecause: clock.isMissed(at: time) ? reason : "")
            }
        case .waived(let audience):
            try require(reason)
            guard duties[audience]?.toldAt == nil else { throw .state(state) }
            duties[audience] = .waived(at: now, because: reason)
        case .processorTold(let time):
            guard time <= now else { throw .future }
            guard time >= now - Self.reportAgeMax else {
                throw .beforeIncident(since: now - Self.reportAgeMax)
            }
            clock.processorNotifiedAt = min(clock.processorNotifiedAt ?? time, time)
        case .closed:
            try require(reason)
            let open = IncidentAudience.allCases.filter { duties[$0] == nil }
            guard state == .dismissed || open.isEmpty else { throw .unsettled(open) }
            closedAt = now
        }
        state = next
    }

    private func require(_ reason: String) throws(IncidentError) {
        guard !reason.isEmpty else { throw .reasonMissing }
    }

    private func check(_ time: Timestamp, at now: Timestamp) throws(IncidentError) {
        let since = min(firstAt, clock.runsSince ?? firstAt)
        guard time <= now else { throw .future }
        guard time >= since else { throw .beforeIncident(since: since) }
    }
}

extension Incident {
    /// When the authority and the people must know; `nil` once they do, or nobody must tell them.
    package var deadline: Timestamp? {
        let isSettled = IncidentAudience.allCases.allSatisfy { duties[$0] != nil }
        return state.isUnderWay && !isSettled ? clock.notifyBy : nil
    }

    /// When the next warning is due; `nil` when none is left.
    package var nextWarningAt: Timestamp? { remaining.first?.at }

    /// The warning to tell now. When several are due at once, after a night without a node, the most
    /// urgent one stands for all.
    package func warningDue(at now: Timestamp) -> DeadlineWarning? {
        remaining.last { $0.at <= now }?.warning
    }

    package mutating func warn(_ warning: DeadlineWarning) {
        warned = max(warned ?? warning, warning)
    }

    private var remaining: [(warning: DeadlineWarning, at: Timestamp)] {
        guard let deadline else { return [] }
        let told = warned?.rawValue ?? 0
        return DeadlineWarning.allCases
            .filter { $0.exists(under: clock.limit) && $0.rawValue > told }
            .map { ($0, $0.dueAt(deadline)) }
    }
}

import Accounts
import Incidents
import Testing

private let id = IncidentID(bytes: [UInt8](repeating: 1, count: 16))
private let limit = Duration.hours(72)

func found(
    _ type: EventType = .bruteForce, _ severity: Severity = .medium,
    _ subject: Subject = .passwordTag, from: Timestamp = start, to: Timestamp? = nil,
    isUpdate: Bool = false, count: Int = 20, succeeded: Int = 0
) -> Finding {
    Finding(
        uid: Finding.uid(type, subject, startTime: from), type: type, severity: severity,
        subject: subject, counted: .attempts(count), succeeded: succeeded, window: .hours(1),
        startTime: from, lastTime: to ?? from, source: nil, isUpdate: isUpdate)
}

func opened(
    _ finding: Finding = found(.bruteForce, .critical), hours: Int = 72,
    clock: BreachClockStart = .suspicion
) throws -> Incident {
    let limit = try #require(BreachNotificationLimit(hours: hours))
    return try #require(
        Incident(openedBy: finding, id: id, limit: limit, start: clock, at: finding.lastTime))
}

/// An incident in each state, its duties settled.
private func made(_ state: IncidentState) throws -> Incident {
    var incident = try opened()
    switch state {
    case .open: break
    case .dismissed: try incident.take(.dismissed, because: "a test", at: start)
    case .confirmed, .closed:
        try incident.take(.confirmed(awareAt: start), because: "seen", at: start)
        try incident.take(.told(.authority, at: start), because: "", at: start)
        try incident.take(.told(.people, at: start), because: "", at: start)
    }
    if state == .closed { try incident.take(.closed, because: "done", at: start) }
    return incident
}

@Suite struct `The table of incidents` {
    /// A dash is `nil`. As at the head of ``IncidentState``.
    private static let rows: [(IncidentState, [IncidentState?])] = [
        (.open, [.confirmed, .dismissed, .open, .open, .open, .open, .open, nil]),
        (
            .confirmed,
            [nil, nil, .confirmed, .confirmed, .confirmed, .confirmed, .confirmed, .closed]
        ),
        (.dismissed, [nil, nil, nil, nil, nil, nil, nil, .closed]),
        (.closed, [nil, nil, nil, nil, nil, nil, nil, nil]),
    ]

    private static let steps: [IncidentStep] = [
        .confirmed(awareAt: start), .dismissed, .told(.authority, at: start),
        .told(.people, at: start), .waived(.authority), .waived(.people),
        .processorTold(at: start), .closed,
    ]

    @Test(arguments: rows)
    func `says for every step in every state where it leads`(
        state: IncidentState, expected: [IncidentState?]
    ) throws {
        for (step, after) in zip(Self.steps, expected) {
            var incident = try made(state)
            // Who was told cannot be waived: that is not the state's matter.
            if case .waived = step, state == .confirmed {
                incident = try opened()
                try incident.take(.confirmed(awareAt: start), because: "seen", at: start)
            }
            let before = incident
            if let after {
                try incident.take(step, because: "a test", at: start)
                #expect(incident.state == after, "\(state) \(step)")
            } else {
                #expect(throws: IncidentError.state(state), "\(state) \(step)") {
                    try incident.take(step, because: "a test", at: start)
                }
                #expect(incident == before)
            }
        }
    }

    @Test(arguments: IncidentState.allCases)
    func `says what becomes of a finding in every state`(state: IncidentState) throws {
        let incident = try made(state)
        let more = found(.bruteForce, .high, isUpdate: true)
        #expect(incident.takes(more) == (state != .closed))
        let worse = found(.bruteForce, .critical, isUpdate: true)
        #expect(incident.takes(worse) == (state == .open || state == .confirmed))
        #expect(!incident.takes(found(.bruteForce, .high, .auditLog)))
    }

    @Test func `lets nobody decide without a reason`() throws {
        for step in [IncidentStep.confirmed(awareAt: start), .dismissed, .waived(.people)] {
            var incident = try made(.open)
            #expect(throws: IncidentError.reasonMissing) {
                try incident.take(step, because: "", at: start)
            }
            #expect(try incident == opened())
        }
    }

    @Test func `closes no breach that nobody was told of and nobody waived`() throws {
        var incident = try opened()
        try incident.take(.confirmed(awareAt: start), because: "seen", at: start)
        #expect(throws: IncidentError.unsettled([.authority, .people])) {
            try incident.take(.closed, because: "done", at: start)
        }
        try incident.take(.told(.authority, at: start), because: "", at: start)
        #expect(throws: IncidentError.unsettled([.people])) {
            try incident.take(.closed, because: "done", at: start)
        }
        try incident.take(.waived(.people), because: "no high risk", at: start)
        try incident.take(.closed, because: "done", at: start + .hours(1))
        #expect(incident.closedAt == start + .hours(1))
        var told = try made(.confirmed)
        #expect(throws: IncidentError.state(.confirmed)) {
            try told.take(.waived(.people), because: "no", at: start)
        }
    }
}

@Suite struct `An incident` {
    @Test func `is opened by anything but a low finding`() throws {
        let open = { (severity: Severity) in
            Incident(
                openedBy: found(.leakedPassword, severity), id: id, limit: .gdpr,
                start: .suspicion, at: start)
        }
        #expect(open(.low) == nil)
        #expect(open(.medium)?.clock.notifyBy == nil)
        #expect(open(.high)?.clock.notifyBy == nil)
        #expect(open(.critical)?.clock.suspectedAt == start)
        #expect(open(.critical)?.clock.awareAt == nil)
        let canary = try opened(found(.canary, .critical))
        #expect(canary.clock.awareAt == start)
    }

    @Test func `gathers what comes within a day of its last finding`() throws {
        var incident = try opened(found(.bruteForce, .medium))
        let day = Duration.hours(24)
        let at = { (after: Duration) in found(.bruteForce, .medium, from: start + after) }
        #expect(incident.takes(at(day - .microseconds(1))))
        #expect(!incident.takes(at(day)))
        #expect(incident.takes(at(.zero - day + .microseconds(1))))
        #expect(!incident.takes(at(.zero - day)))
        _ = incident.add(at(.hours(23)), isNew: true)
        #expect(incident.takes(at(.hours(46))))
        #expect(!incident.takes(at(.hours(47))))
        // A finding that began in the day and goes on is about the same.
        let long = found(.bruteForce, .medium, from: start, to: start + .days(9))
        #expect(incident.takes(long))
    }

    @Test func `is about a network, whichever of its addresses and detectors`() throws {
        let narrow = Subject.source(home.narrow)
        let incident = try opened(found(.credentialStuffing, .high, narrow))
        #expect(incident.thing == "source/203.0.113.0/24")
        #expect(incident.takes(found(.credentialStuffing, .high, .source(home.wide))))
        #expect(incident.takes(found(.bruteForce, .high, narrow)))
        #expect(!incident.takes(found(.credentialStuffing, .high, .source(home.broad))))
        #expect(!incident.takes(found(.distributedGuessing, .high, .source(.everywhere))))
        let six = try #require(SourceAddress(parsing: "2001:db8:1:7::1"))
        #expect(Subject.source(six.narrow).thing == "source/2001:db8:1::/48")
        #expect(Subject.source(.everywhere).thing == "source/::/0")
    }

    @Test func `tells an update once for each news, and none for a repeat`() throws {
        var incident = try opened(found(.bruteForce, .medium))
        let later = start + .hours(1)
        let more = found(.bruteForce, .medium, to: later, isUpdate: true)
        let repeats = (0..<20).map { _ in incident.add(more, isNew: false) }
        #expect(!repeats.contains(true))
        #expect(incident.lastAt == later)
        let news = [
            (found(.bruteForce, .high, to: later), false),
            (found(.bruteForce, .medium, to: later), false),
            (found(.canary, .high, to: later), true),
            (found(.bruteForce, .critical, to: later), false),
            (found(.bruteForce, .critical, to: later), false),
        ].map { incident.add($0, isNew: $1) }
        #expect(news == [true, false, true, true, false])
        #expect(incident.severity == .critical)
    }

    @Test func `keeps the first suspicion when the clock was put back`() throws {
        var incident = try opened()
        let back = start - .hours(20)
        _ = incident.add(found(.bruteForce, .critical, from: back), isNew: true)
        #expect(incident.clock.suspectedAt == start)
        #expect(incident.firstAt == back && incident.lastAt == start)
    }

    @Test func `that was dismissed takes more of the same in silence`() throws {
        var incident = try opened(found(.bruteForce, .high))
        try incident.take(.dismissed, because: "our own test", at: start)
        let more = found(.bruteForce, .high, to: start + .hours(1), isUpdate: true)
        #expect(incident.takes(more))
        let isTold = incident.add(more, isNew: true)
        #expect(!isTold)
        #expect(incident.dismissedBecause == "our own test")
        #expect(incident.deadline == nil && incident.nextWarningAt == nil)
    }

    @Test func `reported by a processor runs from when it told us`() throws {
        let told = start - .hours(30)
        let report = { (processor: String, since: Timestamp) throws(IncidentError) in
            try Incident(
                reported: "a copy", processor: processor, since: since, id: id, limit: .gdpr,
                start: .awareness, at: start)
        }
        let incident = try report("Host", told)
        #expect(incident.clock.notifyBy == told + limit)
        #expect(incident.clock.suspectedAt == nil && incident.origin == .processor)
        #expect(try report("", told).clock.notifyBy == nil)
        #expect(try report("", told).clock.suspectedAt == told)
        #expect(try report("Host", start - .days(365)).firstAt == start - .days(365))
        #expect(throws: IncidentError.beforeIncident(since: start - .days(365))) {
            try report("Host", start - .days(365) - .microseconds(1))
        }
        #expect(throws: IncidentError.future) { try report("Host", start + .microseconds(1)) }
    }
}

@Suite struct `Telling of an incident` {
    @Test func `is in time until the last microsecond, and then needs a reason`() throws {
        let end = start + limit
        var inTime = try opened()
        try inTime.take(.told(.authority, at: end), because: "", at: end)
        #expect(inTime.duties[.authority] == .told(at: end, lateBecause: ""))
        var late = try opened()
        let after = end + .microseconds(1)
        #expect(throws: IncidentError.lateReasonMissing(notifyBy: end)) {
            try late.take(.told(.authority, at: after), because: "", at: after)
        }
        try late.take(.told(.authority, at: after), because: "a fire", at: after)
        #expect(late.duties[.authority] == .told(at: after, lateBecause: "a fire"))
    }

    @Test func `counts the first time; a second is complementary`() throws {
        var incident = try opened()
        try incident.take(.waived(.authority), because: "no risk", at: start)
        try incident.take(
            .told(.authority, at: start + .hours(1)), because: "", at: start + .hours(1))
        try incident.take(
            .told(.authority, at: start + .hours(9)), because: "", at: start + .hours(9))
        #expect(incident.duties[.authority]?.toldAt == start + .hours(1))
        #expect(incident.deadline == start + limit)
        try incident.take(.told(.people, at: start + .hours(9)), because: "", at: start + .hours(9))
        #expect(incident.deadline == nil)
    }

    @Test func `takes no time that is to come, nor one before the incident`() throws {
        var incident = try opened()
        #expect(throws: IncidentError.future) {
            try incident.take(.told(.people, at: start + .microseconds(1)), because: "", at: start)
        }
        #expect(throws: IncidentError.beforeIncident(since: start)) {
            try incident.take(.told(.people, at: start - .microseconds(1)), because: "", at: start)
        }
    }

    @Test func `by a processor moves the deadline earlier, never later`() throws {
        var incident = try opened()
        try incident.take(.processorTold(at: start - .hours(5)), because: "", at: start)
        #expect(incident.clock.notifyBy == start + limit - .hours(5))
        try incident.take(.processorTold(at: start), because: "", at: start)
        #expect(incident.clock.notifyBy == start + limit - .hours(5))
    }
}

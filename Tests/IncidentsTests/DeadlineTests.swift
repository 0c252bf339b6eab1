import Accounts
import Incidents
import Testing

@Suite struct `The warnings before a deadline` {
    @Test func `come 48, 24 and 4 hours before it, and when it is over`() throws {
        var incident = try opened()
        let end = start + .hours(72)
        let expected: [(Timestamp, DeadlineWarning)] = [
            (end - .hours(48), .hours48), (end - .hours(24), .hours24), (end - .hours(4), .hours4),
            (end + .microseconds(1), .missed),
        ]
        for (at, warning) in expected {
            #expect(incident.nextWarningAt == at)
            #expect(incident.warningDue(at: at - .microseconds(1)) == nil)
            #expect(incident.warningDue(at: at) == warning)
            incident.warn(warning)
            #expect(incident.warningDue(at: at) == nil)
        }
        #expect(incident.nextWarningAt == nil)
        #expect(incident.warningDue(at: .latest) == nil)
    }

    @Test func `that were slept through are one, the most urgent`() throws {
        var incident = try opened()
        #expect(incident.warningDue(at: start + .hours(69)) == .hours4)
        incident.warn(.hours4)
        // The clock goes back, and comes again.
        #expect(incident.warningDue(at: start + .hours(30)) == nil)
        #expect(incident.warningDue(at: start + .hours(72)) == nil)
        incident.warn(.hours48)
        #expect(incident.warned == .hours4)
        #expect(incident.warningDue(at: start + .hours(73)) == .missed)
    }

    @Test(
        arguments: [
            (720, [.hours48, .hours24, .hours4, .missed]),
            (49, [.hours48, .hours24, .hours4, .missed]), (48, [.hours24, .hours4, .missed]),
            (24, [.hours4, .missed]), (4, [.missed]), (1, [.missed]),
        ] as [(Int, [DeadlineWarning])])
    func `are those that are less than the whole time`(
        hours: Int, expected: [DeadlineWarning]
    ) throws {
        var incident = try opened(hours: hours)
        var told: [DeadlineWarning] = []
        while let at = incident.nextWarningAt, let warning = incident.warningDue(at: at) {
            told.append(warning)
            incident.warn(warning)
        }
        #expect(told == expected)
    }

    @Test func `end when everybody is told, or it was nothing`() throws {
        var told = try opened()
        try told.take(.told(.authority, at: start), because: "", at: start)
        #expect(told.nextWarningAt == start + .hours(24))
        try told.take(.waived(.people), because: "no high risk", at: start)
        #expect(told.nextWarningAt == nil)
        var dismissed = try opened()
        try dismissed.take(.dismissed, because: "our own test", at: start)
        #expect(dismissed.nextWarningAt == nil)
        #expect(try opened(found(.bruteForce, .high)).nextWarningAt == nil)
    }

    @Test(
        arguments: [
            // Summer time ends and begins, February ends with and without a leap day, the year ends.
            ("2026-10-24T23:30:00+02:00", "2026-10-27T22:30:00+01:00"),
            ("2027-03-27T12:00:00+01:00", "2027-03-30T13:00:00+02:00"),
            ("2028-02-27T06:00:00Z", "2028-03-01T06:00:00Z"),
            ("2027-02-26T06:00:00Z", "2027-03-01T06:00:00Z"),
            ("2026-12-30T23:59:59Z", "2027-01-02T23:59:59Z"),
            ("2026-04-28T10:00:00Z", "2026-05-01T10:00:00Z"),
        ])
    func `know hours, and neither daylight saving nor months`(from: String, to: String) throws {
        let since = try #require(Timestamp(rfc3339: from))
        let incident = try opened(found(.canary, .critical, from: since))
        #expect(incident.clock.notifyBy == Timestamp(rfc3339: to))
        #expect(try #require(incident.deadline) - since == .seconds(259_200))
    }

    @Test func `run from awareness where that is set`() throws {
        var incident = try opened(clock: .awareness)
        #expect(incident.clock.suspectedAt == start && incident.clock.notifyBy == nil)
        try incident.take(
            .confirmed(awareAt: start + .hours(3)), because: "seen", at: start + .hours(5))
        #expect(incident.clock.notifyBy == start + .hours(75))
        let canary = try opened(found(.canary, .critical), clock: .awareness)
        #expect(canary.clock.notifyBy == start + .hours(72))
    }
}

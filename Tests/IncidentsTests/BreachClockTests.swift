import Accounts
import Incidents
import Testing

@Suite struct `A breach clock` {
    @Test func `runs 259 200 seconds from the earliest sign`() {
        let limit = Duration.seconds(259_200)
        #expect(BreachClock().notifyBy == nil)
        #expect(BreachClock(awareAt: start).notifyBy == start + limit)
        let all = BreachClock(
            suspectedAt: start + .hours(1), awareAt: start + .hours(2), processorNotifiedAt: start)
        #expect(all.notifyBy == start + limit)
        let suspected = BreachClock(suspectedAt: start, awareAt: start + .hours(70))
        #expect(suspected.notifyBy == start + limit)
    }

    @Test func `is in time until its last microsecond`() {
        let clock = BreachClock(awareAt: start)
        let end = start + .hours(72)
        #expect(!clock.isMissed(at: end))
        #expect(clock.isMissed(at: end + .microseconds(1)))
        #expect(clock.remaining(at: end) == .zero)
        #expect(clock.remaining(at: start) == .hours(72))
        #expect(!BreachClock().isMissed(at: end))
    }

    @Test func `does not know daylight saving`() throws {
        let before = try #require(Timestamp(rfc3339: "2026-10-24T12:00:00+02:00"))
        let after = try #require(Timestamp(rfc3339: "2026-10-27T11:00:00+01:00"))
        #expect(BreachClock(awareAt: before).notifyBy == after)
    }

    @Test func `counts the hours that are set`() throws {
        let limit = try #require(BreachNotificationLimit(hours: 96))
        #expect(BreachClock(awareAt: start, limit: limit).notifyBy == start + .hours(96))
        #expect(BreachNotificationLimit(hours: 0) == nil)
        #expect(BreachNotificationLimit(hours: 1) != nil)
        #expect(BreachNotificationLimit(hours: 720) != nil)
        #expect(BreachNotificationLimit(hours: 721) == nil)
    }

    @Test(
        arguments: [
            (.bruteForce, .medium, false, false), (.bruteForce, .critical, true, false),
            (.canary, .critical, true, true), (.auditTampering, .critical, true, true),
        ] as [(EventType, Severity, Bool, Bool)])
    func `is started by a finding as far as it proves`(
        type: EventType, severity: Severity, suspected: Bool, aware: Bool
    ) {
        let finding = Finding(
            uid: Finding.uid(type, .passwordTag, startTime: start), type: type, severity: severity,
            subject: .passwordTag, counted: .attempts(1), succeeded: 1, window: .hours(1),
            startTime: start, lastTime: start, source: nil, isUpdate: false)
        let clock = BreachClock(startedBy: finding)
        #expect(clock.suspectedAt == (suspected ? start : nil))
        #expect(clock.awareAt == (aware ? start : nil))
    }
}

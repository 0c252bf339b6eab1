import Accounts
import Testing

private func time(_ text: String) -> Timestamp { Timestamp(rfc3339: text)! }  // literals

private let instant = Duration.microseconds(1)

private func request(
    _ received: String, _ right: Right = .access, _ identity: RequestIdentity = .unchecked,
    account: AccountID? = AccountID(bytes: [UInt8](repeating: 7, count: 16))
) -> RightsRequest {
    RightsRequest(
        id: RightsRequestID(bytes: [UInt8](repeating: 1, count: 16)), account: account,
        right: right, channel: .post, recordedAt: time(received), contact: nil, detail: nil,
        identity: identity, clock: RightsClock(receivedAt: time(received)))
}

@Suite struct `The time to answer a request` {
    @Test(arguments: [
        ("2027-01-31T10:00:00Z", "2027-02-28T10:00:00Z"),
        ("2028-01-31T10:00:00Z", "2028-02-29T10:00:00Z"),
        ("2028-02-29T00:00:00Z", "2028-03-29T00:00:00Z"),
        ("2027-03-31T23:59:59Z", "2027-04-30T23:59:59Z"),
        ("2026-12-31T08:00:00Z", "2027-01-31T08:00:00Z"),
        ("2027-03-28T00:30:00Z", "2027-04-28T00:30:00Z"),
    ])
    func `is one month, to the last day of a shorter one`(received: String, due: String) {
        let clock = RightsClock(receivedAt: time(received))
        #expect(clock.dueAt == time(due))
        #expect(!clock.isOverdue(at: time(due)))
        #expect(clock.isOverdue(at: time(due) + instant))
    }

    @Test func `is three months from receipt once that was announced in the first`() throws {
        var long = request("2026-11-30T10:00:00Z")
        try long.extend(at: time("2026-12-30T10:00:00Z"))
        #expect(long.clock.dueAt == time("2027-02-28T10:00:00Z"))
        var late = request("2026-11-30T10:00:00Z")
        #expect(throws: RightsError.firstMonthOver) {
            try late.extend(at: time("2026-12-30T10:00:00Z") + instant)
        }
        #expect(late.clock.dueAt == time("2026-12-30T10:00:00Z"))
        #expect(throws: RightsError.extended) { try long.extend(at: time("2026-12-30T10:00:00Z")) }
    }

    @Test func `stands while it is doubted who asks, and goes on with what was left`() throws {
        var asked = request("2027-01-31T10:00:00Z")
        try asked.doubt(at: time("2027-02-10T10:00:00Z"))
        #expect(asked.identity == .doubted && asked.clock.dueAt == nil)
        #expect(!asked.clock.isOverdue(at: time("2030-01-01T00:00:00Z")))
        #expect(throws: RightsError.suspended) { try asked.doubt(at: time("2027-02-11T10:00:00Z")) }
        try asked.verify(at: time("2027-02-20T11:00:00Z"))
        #expect(asked.clock.dueAt == time("2027-03-10T11:00:00Z"), "10 days and an hour later")
        #expect(throws: RightsError.verified) { try asked.doubt(at: time("2027-02-21T10:00:00Z")) }
    }

    @Test func `is extended while it stands, if it stood before the first month was over`() throws {
        var asked = request("2027-01-15T00:00:00Z")
        try asked.doubt(at: time("2027-02-15T00:00:00Z"))
        try asked.extend(at: time("2027-06-01T00:00:00Z"))
        try asked.verify(at: time("2027-06-01T00:00:00Z"))
        #expect(asked.clock.dueAt == time("2027-04-15T00:00:00Z") + .days(106))
    }

    @Test func `is not stopped by a doubt that comes too late`() throws {
        var asked = request("2027-01-15T00:00:00Z")
        #expect(throws: RightsError.overdue) {
            try asked.doubt(at: time("2027-02-15T00:00:00Z") + instant)
        }
        try asked.doubt(at: time("2027-02-15T00:00:00Z"))
    }

    @Test func `does not grow when a clock goes back`() throws {
        var asked = request("2027-01-15T00:00:00Z")
        try asked.doubt(at: time("2027-01-20T00:00:00Z"))
        try asked.verify(at: time("2027-01-19T00:00:00Z"))
        #expect(asked.clock.dueAt == time("2027-02-15T00:00:00Z"))
    }

    @Test func `never moves the promise of 60 days`() throws {
        var asked = request("2027-01-01T00:00:00Z")
        let promised = time("2027-03-02T00:00:00Z")
        #expect(asked.clock.promisedBy == promised)
        try asked.extend(at: time("2027-01-02T00:00:00Z"))
        try asked.doubt(at: time("2027-01-03T00:00:00Z"))
        #expect(asked.clock.promisedBy == promised)
        #expect(asked.reminderDue(at: promised) == nil)
        #expect(asked.reminderDue(at: promised + instant) == .promise)
    }
}

@Suite struct `Reminders of a request` {
    /// What is told, and when, if somebody looks at each of these times.
    private func told(
        _ request: RightsRequest, _ times: [Timestamp]
    ) -> [(reminder: RightsReminder, at: Timestamp)] {
        var request = request
        var told: [(reminder: RightsReminder, at: Timestamp)] = []
        for time in times {
            while let reminder = request.reminderDue(at: time) {
                request.note(reminder)
                told.append((reminder, time))
            }
        }
        return told
    }

    @Test func `come a week before, when it is over, and when the promise is`() {
        let asked = request("2027-01-01T00:00:00Z")
        let week = time("2027-01-25T00:00:00Z")
        let due = time("2027-02-01T00:00:00Z")
        let promised = time("2027-03-02T00:00:00Z")
        let times = [week, due, promised].flatMap { [$0 - instant, $0, $0 + instant] }
        let all = told(asked, times)
        #expect(all.map(\.reminder) == [.due, .overdue, .promise])
        #expect(all.map(\.at) == [week, due + instant, promised + instant])
    }

    @Test func `say the gravest first, and no more that it will be due`() {
        let all = told(request("2027-01-01T00:00:00Z"), [time("2028-01-01T00:00:00Z")])
        #expect(all.map(\.reminder) == [.promise, .overdue])
    }

    @Test func `come again for a date that moved`() throws {
        var asked = request("2027-01-01T00:00:00Z")
        asked.note(.due)
        try asked.extend(at: time("2027-01-30T00:00:00Z"))
        #expect(asked.reminderDue(at: time("2027-02-01T00:00:00Z")) == nil)
        #expect(asked.nextReminderAt == time("2027-03-02T00:00:00Z") + instant, "the promise")
        asked.note(.promise)
        #expect(asked.nextReminderAt == time("2027-03-25T00:00:00Z"))
    }

    @Test func `end with the decision`() throws {
        var asked = request("2027-01-01T00:00:00Z", .access, .verified)
        try asked.decide(.fulfilled, reason: nil, at: time("2027-06-01T00:00:00Z"))
        #expect(asked.nextReminderAt == nil)
        #expect(asked.reminderDue(at: time("2028-01-01T00:00:00Z")) == nil)
    }
}

@Suite struct `The decision on a request` {
    private let now = time("2027-01-10T00:00:00Z")
    private let why = Remark("manifestly unfounded")

    @Test(arguments: [RequestIdentity.unchecked, .doubted])
    func `grants nothing to somebody unknown`(identity: RequestIdentity) throws {
        for outcome in [RequestOutcome.fulfilled, .partlyFulfilled] {
            var asked = request("2027-01-01T00:00:00Z", .erasure, identity)
            #expect(throws: RightsError.notVerified) {
                try asked.decide(outcome, reason: why, at: now)
            }
        }
        for outcome in [RequestOutcome.refused, .notIdentified, .withdrawn] {
            var asked = request("2027-01-01T00:00:00Z", .erasure, identity)
            try asked.decide(outcome, reason: why, at: now)
            #expect(asked.decision?.outcome == outcome)
        }
    }

    @Test(arguments: RequestOutcome.allCases)
    func `gives reasons where it is not what was asked for`(outcome: RequestOutcome) throws {
        var asked = request("2027-01-01T00:00:00Z", .access, .verified)
        guard outcome.needsReason else {
            try asked.decide(outcome, reason: nil, at: now)
            return
        }
        #expect([.partlyFulfilled, .refused, .notIdentified].contains(outcome))
        #expect(throws: RightsError.reasonRequired) {
            try asked.decide(outcome, reason: nil, at: now)
        }
    }

    @Test func `is the last word`() throws {
        var asked = request("2027-01-01T00:00:00Z", .access, .verified)
        try asked.decide(.refused, reason: why, at: now)
        #expect(throws: RightsError.decided) { try asked.decide(.fulfilled, reason: nil, at: now) }
        #expect(throws: RightsError.decided) { try asked.doubt(at: now) }
        #expect(throws: RightsError.decided) { try asked.verify(at: now) }
        #expect(throws: RightsError.decided) { try asked.extend(at: now) }
    }

    @Test func `hands data out for access and portability, to who is known, about somebody`() throws
    {
        for right in Right.allCases {
            let asked = request("2027-01-01T00:00:00Z", right, .verified)
            if [.access, .portability].contains(right) {
                #expect(try asked.exportable() == asked.account)
            } else {
                #expect(throws: RightsError.notExportable) { try asked.exportable() }
            }
        }
        #expect(throws: RightsError.notVerified) {
            try request("2027-01-01T00:00:00Z").exportable()
        }
        #expect(throws: RightsError.noAccount) {
            try request("2027-01-01T00:00:00Z", .access, .verified, account: nil).exportable()
        }
    }
}

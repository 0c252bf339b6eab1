import Accounts
import Testing

private let start = Timestamp(seconds: 1_800_000_000)

@Suite struct `A session` {
    private let lifetimes = SessionLifetimes.standard

    @Test func `ends one idle hour after it was last seen`() {
        let end = start + .hours(3)
        let seen = start + .hours(2)
        #expect(lifetimes.expiry(startedAt: start, lastSeen: seen) == end)
        #expect(lifetimes.isLive(startedAt: start, lastSeen: seen, at: end - .microseconds(1)))
        #expect(!lifetimes.isLive(startedAt: start, lastSeen: seen, at: end))
    }

    @Test func `ends twelve hours after its start however busy`() {
        let end = start + .hours(12)
        let seen = end - .microseconds(1)
        #expect(lifetimes.isLive(startedAt: start, lastSeen: seen, at: seen))
        #expect(!lifetimes.isLive(startedAt: start, lastSeen: seen, at: end))
    }

    @Test func `is written at most once a minute`() {
        #expect(!SessionLifetimes.shouldTouch(lastWritten: start, at: start + .seconds(59)))
        #expect(SessionLifetimes.shouldTouch(lastWritten: start, at: start + .seconds(60)))
        #expect(!SessionLifetimes.shouldTouch(lastWritten: start, at: start - .seconds(59)))
        #expect(SessionLifetimes.shouldTouch(lastWritten: start, at: start - .seconds(60)))
    }

    @Test func `has lifetimes within their ranges`() {
        #expect(throws: Never.self) {
            try SessionLifetimes(absolute: .minutes(5), idle: .minutes(1))
        }
        #expect(throws: Never.self) { try SessionLifetimes(absolute: .days(30), idle: .days(30)) }
        #expect(throws: SessionLifetimesError.absolute) {
            try SessionLifetimes(absolute: .seconds(299), idle: .minutes(1))
        }
        #expect(throws: SessionLifetimesError.absolute) {
            try SessionLifetimes(absolute: .days(31), idle: .minutes(1))
        }
        #expect(throws: SessionLifetimesError.idle) {
            try SessionLifetimes(absolute: .hours(1), idle: .seconds(59))
        }
        #expect(throws: SessionLifetimesError.idle) {
            try SessionLifetimes(absolute: .hours(1), idle: .hours(2))
        }
    }
}

@Suite struct `A device token` {
    private let rules = DeviceTokenRules.standard

    @Test func `is good for 180 days, ten to an account`() {
        #expect(rules.expiry(issuedAt: start) == start + .days(180))
        #expect(rules.perAccountMax == 10)
    }
}

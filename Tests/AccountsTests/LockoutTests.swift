import Accounts
import SeededRandom
import Testing

private let start = Timestamp(seconds: 1_800_000_000)

/// A lockout that is used in place, as a row in the database is: `#expect` copies values.
private final class Row {
    var value: Lockout

    init(_ schedule: ThrottleSchedule, _ client: ClientClass) { value = Lockout(schedule, client) }
    init(_ value: Lockout) { self.value = value }

    /// Fails at once, or says until when it may not.
    func fail(at now: Timestamp) -> Timestamp? {
        switch value.reserve(at: now) {
        case .allowed: nil
        case .refused(let until): until
        }
    }

    func succeed(at now: Timestamp) -> Bool {
        guard case .allowed(let reservation) = value.reserve(at: now) else { return false }
        value.succeed(reservation, at: now)
        return true
    }
}

@Suite struct `A lockout` {
    @Test func `waits after the fifth failure, first 90 s, doubling up to two hours`() {
        let lockout = Row(.cnil, .stranger)
        var now = start
        for _ in 1...5 {
            #expect(lockout.fail(at: now) == nil)
            now = now + .seconds(1)
        }
        var last = start + .seconds(4)
        for wait in [90, 180, 360, 720, 1_440, 2_880, 5_760, 7_200, 7_200, 7_200] as [Int64] {
            let end = last + .seconds(wait)
            #expect(lockout.fail(at: last) == end)
            #expect(lockout.fail(at: end - .microseconds(1)) == end)
            #expect(lockout.fail(at: end) == nil)
            last = end
        }
        #expect(lockout.value.failureCount == 15)
    }

    @Test(arguments: [(ClientClass.stranger, 15), (.device, 10)])
    func `has no more failures in any 24 hours than its class`(client: ClientClass, budget: Int) {
        let lockout = Row(.cnil, client)
        var allowed: [Timestamp] = []
        var now = start
        // A guesser who tries every 30 s for four days, and now and then knows the password.
        for step in 0..<(4 * 2_880) {
            if step % 500 == 499 {
                _ = lockout.succeed(at: now)
            } else if lockout.fail(at: now) == nil {
                allowed.append(now)
            }
            now = now + .seconds(30)
        }
        for first in allowed {
            let inWindow = allowed.filter { $0 >= first && $0 - first < .hours(24) }.count
            #expect(inWindow <= budget)
        }
        #expect(allowed.count > 3 * budget)
    }

    @Test func `opens again exactly when the oldest failure is 24 hours old`() {
        let lockout = Row(.cnil, .device)
        var now = start
        for _ in 1...10 {
            if let until = lockout.fail(at: now) {
                now = until
                #expect(lockout.fail(at: now) == nil)
            }
        }
        #expect(lockout.value.failureCount == 10)
        let until = start + .hours(24)
        #expect(lockout.fail(at: now) == until)
        #expect(lockout.fail(at: until - .microseconds(1)) == until)
        #expect(lockout.fail(at: until) == nil)
    }

    @Test func `gives forty guesses at one instant five chances`() {
        let lockout = Row(.cnil, .stranger)
        let allowed = (0..<40).filter { _ in lockout.fail(at: start) == nil }
        #expect(allowed.count == 5)
    }

    @Test func `neither counts nor lengthens for a refused attempt`() {
        let lockout = Row(.cnil, .stranger)
        for _ in 1...5 { _ = lockout.fail(at: start) }
        let before = lockout.value
        for second in 0..<90 {
            #expect(lockout.fail(at: start + .seconds(Int64(second))) == start + .seconds(90))
        }
        #expect(lockout.value == before)
        #expect(lockout.fail(at: start + .seconds(90)) == nil)
    }

    @Test func `forgets the wait after a success, but not the failures of the day`() {
        let lockout = Row(.cnil, .stranger)
        for round in 0..<3 {
            let now = start + .seconds(Int64(round))
            for _ in 1...4 { #expect(lockout.fail(at: now) == nil) }
            #expect(lockout.succeed(at: now))
        }
        #expect(lockout.value.failureCount == 12)
        for _ in 1...3 { #expect(lockout.fail(at: start + .seconds(5)) == nil) }
        #expect(lockout.fail(at: start + .seconds(5)) == start + .hours(24))
        #expect(!lockout.succeed(at: start + .hours(23)))
    }

    @Test func `does not count successes`() {
        let lockout = Row(.cnil, .device)
        for second in 0..<1_000 { #expect(lockout.succeed(at: start + .seconds(Int64(second)))) }
        #expect(lockout.value.failureCount == 0)
        #expect(lockout.value.isExpired(at: start))
    }

    @Test func `takes an attempt back whose password was never looked at`() {
        let lockout = Row(.cnil, .stranger)
        for _ in 1...4 { _ = lockout.fail(at: start) }
        let before = lockout.value
        guard case .allowed(let reservation) = lockout.value.reserve(at: start + .seconds(1)) else {
            Issue.record("the fifth attempt is free")
            return
        }
        lockout.value.withdraw(reservation, at: start + .seconds(2))
        #expect(lockout.value == before)
    }

    @Test func `may be deleted 24 hours after its last failure`() {
        let lockout = Row(.cnil, .stranger)
        #expect(lockout.value.isExpired(at: start))
        _ = lockout.fail(at: start)
        _ = lockout.fail(at: start + .hours(1))
        #expect(lockout.value.expiresAt == start + .hours(25))
        #expect(!lockout.value.isExpired(at: start + .hours(25) - .microseconds(1)))
        #expect(lockout.value.isExpired(at: start + .hours(25)))
        _ = lockout.fail(at: start + .hours(25))
        #expect(lockout.value.failureCount == 1)
    }

    @Test func `stays shut when the clock goes backwards, and not for ever`() {
        let lockout = Row(.cnil, .stranger)
        let wrong = start + .days(3_650)
        for _ in 1...5 { _ = lockout.fail(at: wrong) }
        #expect(lockout.fail(at: start) == start + .seconds(90))
        #expect(lockout.fail(at: start + .seconds(89)) == start + .seconds(90))
        #expect(lockout.fail(at: start + .seconds(90)) == nil)
        #expect(lockout.value.failureCount == 6)
        #expect(lockout.value.isExpired(at: start + .seconds(90) + .hours(24)))
    }

    @Test func `keeps the day's budget when the clock goes backwards again and again`() {
        let lockout = Row(.cnil, .device)
        var allowed = 0
        for hour in 0..<500 {
            if lockout.fail(at: start - .hours(Int64(hour))) == nil { allowed += 1 }
        }
        #expect(allowed <= 10)
    }
}

@Suite struct `A stored lockout` {
    @Test func `survives whatever happened to it`() throws {
        var random = Seeded(4)
        for _ in 0..<300 {
            let client = Bool.random(using: &random) ? ClientClass.stranger : .device
            let lockout = Row(.cnil, client)
            var now = start
            for _ in 0..<Int.random(in: 0...40, using: &random) {
                now = now + .seconds(Int64.random(in: 0...9_000, using: &random))
                if Int.random(in: 0..<5, using: &random) == 0 {
                    _ = lockout.succeed(at: now)
                } else {
                    _ = lockout.fail(at: now)
                }
            }
            #expect(lockout.value.encoded.count <= 3 + 8 * 15)
            let read = try #require(Lockout(encoded: lockout.value.encoded, .cnil, client))
            #expect(read == lockout.value)
        }
    }

    @Test func `is refused when damaged`() {
        let lockout = Row(.cnil, .stranger)
        _ = lockout.fail(at: start)
        _ = lockout.fail(at: start + .seconds(1))
        let bytes = lockout.value.encoded
        #expect(bytes.count == 19)
        func read(_ bytes: [UInt8]) -> Lockout? { Lockout(encoded: bytes, .cnil, .stranger) }
        #expect(read(bytes) == lockout.value)
        for length in 0..<bytes.count { #expect(read(Array(bytes[..<length])) == nil) }
        #expect(read(bytes + [0]) == nil)
        #expect(read([2] + Array(bytes[1...])) == nil)
        #expect(read([1, 2, 26] + [UInt8](repeating: 0, count: 208)) == nil)
        #expect(read([1, 1, 0]) == nil)
        #expect(read([1, 0, 0]) == Lockout(.cnil, .stranger))
        let swapped = Array(bytes[..<3]) + Array(bytes[11...]) + Array(bytes[3..<11])
        #expect(read(swapped) == nil)
        #expect(read([1, 1, 1] + [UInt8](repeating: 0x7F, count: 8)) == nil)
    }

    @Test func `of a larger budget still shuts`() throws {
        let wide = try ThrottleSchedule(
            freeFailures: 9, firstDelay: .seconds(1), delayMax: .seconds(1),
            strangerFailures: 25, deviceFailures: 1)
        let lockout = Row(wide, .stranger)
        for second in 0..<60 { _ = lockout.fail(at: start + .seconds(Int64(second))) }
        #expect(lockout.value.failureCount == 25)
        let narrow = Row(
            try #require(Lockout(encoded: lockout.value.encoded, .cnil, .stranger)))
        let shut = narrow.fail(at: start + .hours(10))
        let until = try #require(shut)
        #expect(until > start + .hours(24) && until < start + .hours(25))
        #expect(narrow.fail(at: until) == nil)
    }
}

@Suite struct `A throttle schedule` {
    private func schedule(
        free: Int = 4, first: Duration = .seconds(90), cap: Duration = .hours(2),
        strangers: Int = 15, devices: Int = 10
    ) throws(ThrottleScheduleError) -> ThrottleSchedule {
        try ThrottleSchedule(
            freeFailures: free, firstDelay: first, delayMax: cap, strangerFailures: strangers,
            deviceFailures: devices)
    }

    @Test func `of the standard meets the figures of the CNIL`() throws {
        #expect(ThrottleSchedule.cnil.meetsCNIL)
        #expect(try schedule() == .cnil)
    }

    @Test func `must wait more than a minute after five failures`() throws {
        #expect(try !schedule(first: .seconds(60)).meetsCNIL)
        #expect(try schedule(first: .milliseconds(60_001)).meetsCNIL)
        #expect(try !schedule(free: 5).meetsCNIL)
        #expect(try schedule(free: 3, first: .seconds(31)).meetsCNIL)
        #expect(try !schedule(free: 3, first: .seconds(30)).meetsCNIL)
    }

    @Test func `must grow`() throws {
        #expect(try !schedule(cap: .seconds(90)).meetsCNIL)
        #expect(try schedule(cap: .seconds(91)).meetsCNIL)
    }

    @Test func `must allow no more than 25 failures a day over both classes`() throws {
        #expect(try schedule(strangers: 24, devices: 1).meetsCNIL)
        #expect(try !schedule(strangers: 16).meetsCNIL)
        #expect(try !schedule(devices: 11).meetsCNIL)
    }

    @Test func `is held to its ranges`() {
        #expect(throws: ThrottleScheduleError.freeFailures) { try schedule(free: 10) }
        #expect(throws: ThrottleScheduleError.freeFailures) { try schedule(free: -1) }
        #expect(throws: ThrottleScheduleError.firstDelay) { try schedule(first: .zero) }
        #expect(throws: ThrottleScheduleError.delayMax) { try schedule(cap: .seconds(89)) }
        #expect(throws: ThrottleScheduleError.delayMax) { try schedule(cap: .hours(25)) }
        #expect(throws: ThrottleScheduleError.strangerFailures) { try schedule(strangers: 0) }
        #expect(throws: ThrottleScheduleError.deviceFailures) { try schedule(devices: 26) }
    }
}

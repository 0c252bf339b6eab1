import Accounts
import Incidents
import Testing

@Suite struct `A delivery` {
    private let schedule = DeliverySchedule.standard

    @Test func `goes as its table says`() {
        let events: [DeliveryEvent] = [.leased, .acked, .failed, .expired, .redriven, .abandoned]
        let table: [DeliveryState: [DeliveryState?]] = [
            .ready: [.leased, nil, nil, nil, nil, .dead],
            .leased: [nil, .done, .ready, .ready, nil, nil],
            .done: [nil, nil, nil, nil, nil, nil],
            .dead: [nil, nil, nil, nil, .ready, nil],
        ]
        #expect(events == DeliveryEvent.allCases)
        for state in DeliveryState.allCases {
            #expect(events.map { state.after($0, attempts: 1, schedule) } == table[state])
        }
    }

    @Test func `is dead after its last attempt, however that ended`() {
        for event in [DeliveryEvent.failed, .expired] {
            #expect(DeliveryState.leased.after(event, attempts: 19, schedule) == .ready)
            #expect(DeliveryState.leased.after(event, attempts: 20, schedule) == .dead)
        }
        #expect(schedule.nextAttempt(afterAttempts: 19, at: start, random: 0) == start)
        #expect(schedule.nextAttempt(afterAttempts: 20, at: start, random: 0) == nil)
    }

    @Test func `waits at random up to a doubling ceiling`() {
        let ceilings: [Int64] = [2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024, 2_048, 4_096, 7_200]
        for (index, seconds) in ceilings.enumerated() {
            let longest = schedule.nextAttempt(afterAttempts: index + 1, at: start, random: .max)
            #expect(longest == start + .seconds(seconds))
            let shortest = schedule.nextAttempt(afterAttempts: index + 1, at: start, random: 0)
            #expect(shortest == start)
        }
        #expect(schedule.ceiling(afterAttempts: 100) == .hours(2))
        let middle = schedule.nextAttempt(afterAttempts: 2, at: start, random: 1 << 63)
        #expect(middle == start + .seconds(2))
    }

    @Test func `is leased for a second to an hour, half a minute if not said`() {
        #expect(schedule.leaseEnd(seconds: nil, at: start) == start + .seconds(30))
        #expect(schedule.leaseEnd(seconds: 1, at: start) == start + .seconds(1))
        #expect(schedule.leaseEnd(seconds: 3_600, at: start) == start + .hours(1))
        for seconds in [0, -1, 3_601, Int64.max] {
            #expect(schedule.leaseEnd(seconds: seconds, at: start) == nil)
        }
    }

    @Test func `comes in batches of one to a thousand, a hundred if not said`() {
        #expect(schedule.batch(max: nil) == 100)
        #expect(schedule.batch(max: 1) == 1)
        #expect(schedule.batch(max: 1_000) == 1_000)
        #expect(schedule.batch(max: 0) == nil)
        #expect(schedule.batch(max: 1_001) == nil)
    }

    @Test func `is abandoned when nobody fetched it for 30 days`() {
        let end = start + .days(30)
        #expect(!schedule.isAbandoned(lastFetched: start, at: end - .microseconds(1)))
        #expect(schedule.isAbandoned(lastFetched: start, at: end))
    }

    @Test func `is held to its ranges`() throws {
        let same = try DeliverySchedule(
            attemptsMax: 20, firstDelay: .seconds(2), delayMax: .hours(2), abandonedAfter: .days(30)
        )
        #expect(same == .standard)
        #expect(throws: DeliveryScheduleError.attemptsMax) {
            try DeliverySchedule(
                attemptsMax: 0, firstDelay: .seconds(2), delayMax: .hours(2),
                abandonedAfter: .days(30))
        }
        #expect(throws: DeliveryScheduleError.delayMax) {
            try DeliverySchedule(
                attemptsMax: 1, firstDelay: .seconds(2), delayMax: .seconds(1),
                abandonedAfter: .days(30))
        }
    }
}

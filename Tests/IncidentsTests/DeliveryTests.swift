import Accounts
import Incidents
import Testing

@Suite struct `A delivery` {
    private let schedule = DeliverySchedule.standard

    @Test func `is dead after its last attempt`() {
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

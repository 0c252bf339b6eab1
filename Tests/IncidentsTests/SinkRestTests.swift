import Accounts
import Incidents
import Testing

@Suite struct `The rest of a sink` {
    @Test func `is none while it works`() {
        let rest = SinkRest()
        #expect(rest.allowance(at: start, batchMax: 50) == 50)
    }

    @Test func `doubles at most with each failure, and ends at a minute`() {
        var rest = SinkRest()
        var now = start
        for expected in [1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60, 60, 60] as [Int64] {
            rest.failed(at: now, random: .max)
            let end = now + .seconds(expected)
            #expect(rest.allowance(at: end - .microseconds(1), batchMax: 50) == 0)
            // One probe, until it got through.
            #expect(rest.allowance(at: end, batchMax: 50) == 1)
            now = end
        }
        rest.succeeded()
        #expect(rest.allowance(at: now, batchMax: 50) == 50)
    }

    @Test func `is anything up to that`() {
        var rest = SinkRest()
        rest.failed(at: start, random: 0)
        #expect(rest.allowance(at: start, batchMax: 50) == 1)
        rest.failed(at: start, random: .max / 2)
        #expect(rest.allowance(at: start + .milliseconds(999), batchMax: 50) == 0)
        #expect(rest.allowance(at: start + .milliseconds(1_001), batchMax: 50) == 1)
    }

    @Test func `is as long as the other side asked for, an hour at most`() {
        var rest = SinkRest()
        rest.failed(at: start, retryAfter: .seconds(600), random: 0)
        #expect(rest.allowance(at: start + .seconds(600) - .microseconds(1), batchMax: 50) == 0)
        #expect(rest.allowance(at: start + .seconds(600), batchMax: 50) == 1)
        rest.failed(at: start, retryAfter: .hours(100), random: 0)
        #expect(rest.allowance(at: start + .hours(1) - .microseconds(1), batchMax: 50) == 0)
        #expect(rest.allowance(at: start + .hours(1), batchMax: 50) == 1)
    }

    @Test func `does not outlive a clock that is put back`() {
        var rest = SinkRest()
        rest.failed(at: start + .days(2), random: .max)
        #expect(rest.allowance(at: start, batchMax: 50) == 1)
    }
}

import Accounts
import Testing

@Suite struct `The links of an identifier` {
    /// One request after the other, and whether each got a link.
    private func spent(_ budget: inout LinkBudget, at times: [Timestamp]) -> [Bool] {
        times.map { budget.spend(at: $0) }
    }

    @Test func `are five in any hour`() {
        var budget = LinkBudget()
        let start = Timestamp(seconds: 1_000_000)
        let first = spent(&budget, at: (0..<5).map { start + .seconds($0) })
        #expect(first.allSatisfy { $0 })
        let hour = start + .hours(1)
        let later = spent(&budget, at: [hour - .microseconds(1), hour, hour])
        #expect(later == [false, true, false])
        #expect(budget.expiresAt == start + .hours(2))
    }

    @Test func `are no fewer when the clock goes back`() {
        var budget = LinkBudget()
        let first = spent(&budget, at: [Timestamp](repeating: .latest, count: 5))
        #expect(first.allSatisfy { $0 })
        let later = spent(&budget, at: [.epoch, .epoch + .hours(1)])
        #expect(later == [false, true])
    }

    @Test func `are kept in a row that nothing else is read from`() throws {
        var budget = LinkBudget()
        _ = budget.spend(at: Timestamp(seconds: 9))
        #expect(LinkBudget(encoded: budget.encoded) == budget)
        #expect(LinkBudget(encoded: LinkBudget().encoded) == LinkBudget())
        for bytes in [[], [2], [1, 0], budget.encoded + [0]] as [[UInt8]] {
            #expect(LinkBudget(encoded: bytes) == nil)
        }
    }
}

@Suite struct `A tightened schedule` {
    @Test func `is stricter than the CNIL's in every figure`() {
        let (tight, usual) = (ThrottleSchedule.tightened, ThrottleSchedule.cnil)
        #expect(tight.meetsCNIL)
        #expect(tight.freeFailures < usual.freeFailures)
        #expect(tight.strangerFailures * 2 <= usual.strangerFailures)
        #expect(tight.deviceFailures * 2 <= usual.deviceFailures)
        for failures in 0...25 {
            #expect(tight.delay(afterFailures: failures) >= usual.delay(afterFailures: failures))
        }
    }
}

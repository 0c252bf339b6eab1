@testable import Passwords
import SeededRandom
import Testing

@Suite struct `The search for a cost` {
    /// Runs it on a machine that takes so many nanoseconds for a KiB in one pass.
    private func found(
        targetMS: Int, memoryKiBMax: UInt32, nanosecondsPerKiB: Int
    ) -> (outcome: CostSearch.Outcome, asked: [HashCost]) {
        var search = CostSearch(
            target: .milliseconds(targetMS), memoryKiBMax: memoryKiBMax)
        var asked: [HashCost] = []
        while let cost = search.next {
            #expect(search.stepsLeftMax >= 1)
            asked.append(cost)
            search.learn(time(cost, nanosecondsPerKiB))
        }
        #expect(search.stepsLeftMax == 0)
        return (search.outcome, asked)
    }

    private func time(_ cost: HashCost, _ nanosecondsPerKiB: Int) -> Duration {
        .nanoseconds(Int(cost.memoryKiB) * Int(cost.passes) * nanosecondsPerKiB)
    }

    @Test func `takes as much memory as the time allows, at the least passes`() throws {
        // 2 passes of 400 MiB are 82 ms.
        let (outcome, _) = found(
            targetMS: 100, memoryKiBMax: 1_048_576, nanosecondsPerKiB: 100)
        guard case .found(let best) = outcome else { return #expect(Bool(false)) }
        #expect(best.cost.passes == 2)
        #expect(best.time <= .milliseconds(100))
        // And within an eighth of what would be too much.
        let more = best.cost.memoryKiB + best.cost.memoryKiB / 8 + 1_024
        #expect(time(best.cost.with(memoryKiB: more), 100) > .milliseconds(100))
    }

    @Test(arguments: zip([8, 12, 16, 20, 40, 999], [2, 3, 4, 5, 10, 10] as [UInt32]))
    func `takes more passes when memory is all there is`(targetMS: Int, passes: UInt32) {
        // A pass over 40 MB takes 4 ms.
        let (outcome, _) = found(
            targetMS: targetMS, memoryKiBMax: 40_000, nanosecondsPerKiB: 100)
        guard case .found(let best) = outcome else { return #expect(Bool(false)) }
        #expect(best.cost.memoryKiB == 40_000)
        #expect(best.cost.passes == passes)
    }

    @Test func `says so when not even the floor fits, and asks nothing more`() {
        let (outcome, asked) = found(
            targetMS: 38, memoryKiBMax: 1_048_576, nanosecondsPerKiB: 1_000)
        #expect(asked == [.floor])
        #expect(
            outcome
                == .floorIsTooSlow(
                    .init(cost: .floor, time: .nanoseconds(38_912_000))))
    }

    @Test func `keeps to the floor when it fits exactly and nothing else does`() {
        let (outcome, _) = found(
            targetMS: 38_912, memoryKiBMax: 1_048_576, nanosecondsPerKiB: 1_000_000)
        #expect(outcome == .found(.init(cost: .floor, time: .milliseconds(38_912))))
    }

    @Test(arguments: [0, 8, 19_455, 19_456] as [UInt32])
    func `takes the floor's memory where less is allowed`(memoryKiBMax: UInt32) {
        let (outcome, asked) = found(
            targetMS: 10_000, memoryKiBMax: memoryKiBMax, nanosecondsPerKiB: 1)
        guard case .found(let best) = outcome else { return #expect(Bool(false)) }
        #expect(best.cost == HashCost.floor.with(passes: 10))
        #expect(asked.allSatisfy { $0.memoryKiB == 19_456 })
    }

    @Test func `never asks for more than there is, nor more than a setting may say`() {
        for memoryKiBMax in [19_457, 100_000, 1_048_576, .max] as [UInt32] {
            let (outcome, asked) = found(
                targetMS: 10_000, memoryKiBMax: memoryKiBMax, nanosecondsPerKiB: 1)
            let most = min(memoryKiBMax, 1_048_576)
            guard case .found(let best) = outcome else { return #expect(Bool(false)) }
            #expect(best.cost.memoryKiB == most && best.cost.passes == 10)
            #expect(asked.allSatisfy { $0.memoryKiB <= most && $0.passes <= 10 })
        }
    }

    @Test func `ends after a dozen questions, and says how many are left`() {
        for targetMS in stride(from: 1, through: 9_000, by: 701) {
            for nanosecondsPerKiB in [1, 20, 400] {
                var search = CostSearch(
                    target: .milliseconds(targetMS), memoryKiBMax: 1_048_576)
                var count = 0
                while let cost = search.next {
                    let left = search.stepsLeftMax
                    search.learn(time(cost, nanosecondsPerKiB))
                    count += 1
                    #expect(search.stepsLeftMax < left)
                }
                #expect(count <= 14)
            }
        }
    }

    /// Measurements of a busy machine need not grow with what is measured.
    @Test func `ends whatever it is told`() {
        var random = Seeded(4)
        for _ in 0..<500 {
            var search = CostSearch(
                target: .milliseconds(10),
                memoryKiBMax: .random(in: 0...1_200_000, using: &random))
            var count = 0
            while let cost = search.next, count < 100 {
                #expect(cost.isAtLeastFloor)
                search.learn(.milliseconds(Int.random(in: 0...20, using: &random)))
                count += 1
            }
            #expect(count <= 14)
            if case .found(let best) = search.outcome { #expect(best.time <= .milliseconds(10)) }
        }
    }
}

@Suite struct `What a guess costs` {
    @Test func `is counted in the floor's traffic and memory`() throws {
        #expect(HashCost.floor.trafficToFloor == 1)
        #expect(HashCost.floor.memoryToFloor == 1)
        let cost = try HashCost(memoryKiB: 4 * 19_456, passes: 3)
        #expect(cost.trafficToFloor == 6)
        #expect(cost.memoryToFloor == 4)
    }
}

@testable import Incidents
import Accounts
import SeededRandom
import Testing

@Suite struct `A table of watched things` {
    /// Adds, removes, finds and sweeps at random beside a dictionary that does the same.
    @Test(arguments: [1, 2, 3] as [UInt64]) func `is a dictionary with a bound`(seed: UInt64) {
        var random = Seeded(seed)
        var table = WatchTable<UInt64, Int>(capacity: 300)
        var model: [UInt64: Int] = [:]
        for step in 0..<20_000 {
            let key = UInt64.random(in: 0..<500, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0, 1:
                if let slot = table.slot(of: key) {
                    table[slot: slot] = step
                    model[key] = step
                } else if !table.isFull {
                    let slot = table.add(step, for: key)
                    #expect(table[slot: slot] == step)
                    model[key] = step
                } else {
                    let gone = table.takeLeast { $0 }
                    #expect(gone.map { model.removeValue(forKey: $0.key) == $0.value } == true)
                }
            case 2: #expect(table.remove(key) == model.removeValue(forKey: key))
            default:
                table.sweep(steps: 3) { $0 % 7 == 0 }
                model = model.filter { table.slot(of: $0.key) != nil || $0.value % 7 != 0 }
            }
            #expect(table.count == model.count)
        }
        for (key, value) in model { #expect(table[key] == value) }
    }

    @Test func `keeps what must be kept`() {
        var table = WatchTable<UInt64, Int>(capacity: 8)
        for key in 0..<8 as Range<UInt64> { _ = table.add(Int(key), for: key) }
        let nothing = table.takeLeast { (_: Int) -> Int? in nil }
        #expect(nothing == nil)
        let least = table.takeLeast { $0 == 3 ? 1 : 2 }
        #expect(least?.key == 3)
        #expect(table[3] == nil)
    }
}

@Suite struct `A sliding count` {
    @Test func `forgets what is as old as its window`() {
        var count = SlidingCount(window: .minutes(1), capacity: 100)
        count.add(3, at: start)
        #expect(count.count(at: start + .minutes(1) - .microseconds(1)) == 3)
        #expect(count.count(at: start + .minutes(1)) == 0)
    }

    @Test func `says at least its capacity when there is more`() {
        var count = SlidingCount(window: .minutes(1), capacity: 10)
        for second in 0..<50 { count.add(at: start + .seconds(Int64(second))) }
        #expect(count.isFull)
        #expect(count.count(at: start + .seconds(49)) == 10)
        #expect(count.first == start + .seconds(40))
        #expect(count.count(after: start + .seconds(45)) == 4)
        #expect(count.time(ofLast: 10) == start + .seconds(40))
        #expect(count.time(ofLast: 11) == nil)
        count.add(1_000_000, at: start + .seconds(50))
        #expect(count.count(at: start + .seconds(50)) == 10)
    }

    @Test func `starts anew after the clock was put back by more than its window`() {
        var count = SlidingCount(window: .minutes(1), capacity: 100)
        count.add(5, at: start + .hours(1))
        count.add(at: start)
        #expect(count.count(at: start) == 1)
        // A late one counts.
        count.add(at: start - .seconds(1))
        #expect(count.count(at: start) == 2)
    }
}

@Suite struct `A filter of what was seen` {
    @Test func `never calls new what it saw, and hardly ever seen what is new`() {
        var filter = SeenFilter(bits: 8_192)
        var fresh = 0
        for key in 0..<1_000 as Range<UInt64> where filter.insert(key) { fresh += 1 }
        #expect((980...1_000).contains(fresh))
        for key in 0..<1_000 as Range<UInt64> {
            #expect(!filter.insert(key) && filter.contains(key))
        }
        filter.removeAll()
        #expect(!filter.contains(1))
    }
}

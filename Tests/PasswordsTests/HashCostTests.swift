import Passwords
import Testing

@Suite struct `The cost of a hash` {
    @Test(
        arguments: [
            (8, 1, 1), (16, 1, 2), (32, 1, 4), (1_048_576, 1, 1), (8, 10, 1), (65_536, 3, 4),
        ] as [(UInt32, UInt32, UInt32)])
    func `may be anything within its bounds`(
        memoryKiB: UInt32, passes: UInt32, parallelism: UInt32
    ) throws {
        let cost = try HashCost(memoryKiB: memoryKiB, passes: passes, parallelism: parallelism)
        #expect(cost.memoryKiB == memoryKiB && cost.passes == passes)
        #expect(cost.parallelism == parallelism)
    }

    @Test(
        arguments: [
            (7, 1, 1), (15, 1, 2), (31, 1, 4), (1_048_577, 1, 1), (8, 0, 1), (8, 11, 1), (8, 1, 0),
            (40, 1, 5), (0, 0, 0), (.max, .max, .max),
        ] as [(UInt32, UInt32, UInt32)])
    func `is refused outside them`(memoryKiB: UInt32, passes: UInt32, parallelism: UInt32) {
        #expect(throws: PasswordHashError.costOutOfRange) {
            try HashCost(memoryKiB: memoryKiB, passes: passes, parallelism: parallelism)
        }
    }

    @Test func `has a floor`() throws {
        #expect(HashCost.floor.isAtLeastFloor)
        #expect(HashCost.standard.isAtLeastFloor)
        #expect(try HashCost(memoryKiB: 19_456, passes: 2).isAtLeastFloor)
        #expect(try !HashCost(memoryKiB: 19_455, passes: 2).isAtLeastFloor)
        #expect(try !HashCost(memoryKiB: 1_048_576, passes: 1).isAtLeastFloor)
    }

    @Test func `is below another when anything of it is`() throws {
        let today = HashCost.standard
        #expect(!today.isBelow(today))
        #expect(try HashCost(memoryKiB: 65_535, passes: 3).isBelow(today))
        #expect(try HashCost(memoryKiB: 131_072, passes: 2).isBelow(today))
        #expect(try !HashCost(memoryKiB: 65_537, passes: 4, parallelism: 2).isBelow(today))
        #expect(try today.isBelow(HashCost(memoryKiB: 65_536, passes: 3, parallelism: 2)))
    }
}

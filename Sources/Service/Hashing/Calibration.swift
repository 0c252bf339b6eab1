package import Passwords

/// Measures what hashes take on this machine when every lane is busy, as it is when many people sign in,
/// until the strongest cost within a time is found.
package struct Calibration: Sendable {
    package let engine: Argon2Engine
    /// Threads that hash at the same time.
    package let lanes: Int
    private let target: Duration
    private let memoryKiBMax: UInt32

    /// How far it is, with what is measured now.
    package struct Progress: Sendable {
        package let done: Int
        /// At most; fewer measurements may do.
        package let total: Int
        package let cost: HashCost
    }

    /// A measurement is the median of so many, each of which takes about so long.
    private static let rounds = 5
    private static let roundTime = Duration.milliseconds(60)
    private static let hashesMax = 20

    /// - Parameters:
    ///   - target: what one hash may take.
    ///   - budgetMiB: what all lanes together may use, at least the floor's. Every processor gets a lane
    ///     unless the budget is too small for that many.
    package init(engine: Argon2Engine, target: Duration, budgetMiB: Int) {
        self.engine = engine
        self.target = target
        lanes = LaneCount.within(budgetMiB: budgetMiB, memoryKiB: HashCost.floor.memoryKiB)
        memoryKiBMax = UInt32(clamping: budgetMiB * 1_024 / lanes)
    }

    /// - Throws: when a lane gets no memory.
    package func run(
        _ show: (Progress) -> Void
    ) throws(PasswordHashError) -> CostSearch.Outcome {
        var search = CostSearch(target: target, memoryKiBMax: memoryKiBMax)
        var done = 0
        while let cost = search.next {
            show(Progress(done: done, total: done + search.stepsLeftMax, cost: cost))
            search.learn(try time(cost))
            done += 1
        }
        return search.outcome
    }

    /// What a hash takes while the other lanes compute one too.
    private func time(_ cost: HashCost) throws(PasswordHashError) -> Duration {
        let first = try race(cost, hashes: 1)
        // Far too slow is known after one.
        if first > target * 3 { return first }
        let hashes = min(max(Int(Self.roundTime / first), 1), Self.hashesMax)
        var times: [Duration] = []
        for _ in 0..<Self.rounds { times.append(try race(cost, hashes: hashes)) }
        return times.sorted()[Self.rounds / 2]
    }

    private func race(_ cost: HashCost, hashes: Int) throws(PasswordHashError) -> Duration {
        let engine = engine
        let duration = try Race.run(lanes) { timed throws(PasswordHashError) in
            var arena = try Argon2Arena(for: cost)
            let salt = [UInt8](repeating: 0, count: StoredHash.saltCount)
            let nothing: [UInt8] = []
            try timed { () throws(PasswordHashError) in
                for _ in 0..<hashes {
                    _ = try Argon2id.hash(
                        password: nothing.span, salt: salt.span, secret: nothing.span,
                        associatedData: nothing.span, cost: cost, tagCount: StoredHash.tagCount,
                        by: engine, in: &arena)
                }
            }
        }
        return duration / hashes
    }
}

/// Looks for the strongest cost that stays within a time, by asking for one measurement after another.
///
/// Strongest as RFC 9106 §4 advises: first as much memory as the time allows at the least passes, then
/// as many passes. Memory comes first because a guessing machine must pay for it in silicon.
///
/// The search holds no clock: it says what to measure, and is told how long it took.
package struct CostSearch: Sendable {
    /// What was measured.
    package struct Measurement: Equatable, Sendable {
        package let cost: HashCost
        package let time: Duration
    }

    package enum Outcome: Equatable, Sendable {
        case found(Measurement)
        /// Not even ``HashCost/floor`` fits. What it took.
        case floorIsTooSlow(Measurement)
    }

    /// Passes that a setting may have.
    private static let passesRange = HashCost.floor.passes...10
    private static let mebibyte: UInt32 = 1_024

    private let target: Duration
    private let memoryKiBMax: UInt32
    private var best: Measurement?
    private var floorTime: Duration?
    /// The least memory known to take too long, whatever was tried.
    private var tooMuchKiB: UInt32?
    /// The fewest passes known to take too long at the memory found.
    private var tooManyPasses: UInt32?

    /// - Parameters:
    ///   - target: what one hash may take.
    ///   - memoryKiBMax: what one hash may use, taken as at least the floor's and at most
    ///     ``HashCost/memoryKiBMax``.
    package init(target: Duration, memoryKiBMax: UInt32) {
        self.target = target
        self.memoryKiBMax = min(
            max(memoryKiBMax, HashCost.floor.memoryKiB), HashCost.memoryKiBMax)
    }

    /// What to measure next; `nil` when nothing is left to learn.
    package var next: HashCost? {
        guard let best else { return floorTime == nil ? .floor : nil }
        if let memoryKiB = nextMemoryKiB(above: best.cost.memoryKiB), tooManyPasses == nil,
            best.cost.passes == HashCost.floor.passes
        {
            return HashCost.floor.with(memoryKiB: memoryKiB)
        }
        let first = best.cost.passes + 1
        let last = min(tooManyPasses ?? .max, Self.passesRange.upperBound + 1) - 1
        guard first <= last else { return nil }
        return best.cost.with(passes: first + (last - first) / 2)
    }

    /// - Parameter time: what ``next`` took.
    package mutating func learn(_ time: Duration) {
        guard let cost = next else { preconditionFailure("nothing was asked") }
        if cost == .floor { floorTime = time }
        if time <= target {
            best = Measurement(cost: cost, time: time)
        } else if cost.passes > HashCost.floor.passes {
            tooManyPasses = cost.passes
        } else {
            tooMuchKiB = cost.memoryKiB
        }
    }

    /// - Precondition: ``next`` is `nil`.
    package var outcome: Outcome {
        if let best { return .found(best) }
        guard let floorTime else { preconditionFailure("the floor is measured first") }
        return .floorIsTooSlow(Measurement(cost: .floor, time: floorTime))
    }

    /// The most measurements that may still come, whatever they give; at most a dozen.
    package var stepsLeftMax: Int {
        guard next != nil else { return 0 }
        return 1
            + [Duration.zero, target + .nanoseconds(1)].reduce(0) { most, time in
                var search = self
                search.learn(time)
                return max(most, search.stepsLeftMax)
            }
    }

    /// Twice as much until it is too much, then halfway between, in whole MiB, until the two are an eighth
    /// apart: closer than measurements on a shared machine can be trusted.
    private func nextMemoryKiB(above memoryKiB: UInt32) -> UInt32? {
        guard let tooMuchKiB else {
            guard memoryKiB < memoryKiBMax else { return nil }
            return memoryKiB > memoryKiBMax / 2 ? memoryKiBMax : memoryKiB * 2
        }
        guard tooMuchKiB - memoryKiB > memoryKiB / 8 else { return nil }
        let middle = memoryKiB + (tooMuchKiB - memoryKiB) / 2
        return middle / Self.mebibyte * Self.mebibyte
    }
}

extension HashCost {
    /// Words moved and memory held in proportion to the floor's: what a guess costs somebody who
    /// guesses. A pass reads and writes the whole memory, so memory × passes is the traffic, which
    /// bounds guesses a second; memory is what each guess under way occupies.
    package var trafficToFloor: Double {
        Double(memoryKiB) * Double(passes)
            / (Double(HashCost.floor.memoryKiB) * Double(HashCost.floor.passes))
    }

    package var memoryToFloor: Double { Double(memoryKiB) / Double(HashCost.floor.memoryKiB) }
}

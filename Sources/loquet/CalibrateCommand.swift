import Glibc
import Passwords
import Service

/// `loquet calibrate --target-ms N`: the strongest hashing setting that this machine computes in time,
/// ready to paste into the configuration. Needs no store. Exit 1 when not even the floor fits.
func calibrate(_ words: [String]) throws -> Int32 {
    let arguments = try Arguments(
        words, values: ["--config", "--target-ms", "--memory-budget-mib"], flags: ["--json"])
    guard arguments.values["--target-ms"] != nil else {
        throw UsageError(text: "loquet calibrate needs --target-ms, the milliseconds of one hash")
    }
    let targetMilliseconds = try arguments.number("--target-ms", in: 1...10_000, unless: 0)
    let configuration = try arguments.configuration()
    // No more than there is: a process that fills it is killed, not refused.
    let machineMiB = sysconf(Int32(_SC_PHYS_PAGES)) / 256
    let budgetMiB = try arguments.number(
        "--memory-budget-mib", in: 19...max(19, min(machineMiB, 1_048_576)),
        unless: min(configuration.hashing.memoryBudgetMiB, max(19, machineMiB)))
    let calibration = try Calibration(
        engine: Argon2Engine.chosen(configuration.hashing.engine),
        target: .milliseconds(targetMilliseconds), budgetMiB: budgetMiB)

    var bar = TerminalBar()
    let outcome = try calibration.run { progress in
        bar.show(
            Int64(progress.done), of: Int64(progress.total),
            "\(progress.cost.memoryKiB) KiB, \(progress.cost.passes) passes")
    }
    bar.clear()
    let result = CalibrationResult(
        outcome: outcome, calibration: calibration, targetMilliseconds: targetMilliseconds,
        budgetMiB: budgetMiB)
    try printLine(arguments.flags.contains("--json") ? result.json : result.text)
    guard result.fits else {
        complain(
            "not even the floor, the least that is accepted, fits into \(targetMilliseconds) ms here: "
                + "it takes \(result.milliseconds) ms with \(calibration.lanes) lanes busy")
        return Exit.failed
    }
    return Exit.done
}

private struct CalibrationResult {
    let fits: Bool
    let measured: CostSearch.Measurement
    let calibration: Calibration
    let targetMilliseconds: Int
    let budgetMiB: Int

    init(
        outcome: CostSearch.Outcome, calibration: Calibration, targetMilliseconds: Int,
        budgetMiB: Int
    ) {
        switch outcome {
        case .found(let measured): (fits, self.measured) = (true, measured)
        case .floorIsTooSlow(let measured): (fits, self.measured) = (false, measured)
        }
        self.calibration = calibration
        self.targetMilliseconds = targetMilliseconds
        self.budgetMiB = budgetMiB
    }

    /// With one digit.
    var milliseconds: Double { ((measured.time / .microseconds(100)).rounded()) / 10 }

    /// Hashes that all lanes finish in a second. A login is one, and little else.
    private var loginsPerSecond: Double {
        (Double(calibration.lanes) / (measured.time / .seconds(1)) * 10).rounded() / 10
    }

    private var trafficToFloor: Double { (measured.cost.trafficToFloor * 10).rounded() / 10 }
    private var memoryToFloor: Double { (measured.cost.memoryToFloor * 10).rounded() / 10 }

    /// Comments and a member, as they stand in a configuration file.
    var text: String {
        let cost = measured.cost
        return """
            // \(calibration.lanes) lanes at once, \(calibration.engine.text): \(milliseconds) ms a hash, \
            about \(loginsPerSecond) logins a second.
            // Each guess moves \(trafficToFloor) times as many bytes as at the floor (\(floor)), and \
            holds \(memoryToFloor) times as much memory meanwhile.
            hashing: { memory_kib: \(cost.memoryKiB), passes: \(cost.passes), parallelism: 1, \
            memory_budget_mib: \(budgetMiB) },
            """
    }

    private var floor: String { "\(HashCost.floor.memoryKiB) KiB, \(HashCost.floor.passes) passes" }

    var json: String {
        let cost = measured.cost
        let value: JSONValue = [
            "fits": .boolean(fits),
            "target_ms": .integer(Int64(targetMilliseconds)),
            "hashing": [
                "memory_kib": .integer(Int64(cost.memoryKiB)),
                "passes": .integer(Int64(cost.passes)),
                "parallelism": .integer(Int64(cost.parallelism)),
                "memory_budget_mib": .integer(Int64(budgetMiB)),
            ],
            "engine": .string(calibration.engine.text),
            "lanes": .integer(Int64(calibration.lanes)),
            "hash_ms": .decimal(milliseconds),
            "logins_per_second": .decimal(loginsPerSecond),
            "bytes_moved_to_floor": .decimal(trafficToFloor),
            "memory_held_to_floor": .decimal(memoryToFloor),
        ]
        return String(decoding: value.bytes, as: UTF8.self)
    }
}

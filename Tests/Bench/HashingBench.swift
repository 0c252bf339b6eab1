import Passwords
import Service

struct HashingOptions {
    static let usage = "[--rounds N] [--json FILE]"

    /// Times that each contender is measured, 3 ... 101.
    let rounds: Int
    let jsonPath: String?

    init(_ words: [String]) throws(OptionError) {
        let words = try OptionWords(words, known: ["--rounds", "--json"])
        rounds = try words.number("--rounds", in: 3...101, unless: 15)
        jsonPath = words.text("--json")
    }
}

/// One contender at one cost on so many threads at once.
struct HashingMeasurement: Sendable {
    let contender: HashingContender
    let cost: HashCost
    let threads: Int
    /// Of each round, in their order.
    var secondsPerHash: [Double] = []

    var median: Double { quantile(0.5, of: secondsPerHash.sorted()) }
}

/// Every engine that this machine can run, and libargon2, at the floor and at the standard cost, on one
/// thread and on all lanes.
func measureHashing(_ options: HashingOptions) throws {
    let engine = try Argon2Engine.chosen(.auto)
    let budgetMiB = Configuration().hashing.memoryBudgetMiB
    let lanes = LaneCount.within(budgetMiB: budgetMiB, memoryKiB: HashCost.standard.memoryKiB)
    complain(
        "\(options.rounds) rounds on \(processors) processors, \(lanes) lanes; the service would use "
            + engine.text)
    let pages = try hugePageShare()
    let costs = [HashCost.floor, .standard]
    var measurements: [HashingMeasurement] = []
    for cost in costs {
        for threads in Set([1, lanes]).sorted() {
            measurements += HashingContender.all.map {
                HashingMeasurement(contender: $0, cost: cost, threads: threads)
            }
        }
    }
    var tags: [UInt32: [UInt8]] = [:]
    for cost in costs {
        var arena = try Argon2Arena(for: cost)
        tags[cost.memoryKiB] = try HashingContender.tag(
            cost, by: .libargon2(.configured), in: &arena)
    }
    // A short turn of each, again and again: what disturbs the machine for a while disturbs all alike.
    // The first round only warms up.
    for round in 0...options.rounds {
        for index in measurements.indices {
            let measurement = measurements[index]
            let hashes = measurement.cost == .floor ? 4 : 1
            let seconds = try measurement.contender.secondsPerHash(
                measurement.cost, threads: measurement.threads, hashes: hashes,
                expecting: tags[measurement.cost.memoryKiB] ?? [])
            if round > 0 { measurements[index].secondsPerHash.append(seconds) }
        }
    }
    let report = HashingReport(
        engine: engine, lanes: lanes, hugePageShare: pages,
        residentBytesMax: try residentBytesMax(),
        measurements: measurements)
    print(report.text)
    try write(report.json, to: options.jsonPath)
}

/// What is asked for.
enum Load: String, CaseIterable, Sendable {
    case introspection
    case login
}

/// One contender under one load for a short time.
struct Slot: Sendable {
    let elapsed: Duration
    /// Of every answer, from the first byte sent to the last one read.
    let latencies: [Duration]

    var perSecond: Double { Double(latencies.count) / (elapsed / .seconds(1)) }
}

/// What all rounds of one contender under one load gave.
struct Measurement: Sendable {
    let contender: String
    let load: Load
    /// Of each round, in their order.
    let perSecond: [Double]
    let p50Milliseconds: Double
    let p99Milliseconds: Double

    var medianPerSecond: Double { quantile(0.5, of: perSecond.sorted()) }

    init(contender: String, load: Load, _ slots: [Slot]) {
        (self.contender, self.load) = (contender, load)
        perSecond = slots.map(\.perSecond)
        let latencies = slots.flatMap(\.latencies).sorted()
        p50Milliseconds = quantile(0.5, of: latencies) / .milliseconds(1)
        p99Milliseconds = quantile(0.99, of: latencies) / .milliseconds(1)
    }
}

/// The least element that at least this share of all does not exceed.
///
/// - Precondition: `sorted` is not empty.
func quantile<Value>(_ share: Double, of sorted: [Value]) -> Value {
    sorted[max(0, Int((share * Double(sorted.count)).rounded(.up)) - 1)]
}

/// Measures every contender under every load, a short slot of each in turn, again and again: what
/// disturbs the machine for a while disturbs all alike. The first round only warms up.
///
/// - Parameter seconds: all rounds together.
func measure(_ contenders: [Contender], seconds: Int) throws -> [Measurement] {
    let rounds = 5
    let slotCount = (rounds + 1) * Load.allCases.count * contenders.count
    let duration = Duration.seconds(seconds) / slotCount
    var slots = Load.allCases.map { _ in contenders.map { _ in [Slot]() } }
    for round in 0...rounds {
        for (row, load) in Load.allCases.enumerated() {
            for (column, contender) in contenders.enumerated() {
                let slot = try contender.run(load, for: duration)
                if round > 0 { slots[row][column].append(slot) }
            }
        }
    }
    return Load.allCases.enumerated().flatMap { row, load in
        contenders.enumerated().map { column, contender in
            Measurement(contender: contender.name, load: load, slots[row][column])
        }
    }
}

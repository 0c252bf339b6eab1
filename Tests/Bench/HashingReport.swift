import Passwords
import Service

/// What was measured, for a person and for a program.
struct HashingReport {
    /// What the service would use.
    let engine: Argon2Engine
    let lanes: Int
    /// Of an arena, 0 ... 1.
    let hugePageShare: Double
    let residentBytesMax: Int
    let measurements: [HashingMeasurement]

    var text: String {
        let arenas = lanes * Int(HashCost.standard.memoryKiB) / 1_024
        return [
            table,
            "",
            "ratios: how many times as fast as libargon2, and as libargon2 in our arena",
            "resident at most \(residentBytesMax >> 20) MiB, of which \(lanes) arenas are \(arenas) MiB; "
                + "\(number(hugePageShare * 100, digits: 0)) % of an arena is in huge pages",
        ].joined(separator: "\n")
    }

    private var table: String {
        var rows = [["", "", "ms", "ratio", "in arena"]]
        if lanes > 1 { rows[0] += ["\(lanes) lanes: hashes/s", "ratio", "in arena"] }
        var last: HashCost?
        for single in measurements where single.threads == 1 {
            let cost = single.cost
            let mark = single.contender == .engine(engine) ? " (auto)" : ""
            var row = [
                cost == last ? "" : "\(cost.memoryKiB) KiB, \(cost.passes) passes",
                single.contender.name + mark, number(single.median * 1_000, digits: 1),
            ]
            row += ratios(single)
            if lanes > 1, let all = measurement(single.contender, cost, lanes) {
                row += [number(Double(all.threads) / all.median, digits: 1)] + ratios(all)
            }
            rows.append(row)
            last = cost
        }
        return layout(rows, texts: 2)
    }

    var json: JSONValue {
        [
            "processors": .integer(Int64(processors)),
            "lanes": .integer(Int64(lanes)),
            "engine": .string(engine.text),
            "huge_page_share": .decimal(hugePageShare),
            "resident_bytes_max": .integer(Int64(residentBytesMax)),
            "results": .array(
                measurements.map { measurement in
                    [
                        "contender": .string(measurement.contender.name),
                        "memory_kib": .integer(Int64(measurement.cost.memoryKiB)),
                        "passes": .integer(Int64(measurement.cost.passes)),
                        "parallelism": .integer(Int64(measurement.cost.parallelism)),
                        "threads": .integer(Int64(measurement.threads)),
                        "ms_per_hash": .decimal(measurement.median * 1_000),
                        "ms_per_hash_of_rounds": .array(
                            measurement.secondsPerHash.map { .decimal($0 * 1_000) }),
                        "hashes_per_second": .decimal(
                            Double(measurement.threads) / measurement.median),
                        "ratio_to_libargon2": ratio(measurement, to: .plainLibrary).map {
                            .decimal($0)
                        } ?? .null,
                        "ratio_to_libargon2_in_arena": ratio(measurement, to: .inArena).map {
                            .decimal($0)
                        } ?? .null,
                    ]
                }),
        ]
    }

    private func ratios(_ measurement: HashingMeasurement) -> [String] {
        [HashingContender.plainLibrary, .inArena].map { other in
            ratio(measurement, to: other).map { number($0, digits: 2) } ?? ""
        }
    }

    private func ratio(
        _ measurement: HashingMeasurement, to contender: HashingContender
    ) -> Double? {
        self.measurement(contender, measurement.cost, measurement.threads).map {
            $0.median / measurement.median
        }
    }

    private func measurement(
        _ contender: HashingContender, _ cost: HashCost, _ threads: Int
    ) -> HashingMeasurement? {
        measurements.first {
            $0.contender == contender && $0.cost == cost && $0.threads == threads
        }
    }
}

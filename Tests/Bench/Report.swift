import Foundation
import Service

/// What was measured, for a person and for a program.
struct Report {
    let options: LoadOptions
    let measurements: [Measurement]

    var table: String {
        var rows = [["", "", "requests/s", "to SQLite", "p50 ms", "p99 ms"]]
        var last: Load?
        for measurement in measurements {
            rows.append([
                measurement.load == last ? "" : measurement.load.rawValue, measurement.contender,
                number(measurement.medianPerSecond, digits: 0),
                number(ratio(measurement), digits: 2),
                number(measurement.p50Milliseconds, digits: 2),
                number(measurement.p99Milliseconds, digits: 2),
            ])
            last = measurement.load
        }
        return layout(rows, texts: 2)
    }

    var json: JSONValue {
        [
            "seconds": .integer(Int64(options.seconds)),
            "clients": .integer(Int64(options.clients)),
            "processors": .integer(Int64(processors)),
            "results": .array(
                measurements.map { measurement in
                    [
                        "load": .string(measurement.load.rawValue),
                        "storage": .string(measurement.contender),
                        "requests_per_second": .decimal(measurement.medianPerSecond),
                        "requests_per_second_of_rounds": .array(
                            measurement.perSecond.map(JSONValue.decimal)),
                        "ratio_to_sqlite": .decimal(ratio(measurement)),
                        "p50_ms": .decimal(measurement.p50Milliseconds),
                        "p99_ms": .decimal(measurement.p99Milliseconds),
                    ]
                }),
        ]
    }

    /// To the first contender under the same load.
    private func ratio(_ measurement: Measurement) -> Double {
        let first = measurements.first { $0.load == measurement.load } ?? measurement
        return measurement.medianPerSecond / first.medianPerSecond
    }
}

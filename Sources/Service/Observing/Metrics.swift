import Threads

/// Counters and gauges in Prometheus' text format (version 0.0.4).
///
/// Every series is declared here, so that nothing unbounded, such as a path from outside, can become
/// a label.
package final class Metrics: Sendable {
    package enum Counter: String, CaseIterable, Sendable {
        case requests = "loquet_http_requests_total"
        case signIns = "loquet_sign_ins_total"
        case hashes = "loquet_hashes_total"
        case verifications = "loquet_verifications_total"
        case hashDisagreements = "loquet_hash_disagreements_total"
        case overloads = "loquet_overloads_total"
        case eventsEnqueued = "loquet_events_enqueued_total"
        case deliveries = "loquet_deliveries_total"
        case notices = "loquet_notices_total"

        var help: String {
            switch self {
            case .requests: "Answered requests by status."
            case .signIns: "Sign-in attempts by outcome."
            case .hashes: "Password hashes computed."
            case .verifications: "Passwords compared with a stored hash or a decoy by scheme."
            case .hashDisagreements:
                "Times the hashing kernel gave another hash than libargon2, at start or in service."
            case .overloads: "Requests refused because no lane would be free in time."
            case .eventsEnqueued: "Events written to the incident queue by type."
            case .deliveries: "Deliveries by sink and outcome."
            case .notices: "Notices by kind and outcome."
            }
        }
    }

    package struct Gauge: Sendable {
        let name: String
        let help: String
        /// Label text, such as `{sink="pull"}`, or empty; and value.
        let samples: [(labels: String, value: Double)]

        package init(
            _ name: String, _ help: String, _ samples: [(labels: String, value: Double)]
        ) {
            self.name = name
            self.help = help
            self.samples = samples
        }
    }

    /// Upper bounds of the request duration histogram, in seconds.
    private static let bounds = [0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

    private struct State {
        var counters: [Counter: [String: Int]] = [:]
        var buckets = [Int](repeating: 0, count: Metrics.bounds.count)
        var count = 0
        var sum = 0.0
    }

    private let state = Guarded(State())

    package init() {}

    /// - Parameter labels: `name="value"` pairs of fixed words, such as `outcome="success"`.
    package func add(_ counter: Counter, _ labels: String = "", _ amount: Int = 1) {
        state.withLock { $0.counters[counter, default: [:]][labels, default: 0] += amount }
    }

    package func observe(request duration: Duration) {
        let seconds = Double(duration / .nanoseconds(1)) / 1e9
        state.withLock { state in
            state.count += 1
            state.sum += seconds
            for index in Self.bounds.indices where seconds <= Self.bounds[index] {
                state.buckets[index] += 1
            }
        }
    }

    /// Everything, with gauges that the caller measured just now.
    package func text(gauges: [Gauge]) -> String {
        let state = state.withLock { $0 }
        var text = ""
        for counter in Counter.allCases {
            text += "# HELP \(counter.rawValue) \(counter.help)\n"
            text += "# TYPE \(counter.rawValue) counter\n"
            for (labels, value) in (state.counters[counter] ?? [:]).sorted(by: { $0.key < $1.key })
            {
                text += counter.rawValue + (labels.isEmpty ? "" : "{\(labels)}") + " \(value)\n"
            }
        }
        text += "# HELP loquet_http_request_seconds From the request line to the last byte.\n"
        text += "# TYPE loquet_http_request_seconds histogram\n"
        for (bound, count) in zip(Self.bounds, state.buckets) {
            text += "loquet_http_request_seconds_bucket{le=\"\(bound)\"} \(count)\n"
        }
        text += "loquet_http_request_seconds_bucket{le=\"+Inf\"} \(state.count)\n"
        text += "loquet_http_request_seconds_sum \(state.sum)\n"
        text += "loquet_http_request_seconds_count \(state.count)\n"
        for gauge in gauges {
            text += "# HELP \(gauge.name) \(gauge.help)\n# TYPE \(gauge.name) gauge\n"
            for (labels, value) in gauge.samples { text += "\(gauge.name)\(labels) \(value)\n" }
        }
        return text
    }
}

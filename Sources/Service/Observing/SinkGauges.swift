import Accounts
import Incidents

extension SinkStatus {
    /// What EVENTS' consumers are watched by. A sink that was taken out is shown as long as it holds
    /// something.
    static func gauges(_ all: [SinkStatus], at now: Timestamp) -> [Metrics.Gauge] {
        let label = { (status: SinkStatus) in "sink=\"\(status.sink.rawValue)\"" }
        return [
            .init(
                "loquet_queue_depth", "Deliveries by sink and state.",
                all.flatMap { status in
                    let counts: [(DeliveryState, Int64)] = [
                        (.ready, status.ready), (.leased, status.leased), (.dead, status.dead),
                    ]
                    return counts.map { state, count in
                        ("{\(label(status)),state=\"\(state.rawValue)\"}", Double(count))
                    }
                }),
            .init(
                "loquet_oldest_undelivered_seconds", "Age of the oldest waiting delivery.",
                all.map { status in
                    let age = status.oldest.map { Double((now - $0).microseconds) / 1e6 } ?? 0
                    return ("{\(label(status))}", age)
                }),
            .init(
                "loquet_dead_letters", "Deliveries that wait for an administrator.",
                all.map { ("{\(label($0))}", Double($0.dead)) }),
            .init(
                "loquet_sink_paused", "1 while an administrator's word is awaited.",
                all.map { ("{\(label($0))}", $0.pause == nil ? 0 : 1) }),
        ]
    }
}

import Accounts
package import HTTP
import Incidents
import Passwords
import Storage
import Threads

/// Answers `GET /metrics` on a listener of its own, which operators keep inside.
package final class MetricsListener: RequestHandler {
    private let node: Node
    private let lanes: HashingLanes

    package init(node: Node, lanes: HashingLanes) {
        self.node = node
        self.lanes = lanes
    }

    package func reply(to request: Request) -> Reply {
        guard request.path == "/metrics" else { return .now(Problem.notFound.response) }
        guard request.method == "GET" || request.method == "HEAD" else {
            return .now(Problem.methodNotAllowed(allowed: ["GET"]).response)
        }
        do {
            let text = node.metrics.text(gauges: try gauges())
            return .now(
                Response(
                    status: 200,
                    headers: [
                        (name: "Content-Type", value: "text/plain; version=0.0.4; charset=utf-8")
                    ],
                    body: Array(text.utf8)))
        } catch {
            return .now(error.response)
        }
    }

    package func response(for refusal: HTTPRefusal) -> Response {
        Problem(.invalidRequest, "The request was refused.", status: refusal.status).response
    }

    package func finished(_ request: FinishedRequest) {}

    private func gauges() throws(Problem) -> [Metrics.Gauge] {
        let now = node.clock()
        let (sinks, running, auditHead) = try node.withProblems { () throws(DatabaseError) in
            try node.database.read { reader throws(DatabaseError) in
                (
                    try SinkStatus.all(configured: node.sinks, reader),
                    try IncidentStore.running(limit: IncidentBook.clocksMax, reader),
                    try AuditStore.head(reader)
                )
            }
        }
        let sources = node.sources.withLock { $0.entryCounts }
        return [
            .init(
                "loquet_corpus_intact",
                "1 while the corpus of breached passwords is as it was verified, 0 once it is not.",
                node.corpus.map { [("", $0.isIntact ? 1 : 0)] } ?? []),
            .init("loquet_hashing_lanes", "Hashing threads.", [("", Double(lanes.count))]),
            .init(
                "loquet_hashing_engine", "What computes hashes now.",
                [("{engine=\"\(node.hasher.current.word)\"}", 1)]),
            .init(
                "loquet_hashing_fallback", "1 when the hashing kernel was found to be wrong.",
                [("", node.hasher.current.isFallback ? 1 : 0)]),
            .init(
                "loquet_hashes_pending", "Hashes accepted and not yet done.",
                [("", Double(lanes.pending))]),
            .init(
                "loquet_hashing_arena_bytes", "Memory of all hashing threads together.",
                [("", Double(lanes.arenaBytes))]),
            .init(
                "loquet_source_budgets", "Sources with failures in the last ten minutes.",
                [
                    ("{kind=\"narrow\"}", Double(sources.narrow)),
                    ("{kind=\"wide\"}", Double(sources.wide)),
                    ("{kind=\"application\"}", Double(sources.applications)),
                ]),
            .init(
                "loquet_breach_clock_remaining_seconds",
                "Until an incident must be told, the most urgent ones; negative when missed.",
                running.compactMap { record in
                    let incident = record.incident
                    return incident.clock.remaining(at: now).map {
                        ("{incident=\"\(incident.id.text)\"}", Double($0.microseconds) / 1e6)
                    }
                }),
        ] + SinkStatus.gauges(sinks, at: now) + node.auditGauges(head: auditHead, at: now)
    }
}

import Accounts
import Foundation
import Outbound
import Service
import Storage
import Testing

/// A broker that is not there: nothing listens on port 1.
private func withBroker(_ configuration: inout Configuration) {
    do {
        configuration.sinks.amqp = try AMQPEndpoint(parsing: "amqp://127.0.0.1:1")
    } catch {
        Issue.record("a literal URL")
    }
}

@Suite struct `A sink` {
    private let queue = "/v1/admin/incident-queue"

    private func control(
        _ service: RunningService, _ path: String, _ body: JSONValue? = nil
    ) throws -> Answer {
        try service.call("POST", "\(queue)/\(path)", key: service.keys.adminKey, body)
    }

    /// Events that died in `pull`, and who was told.
    private func dying(
        _ service: RunningService, attempts: Int, people: Int
    ) throws {
        for index in 0..<people { try service.register(Person(email: "p\(index)@example.com")) }
        for _ in 0..<attempts {
            #expect(
                try service.settle("nack", try service.lease().map(\.token)).status == 204)
            service.advance(.hours(1))
        }
    }

    @Test func `gets a delivery of its own for each event`() throws {
        let service = try RunningService(withBroker)
        try service.register()
        #expect(
            try service.texts("SELECT sink FROM delivery ORDER BY sink") == ["amqp", "pull"])
    }

    @Test func `gets nothing of what was before it, and keeps what waits when it goes`() throws {
        let before = try RunningService()
        try before.register()
        let with = try before.restarted(withBroker)
        try with.register(Person(email: "bob@example.com"))
        #expect(try with.number("SELECT COUNT(*) FROM delivery WHERE sink = 'amqp'") == 1)
        let after = try with.restarted { $0.sinks.amqp = nil }
        try after.register(Person(email: "eve@example.com"))
        #expect(try after.number("SELECT COUNT(*) FROM delivery WHERE sink = 'amqp'") == 1)
        let status = try after.call("GET", queue, key: after.keys.adminKey)
        #expect(status.status == 200)
        guard case .array(let sinks) = status.json["sinks"] else {
            Issue.record("no sinks: \(status.text)")
            return
        }
        #expect(sinks.map { $0["sink"] } == ["pull", "amqp"])
        #expect(sinks.map { $0["configured"] } == [true, false])
        #expect(sinks[1]["ready"] == 1 || sinks[1]["leased"] == 1)
    }

    @Test func `waits while it is paused`() throws {
        let service = try RunningService()
        try service.register()
        #expect(try control(service, "pull/pause", ["reason": "the SOC moves"]).status == 204)
        #expect(try control(service, "pull/pause", ["reason": "again"]).status == 204)
        let lease = try service.call("POST", "\(queue)/pull/lease", key: service.keys.adminKey)
        #expect(lease.status == 409 && lease.code == "sink_paused")
        #expect(try service.metric("loquet_sink_paused") == 1)
        let status = try service.call("GET", queue, key: service.keys.adminKey)
        guard case .array(let sinks) = status.json["sinks"] else { return }
        #expect(sinks[0]["paused"]?["reason"] == "the SOC moves")
        #expect(try control(service, "pull/resume").status == 204)
        #expect(try service.lease().count == 1)
        #expect(
            try service.texts("SELECT action FROM audit WHERE object = 'sink/pull' ORDER BY action")
                == ["sink.paused", "sink.resumed"])
        // Enqueued or not, nobody waited for it.
        #expect(try service.call("GET", "/readyz").status == 200)
    }

    @Test(
        arguments: [
            ("pause", nil), ("pause", [:]), ("pause", ["reason": ""]),
            ("pause", ["reason": .string(String(repeating: "x", count: 201))]),
            ("pause", ["reason": "x", "until": 1]), ("resume", ["x": 1]),
            ("redrive", ["event_ids": []]), ("redrive", ["event_ids": "x"]),
            ("redrive", ["ids": []]),
        ] as [(String, JSONValue?)])
    func `refuses what it does not understand`(verb: String, body: JSONValue?) throws {
        let service = try RunningService()
        let answer = try control(service, "webhook/\(verb)", body)
        #expect([400, 415].contains(answer.status))
    }

    @Test(arguments: ["mail", "PULL", "pull2"])
    func `has one of three names`(name: String) throws {
        let service = try RunningService()
        for verb in ["redrive", "resume"] {
            #expect(try control(service, "\(name)/\(verb)").status == 404)
        }
    }

    @Test func `tells the others of its dead letters, once for all of them`() throws {
        let service = try RunningService {
            $0.queue.attemptsMax = 2
            withBroker(&$0)
        }
        try dying(service, attempts: 2, people: 3)
        #expect(try service.metric("loquet_dead_letters") == 3)
        let told = try service.texts(
            """
            SELECT d.sink FROM delivery d JOIN event e ON e.id = d.event_id
            WHERE e.type = 'loquet.delivery.dead.v1'
            """)
        #expect(told == ["amqp"])
        let body = try #require(
            try service.texts(
                "SELECT CAST(body AS TEXT) FROM event WHERE type = 'loquet.delivery.dead.v1'"
            ).first)
        #expect(body.contains("\"message\":\"3 deliveries to pull became dead letters\""))
        #expect(body.contains("\"subject\":\"sink/pull\""))
    }

    @Test func `tells nobody when such a message dies itself`() throws {
        let service = try RunningService { $0.queue.attemptsMax = 1 }
        try dying(service, attempts: 1, people: 1)
        #expect(
            try service.number(
                "SELECT COUNT(*) FROM event WHERE type = 'loquet.delivery.dead.v1'") == 1)
        // As if another sink had told this one.
        try service.execute(
            """
            INSERT INTO delivery
                (event_id, sink, sequence, state, attempts, not_before_us, fetched_at_us)
            SELECT id, 'pull', sequence, 'ready', 0, 0, created_at_us FROM event
            WHERE type = 'loquet.delivery.dead.v1'
            """)
        let leased = try service.lease()
        #expect(leased.map(\.event.type) == ["loquet.delivery.dead.v1"])
        #expect(try service.settle("nack", leased.map(\.token)).status == 204)
        service.advance(.hours(1))
        #expect(try service.lease().isEmpty)
        #expect(try service.metric("loquet_dead_letters") == 2)
        #expect(
            try service.number(
                "SELECT COUNT(*) FROM event WHERE type = 'loquet.delivery.dead.v1'") == 1)
    }

    @Test func `gives its dead letters again when they are redriven`() throws {
        let service = try RunningService { $0.queue.attemptsMax = 1 }
        try dying(service, attempts: 1, people: 3)
        #expect(try service.lease().isEmpty)
        let ids = try service.texts(
            "SELECT event_id FROM delivery WHERE state = 'dead' ORDER BY sequence")
        let some = try control(
            service, "pull/redrive", ["event_ids": [.string(ids[1]), "no such id"]])
        #expect(some.status == 200 && some.json == ["redriven": 1])
        #expect(try service.lease().map(\.event.id) == [ids[1]])
        let all = try control(service, "pull/redrive")
        #expect(all.json == ["redriven": 2])
        #expect(try control(service, "pull/redrive").json == ["redriven": 0])
        let again = try service.lease()
        #expect(again.map(\.event.id) == [ids[0], ids[2]] && again.map(\.attempt) == [1, 1])
        #expect(
            try service.texts("SELECT action FROM audit WHERE object = 'sink/pull'")
                == ["sink.redriven", "sink.redriven"])
    }

    @Test func `redrives what nobody fetched for thirty days without its dying at once`() throws {
        let service = try RunningService()
        try service.register()
        let key = try APIKeys(service.database, actor: "cli:0").make(
            administrator: "x", roles: [.operator], lifetime: .days(60)
        ).key
        service.advance(.days(30))
        let lease = { try service.call("POST", "\(queue)/pull/lease", key: key) }
        #expect(try Delivery.all(in: lease()).isEmpty)
        #expect(
            try service.call("POST", "\(queue)/pull/redrive", key: key).json == ["redriven": 1])
        #expect(try Delivery.all(in: lease()).count == 1)
    }

    @Test func `that is down costs its events no attempts but the probes'`() throws {
        let service = try RunningService(withBroker)
        for index in 0..<5 { try service.register(Person(email: "p\(index)@example.com")) }
        let reason = try eventually {
            try service.texts("SELECT last_error FROM delivery WHERE last_error IS NOT NULL").first
        }
        #expect(!reason.isEmpty)
        _ = try eventually {
            try service.number(
                "SELECT COUNT(*) FROM delivery WHERE sink = 'amqp' AND state = 'ready'") == 5
                ? true : nil
        }
        #expect(try service.number("SELECT SUM(attempts) FROM delivery WHERE sink = 'amqp'") <= 2)
        #expect(try service.call("GET", "/readyz").status == 200)
    }

    @Test func `is measured`() throws {
        let service = try RunningService(withBroker)
        try service.register()
        service.advance(.seconds(7))
        #expect(try service.metric("loquet_oldest_undelivered_seconds") == 14)
        #expect(try service.metric("loquet_queue_depth") == 2)
        #expect(try service.metric("loquet_events_enqueued_total") == 1)
    }
}

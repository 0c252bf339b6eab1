import Accounts
import Service
import Storage
import Testing

@Suite struct `The incident queue` {
    @Test func `holds one event for each thing that happened`() throws {
        let service = try RunningService { $0.source = "https://auth.example.com" }
        let session = try service.member()
        let id = try #require(try service.texts("SELECT id FROM account").first)
        #expect(try service.changePassword(session.token, "Abcdef1!", to: "Ghijkl2?").status == 204)
        #expect(try service.close(session.token, "Ghijkl2?").status == 200)
        let leased = try service.lease()
        #expect(
            leased.map(\.event.type) == [
                "loquet.account.registered.v1", "loquet.account.password_changed.v1",
                "loquet.account.closed.v1",
            ])
        #expect(leased.map(\.event.data.classUID) == [3001, 3001, 3001])
        for (index, delivery) in leased.enumerated() {
            #expect(delivery.attempt == 1)
            #expect(delivery.event.specversion == "1.0")
            #expect(delivery.event.source == "https://auth.example.com")
            #expect(delivery.event.subject == "account/\(id)")
            #expect(delivery.event.time == service.now.rfc3339(.milliseconds))
            #expect(delivery.event.sequence == "00000000000000000\(index + 1)")
        }
        #expect(
            try service.texts("SELECT action FROM audit WHERE actor NOT LIKE 'cli%' ORDER BY id")
                .sorted() == [
                    "account.closed", "account.password_changed", "account.registered",
                    "record.sealed",
                ])
    }

    @Test func `holds no event for what was refused`() throws {
        let service = try RunningService()
        try service.register(Person(password: "short"))
        try service.register()
        try service.register()
        try service.signIn(Person(password: "x"))
        #expect(try service.lease().count == 1)
    }

    @Test func `hands a delivery to one consumer at a time`() throws {
        let service = try RunningService()
        for index in 0..<20 { try service.register(Person(email: "p\(index)@example.com")) }
        let leases = try inParallel(8) { _ in try service.lease(max: 5) }
        let ids = leases.joined().map(\.event.id)
        #expect(ids.count == 20)
        #expect(Set(ids).count == 20)
        #expect(try service.lease().isEmpty)
    }

    @Test func `hands out again what was not acknowledged in time`() throws {
        let service = try RunningService()
        try service.register()
        let first = try #require(try service.lease(seconds: 10).first)
        service.advance(.seconds(10) - .microseconds(1))
        #expect(try service.lease().isEmpty)
        service.advance(.microseconds(1))
        let late = try service.settle("ack", [first.token])
        #expect(late.status == 409)
        let second = try #require(try service.lease().first)
        #expect(second.event.id == first.event.id)
        #expect(second.attempt == 2)
        #expect(try service.settle("ack", [second.token]).status == 204)
        service.advance(.hours(2))
        #expect(try service.lease().isEmpty)
    }

    @Test(arguments: ["ack", "nack", "extend"])
    func `names the stale leases and does the others`(verb: String) throws {
        let service = try RunningService()
        try service.register()
        let stale = try #require(try service.lease(seconds: 1).first)
        service.advance(.seconds(1))
        let fresh = try #require(try service.lease(seconds: 60).first)
        #expect(stale.token != fresh.token)
        let invented = "AAAAAAAAAAAAAAAAAAAAAA." + fresh.event.id
        let answer = try service.settle(verb, [stale.token, fresh.token, "nonsense", invented])
        #expect(answer.status == 409)
        #expect(answer.code == "stale_lease")
        #expect(
            answer.json["stale"]
                == .array([.string(stale.token), "nonsense", .string(invented)]))
        let state = ["ack": "done", "nack": "ready", "extend": "leased"][verb]
        #expect(try service.texts("SELECT state FROM delivery") == [state])
    }

    @Test func `lets a consumer hold a delivery longer`() throws {
        let service = try RunningService()
        try service.register()
        let lease = try #require(try service.lease(seconds: 10).first)
        service.advance(.seconds(9))
        #expect(try service.settle("extend", [lease.token]).status == 204)
        service.advance(.seconds(30) - .microseconds(1))
        #expect(try service.lease().isEmpty)
        #expect(try service.settle("ack", [lease.token]).status == 204)
        #expect(try service.settle("ack", [lease.token]).status == 409)
    }

    @Test func `tries a returned delivery again, later`() throws {
        let service = try RunningService()
        try service.register()
        let lease = try #require(try service.lease().first)
        #expect(try service.settle("nack", [lease.token]).status == 204)
        #expect(try service.settle("ack", [lease.token]).status == 409)
        // The first wait is random up to two seconds.
        service.advance(.seconds(2))
        let again = try #require(try service.lease().first)
        #expect(again.attempt == 2)
        #expect(again.event.id == lease.event.id)
    }

    @Test(arguments: ["nack", "expiry"])
    func `buries what was handed out too often`(way: String) throws {
        let service = try RunningService { $0.queue.attemptsMax = 2 }
        try service.register()
        try service.register(Person(email: "bob@example.com"))
        for attempt in 1...2 {
            let leased = try service.lease(seconds: 10)
            #expect(leased.map(\.attempt) == [attempt, attempt])
            if way == "nack" {
                #expect(try service.settle("nack", leased.map(\.token)).status == 204)
            }
            service.advance(.seconds(10))
        }
        #expect(try service.lease().isEmpty)
        #expect(try service.texts("SELECT state FROM delivery") == ["dead", "dead"])
        #expect(try service.metric("loquet_dead_letters") == 2)
        // The dead do not hold up the living.
        try service.register(Person(email: "eve@example.com"))
        #expect(try service.lease().count == 1)
    }

    @Test func `buries what nobody fetched for thirty days, and stays ready`() throws {
        let service = try RunningService()
        try service.register()
        let keys = APIKeys(service.database, actor: "cli:0")
        let key = try keys.make(administrator: "x", roles: [.operator], lifetime: .days(60)).key
        service.advance(.days(30) - .microseconds(1))
        #expect(try service.metric("loquet_dead_letters") == 0)
        service.advance(.microseconds(1))
        let lease = try service.call(
            "POST", "/v1/admin/incident-queue/pull/lease", key: key)
        #expect(try Delivery.all(in: lease).isEmpty)
        #expect(try service.metric("loquet_dead_letters") == 1)
        #expect(try service.call("GET", "/readyz").status == 200)
    }

    @Test func `loses nothing over a restart`() throws {
        let first = try RunningService()
        try first.register()
        let lease = try #require(try first.lease().first)
        let second = try first.restarted()
        #expect(try second.lease().isEmpty)
        #expect(try second.settle("ack", [lease.token]).status == 204)
    }
}

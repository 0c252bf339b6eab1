import Service
import Storage
import Testing
import Threads

extension RunningService {
    /// One lane with slow hashes, and nobody may wait for it.
    fileprivate static func slow() throws -> RunningService {
        try RunningService {
            $0.hashing.memoryKiB = 65_536
            $0.hashing.passes = 10
            $0.hashing.memoryBudgetMiB = 64
            $0.hashing.waitMaxSeconds = 0
        }
    }

    /// Waits until the lane has let go of what it answered last.
    fileprivate func awaitIdleLane() throws {
        _ = try eventually { try metric("loquet_hashes_pending") == 0 ? true : nil }
    }

    /// Starts a registration and returns when its hash is under way.
    fileprivate func startRegistration(
        _ person: Person = Person()
    ) throws -> (NamedThread, Guarded<Answer?>) {
        let answer = Guarded<Answer?>(nil)
        let thread = NamedThread("registration") { [self] in
            do {
                let made = try register(person)
                answer.withLock { $0 = made }
            } catch {
                Issue.record(error)
            }
        }
        _ = try eventually { try metric("loquet_hashes_pending") == 1 ? true : nil }
        return (thread, answer)
    }
}

@Suite struct `A service that has more to hash than it can` {
    @Test func `refuses at once and writes nothing`() throws {
        let service = try RunningService.slow()
        #expect(service.laneCount == 1)
        try service.register(Person(email: "bob@example.com"))
        try service.awaitIdleLane()
        let session = try service.session(Person(email: "bob@example.com"))
        try service.awaitIdleLane()
        let rows = {
            try service.number(
                """
                SELECT (SELECT COUNT(*) FROM account) * 100
                    + (SELECT COUNT(*) FROM idempotency) * 10
                    + (SELECT COALESCE(SUM(length(state)), 0) FROM throttle
                        WHERE dies_at_us > \(service.now))
                """)
        }
        let before = try rows()
        let (thread, first) = try service.startRegistration()
        let refused = [
            try service.register(
                Person(email: "eve@example.com"), headers: ["Idempotency-Key: k"]),
            try service.signIn(Person(email: "bob@example.com", password: "x")),
            try service.changePassword(session.token, "Abcdef1!", to: "Ghijkl2?"),
            try service.close(session.token, headers: ["Idempotency-Key: k"]),
        ]
        let isBusy = try service.metric("loquet_hashes_pending") == 1
        #expect(isBusy, "the first registration ended too early for this test to say anything")
        for answer in refused {
            #expect(answer.status == 503)
            #expect(answer.code == "overloaded")
            #expect(try #require(answer.retryAfter) >= 1)
        }
        #expect(try service.metric("loquet_overloads_total") == 4)
        // What needs no hash is served.
        #expect(try service.isLive(session.token))
        #expect(try service.call("GET", "/readyz").status == 200)
        thread.join()
        #expect(first.withLock { $0?.status } == 201)
        #expect(try rows() == before + 100)
        try service.awaitIdleLane()
        #expect(try service.signIn(Person(email: "bob@example.com")).status == 201)
    }

    @Test func `counts no failure for what it refused`() throws {
        let service = try RunningService.slow()
        try service.register(Person(email: "bob@example.com"))
        try service.awaitIdleLane()
        let (thread, _) = try service.startRegistration()
        for _ in 0..<10 {
            #expect(
                try service.signIn(Person(email: "bob@example.com", password: "x")).status == 503)
        }
        thread.join()
        #expect(try service.number("SELECT COUNT(*) FROM throttle") == 0)
        try service.awaitIdleLane()
        #expect(try service.signIn(Person(email: "bob@example.com")).status == 201)
    }

    @Test func `finishes what is under way when it is told to stop`() throws {
        let service = try RunningService.slow()
        let (thread, answer) = try service.startRegistration()
        #expect(service.stop())
        thread.join()
        #expect(answer.withLock { $0?.status } == 201)
        #expect(throws: NobodyListens.self) { try service.call("GET", "/livez") }
    }
}

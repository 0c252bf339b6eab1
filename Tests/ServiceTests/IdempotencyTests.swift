import Accounts
import Service
import Storage
import Testing

private let one = ["Idempotency-Key: 4f1c-one"]
private let two = ["Idempotency-Key: 4f1c-two"]

@Suite struct `An Idempotency-Key` {
    @Test func `gives a repeated registration the first answer`() throws {
        let service = try RunningService()
        let first = try service.register(headers: one)
        #expect(first.status == 201)
        service.advance(.hours(23))
        let again = try service.register(headers: one)
        #expect(again.withoutDate == first.withoutDate)
        #expect(try service.number("SELECT COUNT(*) FROM account") == 1)
        #expect(try service.metric("loquet_hashes_total") == 1)
        // A day later the key is forgotten, and the address is taken.
        service.advance(.hours(1))
        #expect(try service.register(headers: one).status == 409)
    }

    @Test func `gives a repeated closure the first answer, after its session is gone`() throws {
        let service = try RunningService()
        let session = try service.member()
        let first = try service.close(session.token, headers: one)
        #expect(first.status == 200)
        service.advance(.minutes(5))
        #expect(try service.close(session.token, headers: one).withoutDate == first.withoutDate)
        #expect(try service.close(session.token).status == 401)
        #expect(try service.close(session.token, headers: two).status == 401)
    }

    @Test func `is refused for another body`() throws {
        let service = try RunningService()
        try service.register(headers: one)
        let other = try service.register(Person(email: "bob@example.com"), headers: one)
        #expect(other.status == 422)
        #expect(other.code == "idempotency_key_reused")
        #expect(try service.register(Person(email: "bob@example.com"), headers: two).status == 201)
        let named = try service.call(
            "POST", "/v1/accounts", key: service.keys.appKey,
            Person().credentials.with("display_name", "Ada"), headers: one)
        #expect(named.status == 422)

        let session = try service.session()
        #expect(try service.close(session.token, headers: one, reason: "other").status == 200)
        let again = try service.close(session.token, headers: one, reason: "misuse")
        #expect(again.status == 422)
        #expect(again.code == "idempotency_key_reused")
    }

    @Test func `makes one account of many requests at once`() throws {
        let service = try RunningService()
        let answers = try inParallel(10) { _ in try service.register(headers: one) }
        let made = answers.filter { $0.status == 201 }
        #expect(!made.isEmpty)
        #expect(made.allSatisfy { $0.body == made[0].body })
        for answer in answers where answer.status != 201 {
            #expect(answer.status == 409)
            #expect(answer.code == "idempotency_in_progress")
            #expect(answer.retryAfter == 1)
        }
        #expect(try service.number("SELECT COUNT(*) FROM account") == 1)
        #expect(try service.register(headers: one).body == made[0].body)
    }

    @Test func `is free again after a refusal`() throws {
        let service = try RunningService()
        try service.register(Person(email: "taken@example.com"))
        #expect(
            try service.register(Person(email: "taken@example.com"), headers: one).status == 409)
        #expect(try service.register(Person(password: "short"), headers: one).status == 422)
        #expect(try service.number("SELECT COUNT(*) FROM idempotency") == 0)
        #expect(try service.register(headers: one).status == 201)

        let session = try service.session()
        #expect(try service.close(session.token, "Wrong-1!", headers: two).status == 401)
        #expect(try service.number("SELECT COUNT(*) FROM idempotency") == 1)
        #expect(try service.close(session.token, headers: two, reason: "other").status == 200)
    }

    @Test func `is free again after an attempt that was throttled`() throws {
        let service = try RunningService()
        let session = try service.member()
        _ = try service.fail(times: 5)
        #expect(try service.close(session.token, headers: one).status == 429)
        #expect(try service.number("SELECT COUNT(*) FROM idempotency") == 0)
        service.advance(.seconds(90))
        #expect(try service.close(session.token, headers: one).status == 200)
    }

    @Test func `belongs to one caller and one route`() throws {
        let service = try RunningService()
        let other = try APIKeys(service.database, actor: "cli:0").make(application: "other").key
        let bob = Person(email: "bob@example.com")
        #expect(try service.register(headers: one).status == 201)
        #expect(try service.register(bob, headers: one, key: other).status == 201)
        let sessions = [try service.session(), try service.session(bob)]
        for session in sessions {
            #expect(try service.close(session.token, headers: one).status == 200)
        }
        #expect(try service.number("SELECT COUNT(*) FROM idempotency") == 4)
    }

    @Test func `belongs to the application and not to its key`() throws {
        let service = try RunningService()
        let first = try service.register(headers: one)
        let second = try service.restarted().register(headers: one)
        #expect(first.withoutDate == second.withoutDate)
    }

    @Test func `stores no address and no password`() throws {
        let service = try RunningService()
        try service.register(headers: one)
        #expect(try service.texts("SELECT route FROM idempotency") == ["POST /v1/accounts"])
        #expect(try service.number("SELECT length(fingerprint) FROM idempotency") == 32)
        service.advance(.hours(25))
        _ = try eventually {
            try service.number("SELECT COUNT(*) FROM idempotency") == 0 ? true : nil
        }
    }

    @Test func `is taken over from a request whose process died`() throws {
        let service = try RunningService()
        try service.register(headers: one)
        try service.execute("UPDATE idempotency SET status = NULL, account_id = NULL")
        try service.execute("DELETE FROM identifier")
        #expect(try service.register(headers: one).status == 409)
        service.advance(.minutes(5) - .microseconds(1))
        #expect(try service.register(headers: one).code == "idempotency_in_progress")
        service.advance(.microseconds(1))
        #expect(try service.register(headers: one).status == 201)
    }

    @Test(arguments: ["k", String(repeating: "k", count: 255), "!~"])
    func `has one to 255 visible characters`(key: String) throws {
        let service = try RunningService()
        #expect(try service.register(headers: ["Idempotency-Key: \(key)"]).status == 201)
    }
}

import Accounts
import Service
import Storage
import Testing

/// Waits after the fifth failure and each further one, in seconds.
private let waits = [90, 180, 360, 720, 1_440, 2_880, 5_760, 7_200, 7_200, 7_200]

@Suite struct `Guessing at an account` {
    @Test func `is refused for 90 seconds after five failures, the right password too`() throws {
        let service = try RunningService()
        try service.register()
        #expect(try service.fail(times: 5).map(\.status) == [401, 401, 401, 401, 401])
        let refused = try service.signIn()
        #expect(refused.status == 429)
        #expect(refused.code == "throttled")
        #expect(refused.retryAfter == 90)
        service.advance(.seconds(89))
        #expect(try service.signIn().retryAfter == 1)
        service.advance(.milliseconds(500))
        #expect(try service.signIn().retryAfter == 1)
        service.advance(.milliseconds(500))
        #expect(try service.signIn().status == 201)
    }

    @Test func `waits longer each time and ends after fifteen failures a day`() throws {
        let service = try RunningService()
        try service.register()
        _ = try service.fail(times: 5)
        for wait in waits {
            #expect(try service.signIn().retryAfter == wait)
            service.advance(.seconds(wait))
            #expect(try service.signIn(Person(password: "Wrong-1!")).status == 401)
        }
        let waited = waits.reduce(0, +)
        #expect(try service.signIn().retryAfter == 86_400 - waited)
        service.advance(.seconds(86_400 - waited - 1))
        #expect(try service.signIn().status == 429)
        service.advance(.seconds(1))
        #expect(try service.signIn().status == 201)
    }

    @Test func `leaves the owner's device in, with ten failures a day of its own`() throws {
        let service = try RunningService()
        let device = try #require(try service.member().device)
        let owner = Person(ip: "198.51.100.1", device: device)
        _ = try service.fail(times: 5)
        #expect(try service.signIn().status == 429)
        #expect(try service.signIn(owner).status == 201)
        #expect(try service.fail(owner, times: 5).map(\.status) == [401, 401, 401, 401, 401])
        for wait in waits.prefix(5) {
            #expect(try service.signIn(owner).retryAfter == wait)
            service.advance(.seconds(wait))
            #expect(try service.signIn(owner.with(password: "Wrong-1!")).status == 401)
        }
        // Out of budget, it waits: the strangers' budget is not its second one.
        #expect(try service.signIn(owner).retryAfter == 86_400 - 2_790)
        #expect(try service.signIn(Person(ip: "198.51.100.9")).status == 201)
    }

    @Test func `is not helped by another account's device, an old one or an invented one`() throws {
        let service = try RunningService()
        try service.register()
        let other = try service.member(Person(email: "eve@example.com"))
        let old = try #require(try service.session().device)
        service.advance(.days(2))
        try service.execute(
            "UPDATE device SET expires_at_us = created_at_us + 1 WHERE account_id = (SELECT account_id FROM profile WHERE email = 'ada@example.com')"
        )
        _ = try service.fail(times: 5)
        for device in [other.device, old, "lqd_" + String(repeating: "A", count: 43), "x", ""] {
            #expect(try service.signIn(Person().with(device: device)).status == 429)
        }
    }

    @Test func `gets its delay back by a success, and never its day`() throws {
        let service = try RunningService()
        try service.register()
        for count in [4, 4, 4, 2] {
            let failed = try service.fail(times: count)
            #expect(failed.allSatisfy { $0.status == 401 })
            #expect(try service.signIn().status == 201)
        }
        #expect(try service.fail(times: 1).map(\.status) == [401])
        let refused = try service.signIn()
        #expect(refused.status == 429)
        #expect(refused.retryAfter == 86_400)
    }

    @Test func `is the same for an identifier that nobody has`() throws {
        let service = try RunningService()
        try service.register()
        for email in ["nobody@example.com", "not an address", ""] {
            let known = Person(ip: "203.0.113.1")
            let unknown = Person(email: email, ip: "203.0.113.2")
            _ = unknown
            var answers: [[Answer]] = []
            for person in [known, unknown] {
                var seen = try service.fail(person, times: 5)
                seen.append(try service.signIn(person.with(password: "Wrong-1!")))
                answers.append(seen.map(\.withoutDate))
            }
            #expect(answers[0] == answers[1])
            service.advance(.hours(25))
        }
    }

    @Test func `spends one budget under every spelling`() throws {
        let service = try RunningService()
        try service.register()
        let spellings = [
            "ada@example.com", "ADA@example.com", "Ada@Example.Com", "ａda@example.com",
            "aDa@EXAMPLE.com",
        ]
        for email in spellings {
            #expect(try service.signIn(Person(email: email, password: "x")).status == 401)
        }
        #expect(try service.signIn().status == 429)
    }

    @Test func `spends the same budget by signing in, changing and closing`() throws {
        let service = try RunningService()
        let session = try service.member()
        #expect(try service.fail(times: 3).map(\.status) == [401, 401, 401])
        #expect(try service.changePassword(session.token, "x", to: "Ghijkl2?").status == 401)
        #expect(try service.close(session.token, "x").status == 401)
        let refused = [
            try service.signIn(),
            try service.changePassword(session.token, "Abcdef1!", to: "Ghijkl2?"),
            try service.close(session.token),
        ]
        #expect(refused.map(\.status) == [429, 429, 429])
        #expect(refused.map(\.retryAfter) == [90, 90, 90])
        service.advance(.seconds(90))
        #expect(try service.changePassword(session.token, "Abcdef1!", to: "Ghijkl2?").status == 204)
    }

    @Test func `gets five looks however many guesses come at once`() throws {
        let service = try RunningService()
        try service.register()
        let answers = try inParallel(40) { index in
            try service.signIn(Person(password: "Wrong-\(index)", ip: "203.0.113.\(index)"))
        }
        #expect(answers.filter { $0.status == 401 }.count == 5)
        #expect(answers.filter { $0.status == 429 }.count == 35)
        #expect(try service.metric("loquet_hashes_total") == 6)
        #expect(answers.filter { $0.status == 429 }.allSatisfy { $0.retryAfter == 90 })
    }

    @Test func `is remembered over a restart`() throws {
        let first = try RunningService()
        try first.register()
        _ = try first.fail(times: 5)
        let second = try first.restarted()
        #expect(try second.signIn().retryAfter == 90)
    }

    @Test func `costs nothing while it is refused`() throws {
        let service = try RunningService()
        try service.register()
        _ = try service.fail(times: 5)
        let before = try service.metric("loquet_hashes_total")
        for _ in 0..<20 { #expect(try service.signIn().retryAfter == 90) }
        #expect(try service.metric("loquet_hashes_total") == before)
    }

    @Test func `is not slowed down where throttling is off and the policy allows it`() throws {
        let service = try RunningService {
            $0.policy = "cnil-80-12x4"
            $0.throttling = false
        }
        let person = Person(password: "Abcdefghijk1!")
        try service.register(person)
        let failed = try service.fail(person, times: 20)
        #expect(failed.allSatisfy { $0.status == 401 })
        #expect(try service.signIn(person).status == 201)
        #expect(try service.number("SELECT COUNT(*) FROM throttle") == 0)
    }
}

@Suite struct `A source of failures` {
    @Test func `has thirty in ten minutes from one address`() throws {
        let service = try RunningService()
        try service.register()
        for index in 0..<30 {
            let answer = try service.signIn(Person(email: "nobody\(index)@example.com"))
            #expect(answer.status == 401)
        }
        let refused = try service.signIn()
        #expect(refused.status == 429)
        #expect(refused.retryAfter == 600)
        // Somebody else, the same network.
        #expect(try service.signIn(Person(ip: "203.0.113.8")).status == 201)
        service.advance(.seconds(599))
        #expect(try service.signIn().status == 429)
        service.advance(.seconds(1))
        #expect(try service.signIn().status == 201)
    }

    @Test func `is one IPv6 network of 64 bits`() throws {
        let service = try RunningService()
        for index in 0..<30 {
            let ip = "2001:db8:1:2::\(index + 1)"
            #expect(
                try service.signIn(Person(email: "n\(index)@example.com", ip: ip)).status == 401)
        }
        #expect(try service.signIn(Person(ip: "2001:db8:1:2:ffff::1")).status == 429)
        #expect(try service.signIn(Person(ip: "2001:db8:1:3::1")).status == 401)
    }

    @Test func `has three hundred in ten minutes from one network`() throws {
        let service = try RunningService()
        let answers = try inParallel(4) { part in
            try (0..<75).map { index in
                try service.signIn(
                    Person(
                        email: "n\(part)-\(index)@example.com",
                        ip: "203.0.113.\((part * 75 + index) % 250)")
                ).status
            }
        }
        #expect(answers.joined().allSatisfy { $0 == 401 })
        #expect(
            try service.signIn(Person(email: "x@example.com", ip: "203.0.113.99")).status == 429)
        // An IPv4 address in IPv6 clothes is the same place.
        let mapped = Person(email: "x@example.com", ip: "::ffff:203.0.113.200")
        #expect(try service.signIn(mapped).status == 429)
        #expect(try service.signIn(Person(email: "x@example.com", ip: "203.0.112.1")).status == 401)
    }

    @Test func `spends nothing by signing in`() throws {
        let service = try RunningService()
        try service.register()
        for _ in 0..<40 { #expect(try service.signIn().status == 201) }
        #expect(try service.signIn(Person(password: "x")).status == 401)
    }
}

import Accounts
import Service
import Storage
import Testing

private let bruteForce = "loquet.breach.brute_force.v1"

extension RunningService {
    /// Takes events off the queue until a finding about this account is there.
    fileprivate func finding(about account: String) throws -> Delivery {
        try eventually {
            let leased = try lease()
            if !leased.isEmpty {
                #expect(try settle("ack", leased.map(\.token)).status == 204)
            }
            return leased.first { $0.event.type == bruteForce && $0.event.subject == account }
        }
    }

    fileprivate func subject(of email: String) throws -> String {
        let id = try texts("SELECT account_id FROM profile WHERE email = \(email)")
        return "account/" + (try #require(id.first))
    }
}

@Suite struct `The brute force detector` {
    @Test func `reports ten passwords on one account, the throttled ones too`() throws {
        let service = try RunningService()
        try service.register()
        let account = try service.subject(of: "ada@example.com")
        let answers = try service.fail(times: 10)
        #expect(answers.map(\.status) == [401, 401, 401, 401, 401, 429, 429, 429, 429, 429])
        let found = try service.finding(about: account).event
        #expect(found.data.classUID == 2004)
        #expect(found.data.typeUID == 200_401)
        #expect(found.severitynumber == 13)
        #expect(found.data.isSuspectedBreach == false)
        #expect(found.data.count == 10)
        #expect(found.data.message == "10 passwords tried on \(account) in 15 min; none succeeded")
    }

    @Test func `calls a success under suspicion critical`() throws {
        let service = try RunningService()
        try service.register()
        let account = try service.subject(of: "ada@example.com")
        _ = try service.fail(times: 10)
        _ = try service.finding(about: account)
        service.advance(.seconds(90))
        try service.signIn()
        let found = try service.finding(about: account).event
        #expect(found.severitynumber == 21)
        #expect(found.data.typeUID == 200_402)
        #expect(found.data.isSuspectedBreach == true)
    }

    @Test func `is silent on a client that repeats one password`() throws {
        let service = try RunningService()
        try service.register()
        try service.register(Person(email: "other@example.com"))
        let stale = try service.subject(of: "ada@example.com")
        let other = try service.subject(of: "other@example.com")
        for _ in 0..<30 { try service.signIn(Person(password: "Last-years-1!")) }
        _ = try service.fail(Person(email: "other@example.com", ip: "198.51.100.7"), times: 10)
        // What came later was folded, so what came first was, too.
        _ = try service.finding(about: other)
        #expect(
            try service.number(
                "SELECT COUNT(*) FROM event WHERE type = \(bruteForce)") == 1)
        #expect(stale != other)
    }

    @Test func `is silent on nine, and on accounts that nobody has`() throws {
        let service = try RunningService()
        try service.register()
        try service.register(Person(email: "other@example.com"))
        _ = try service.fail(times: 9)
        _ = try service.fail(Person(email: "nobody@example.com", ip: "198.51.100.6"), times: 12)
        _ = try service.fail(Person(email: "other@example.com", ip: "198.51.100.7"), times: 10)
        _ = try service.finding(about: service.subject(of: "other@example.com"))
        #expect(
            try service.number(
                "SELECT COUNT(*) FROM event WHERE type = \(bruteForce)") == 1)
    }

    @Test func `remembers over a restart what it has seen`() throws {
        let first = try RunningService()
        try first.register()
        let account = try first.subject(of: "ada@example.com")
        _ = try first.fail(times: 6)
        let second = try first.restarted()
        let more = try (0..<4).map { index in
            try second.signIn(Person(password: "Later-guess-\(index)"))
        }
        #expect(more.map(\.status) == [429, 429, 429, 429])
        #expect(try second.finding(about: account).event.data.count == 10)
        let third = try second.restarted()
        third.advance(.seconds(90))
        try third.signIn()
        #expect(try third.finding(about: account).event.severitynumber == 21)
    }

    @Test func `forgets password tags after two hours`() throws {
        let service = try RunningService()
        try service.register()
        _ = try service.fail(times: 3)
        #expect(try service.number("SELECT COUNT(*) FROM sign_in WHERE tags IS NOT NULL") == 3)
        service.advance(.hours(2) + .microseconds(1))
        _ = try eventually {
            try service.number("SELECT COUNT(*) FROM sign_in WHERE tags IS NOT NULL") == 0
                ? true : nil
        }
        #expect(try service.number("SELECT COUNT(*) FROM sign_in") == 3)
    }

    @Test func `keeps refused attempts as one row a minute`() throws {
        let service = try RunningService()
        try service.register()
        _ = try service.fail(times: 5)
        for _ in 0..<7 { try service.signIn() }
        _ = try eventually {
            try service.number(
                "SELECT COALESCE(SUM(attempts), 0) FROM sign_in WHERE outcome = 'throttled'") == 7
                ? true : nil
        }
        #expect(
            try service.number("SELECT COUNT(*) FROM sign_in WHERE outcome = 'throttled'") == 1)
    }
}

@Suite struct `An event` {
    @Test func `holds no address of a person, no password and no token`() throws {
        let service = try RunningService()
        let session = try service.member()
        let account = try service.subject(of: "ada@example.com")
        _ = try service.fail(times: 10)
        _ = try service.finding(about: account)
        service.advance(.seconds(90))
        #expect(try service.changePassword(session.token, "Abcdef1!", to: "Ghijkl2?").status == 204)
        #expect(try service.close(session.token, "Ghijkl2?").status == 200)
        let bodies = try service.texts("SELECT CAST(body AS TEXT) FROM event")
        #expect(bodies.count >= 4)
        for body in bodies {
            for secret in [
                "ada@", "@", "example.com", "Abcdef1!", "Ghijkl2?", "Wrong-guess", "lqs_", "lqd_",
                "lqa_", "lqk_", "argon2",
            ] {
                #expect(!body.contains(secret), "\(secret) in \(body)")
            }
        }
    }
}

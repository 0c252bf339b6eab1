import Accounts
import Service
import Storage
import Testing

@Suite struct `An account` {
    @Test func `lives from registration to closure`() throws {
        let service = try RunningService()
        let session = try service.member()
        #expect(try service.isLive(session.token))
        #expect(try service.changePassword(session.token, "Abcdef1!", to: "Ghijkl2?").status == 204)
        #expect(try service.signIn().status == 401)
        let second = try service.session(Person(password: "Ghijkl2?"))
        #expect(try service.close(second.token, "Ghijkl2?").status == 200)
        #expect(try service.signIn(Person(password: "Ghijkl2?")).status == 401)
        #expect(try !service.isLive(session.token))
        #expect(try !service.isLive(second.token))
        let again = try service.register()
        #expect(again.status == 409)
        #expect(again.code == "identifier_unavailable")
    }

    @Test func `is refused a bad password with every rule it breaks, before anything else`() throws
    {
        let service = try RunningService()
        try service.register()
        let answer = try service.register(Person(password: "abc"))
        #expect(answer.status == 422)
        #expect(answer.code == "password_rejected")
        #expect(answer.field == "password")
        #expect(
            codes(answer) == ["too_short", "missing_uppercase", "missing_digit", "missing_special"])
        #expect(try service.register(Person(password: "Ghijkl2?")).status == 409)
        for (password, code) in [
            ("Abcdef1\u{200B}!", "forbidden_character"), ("P@ssw0rd1!", "blocklisted"),
            ("Abcdef1!" + String(repeating: "a", count: 249), "too_long"),
        ] {
            let answer = try service.register(Person(email: "b@example.com", password: password))
            #expect(answer.status == 422)
            #expect(codes(answer) == [code])
        }
        let longest = "Abcdef1!" + String(repeating: "a", count: 248)
        #expect(
            try service.register(Person(email: "b@example.com", password: longest)).status == 201)
        #expect(try service.signIn(Person(email: "b@example.com", password: longest)).status == 201)
    }

    @Test func `may not use its own name, address or service as a password`() throws {
        let service = try RunningService { $0.serviceName = "Acmecloud" }
        for password in ["Lovelace-1!", "Countess-1!", "Acmecloud-1!"] {
            let answer = try service.call(
                "POST", "/v1/accounts", key: service.keys.appKey,
                [
                    "email": "lovelace@example.com", "display_name": "Countess",
                    "password": .string(password),
                ])
            #expect(answer.status == 422, "\(password)")
            #expect(codes(answer) == ["blocklisted"], "\(password)")
        }
        let session = try service.member(Person(email: "lovelace@example.com"))
        let change = try service.changePassword(session.token, "Abcdef1!", to: "Lovelace-1!")
        #expect(change.status == 422)
        #expect(change.field == "new_password")
        #expect(codes(change) == ["blocklisted"])
        #expect(try service.isLive(session.token))
    }

    @Test(arguments: [
        "ADA.Zoé@example.com", "ada.zoé@EXAMPLE.COM", "ada.zoe\u{301}@example.com",
        "ＡＤＡ.zoé@example.com",
    ])
    func `is the same under every spelling of its address`(spelling: String) throws {
        let service = try RunningService()
        let made = try service.register(Person(email: "ada.zoé@example.com"))
        #expect(try service.register(Person(email: spelling)).status == 409)
        let answer = try service.signIn(Person(email: spelling))
        #expect(answer.status == 201)
        // Shown as its owner spelt it.
        #expect(answer.json["account"] == made.json["account"])
    }

    @Test func `has one password in both normal forms`() throws {
        let service = try RunningService()
        try service.register(Person(password: "Éclair1!"))
        #expect(try service.signIn(Person(password: "E\u{301}clair1!")).status == 201)
        #expect(try service.signIn(Person(password: "Éclair1! ")).status == 401)
    }

    @Test func `is made once however many ask at the same time`() throws {
        let service = try RunningService()
        let answers = try inParallel(12) { _ in try service.register() }
        #expect(answers.filter { $0.status == 201 }.count == 1)
        #expect(answers.filter { $0.status == 409 }.count == 11)
        #expect(try service.number("SELECT COUNT(*) FROM account") == 1)
    }

    @Test func `loses every other session and every device with its password`() throws {
        let service = try RunningService()
        let first = try service.member()
        let second = try service.session()
        #expect(try service.number("SELECT COUNT(*) FROM device") == 2)
        #expect(try service.changePassword(first.token, "Abcdef1!", to: "Ghijkl2?").status == 204)
        #expect(try service.isLive(first.token))
        #expect(try !service.isLive(second.token))
        #expect(try service.number("SELECT COUNT(*) FROM device") == 0)
    }

    @Test func `keeps its password when the current one is wrong`() throws {
        let service = try RunningService()
        let session = try service.member()
        let other = try service.session()
        let refused = try service.changePassword(session.token, "Wrong-1!", to: "Ghijkl2?")
        #expect(refused.status == 401)
        #expect(refused.code == "invalid_credentials")
        #expect(try service.signIn().status == 201)
        #expect(try service.isLive(other.token))
        #expect(try service.close(session.token, "Wrong-1!").status == 401)
        #expect(try service.isLive(session.token))
    }

    @Test func `is changed once when two change it at the same time`() throws {
        let service = try RunningService()
        let sessions = [try service.member(), try service.session()]
        let answers = try inParallel(2) { index in
            try service.changePassword(
                sessions[index].token, "Abcdef1!", to: index == 0 ? "Ghijkl2?" : "Mnopqr3+")
        }
        #expect(answers.filter { $0.status == 204 }.count == 1)
        #expect(answers.filter { $0.status == 401 }.count == 1)
        let winner = answers[0].status == 204 ? "Ghijkl2?" : "Mnopqr3+"
        #expect(try service.signIn(Person(password: winner)).status == 201)
    }

    /// Five at once are what the schedule lets wait for their hashes; a sixth waits for one of them.
    @Test func `signs in at today's cost, also five times at once`() throws {
        let cheap = try RunningService()
        try cheap.register()
        let service = try cheap.restarted { $0.hashing.memoryKiB = 64 }
        #expect(try service.number("SELECT memory_kib FROM password") == 32)
        // A sixth would wait, should all five be under way: each counts as a failure until it is none.
        let answers = try inParallel(5) { index in
            try service.signIn(Person(ip: "203.0.113.\(index)"))
        }
        #expect(answers.map(\.status) == [Int](repeating: 201, count: 5))
        #expect(try service.number("SELECT memory_kib FROM password") == 64)
        #expect(try service.signIn().status == 201)
    }

    @Test func `keeps a costlier hash when today's cost is less`() throws {
        let dear = try RunningService { $0.hashing.memoryKiB = 64 }
        try dear.register()
        let service = try dear.restarted { $0.hashing.memoryKiB = 32 }
        #expect(try service.signIn().status == 201)
        #expect(try service.number("SELECT memory_kib FROM password") == 64)
    }
}

import Accounts
import Passwords
import Service
import Storage
import Testing

@Suite struct `A policy that is switched to` {
    private let twelve = "cnil-80-12x4"

    /// Somebody whose password the next policy refuses, and the next policy.
    private func service() throws -> RunningService {
        let service = try RunningService()
        try service.register()
        return service
    }

    @Test func `is only watched in its first stage`() throws {
        let service = try service()
        try service.take(twelve, .monitor)
        let answer = try service.signIn()
        #expect(answer.status == 201)
        #expect(answer.json["password_change_required"] == false)
        #expect(try service.register(Person(email: "b@example.com")).status == 201)
        #expect(try service.call("GET", "/v1/password-policy").json["name"] == "cnil-8x4")
        let vector = try service.database.read { reader throws(DatabaseError) in
            try VerdictStore.page(after: nil, rowsMax: 9, reader)
        }
        #expect(vector.count == 2)
        let report = try PasswordAudit(service.commandNode()).run()
        #expect(report.accounts.compliant == 2)
        #expect(report.candidate?.name == twelve)
        #expect(report.candidateCounts?.nonCompliant == 2)
        #expect(report.candidateCounts?.newlyBreaking == 2)
        #expect(report.candidateRules.first { $0.code == "too_short" }?.accounts == 2)
    }

    @Test func `is the rule for new passwords from its second stage on`() throws {
        let service = try service()
        try service.take(twelve, .notify)
        #expect(try service.call("GET", "/v1/password-policy").json["name"] == "cnil-80-12x4")
        #expect(codes(try service.register(Person(email: "b@example.com"))) == ["too_short"])
        let answer = try service.signIn()
        #expect(answer.json["password_change_required"] == false)
        let token = try #require(answer.json["session"]?["token"]?.string)
        #expect(try service.isLive(token))
    }

    @Test func `asks for a change at the next sign-in in its third`() throws {
        let service = try service()
        let before = try service.session()
        try service.take(twelve, .changeAtNextLogin)
        #expect(try service.isLive(before.token), "a session that was there goes on")
        let answer = try service.signIn()
        #expect(answer.status == 201)
        #expect(answer.json["password_change_required"] == true)
        let token = try #require(answer.json["session"]?["token"]?.string)
        #expect(try service.introspect(token) == ["active": false])
        let refused = try service.call("GET", "/v1/account", key: token)
        #expect(refused.status == 403)
        #expect(refused.json["code"] == "password_change_required")
        #expect(
            codes(try service.changePassword(token, "Abcdef1!", to: "Ghijkl2?")) == ["too_short"])
        #expect(
            try service.changePassword(token, "Abcdef1!", to: "Un-Cheval-1815").status == 204)
        #expect(try service.isLive(token), "the session is free again")
        #expect(try service.call("GET", "/v1/account", key: token).status == 200)
        #expect(try !service.isLive(before.token), "and the others are over")
        let next = try service.signIn(Person(password: "Un-Cheval-1815"))
        #expect(next.json["password_change_required"] == false)
    }

    @Test func `lets a restricted session end, and close the account`() throws {
        let service = try service()
        try service.take(twelve, .changeAtNextLogin)
        let first = try service.session()
        #expect(
            try service.call("DELETE", "/v1/sessions/current", key: first.token).status == 204)
        let second = try service.session()
        #expect(try service.close(second.token).status == 200)
    }

    @Test func `opens no door at all from its date on, and says so to the owner alone`() throws {
        let service = try service()
        let date = service.now + .days(30)
        try service.take(twelve, .blockAfter, blockAfter: date)
        #expect(try service.signIn().json["password_change_required"] == true)
        service.advance(.days(30) - .microseconds(1))
        #expect(try service.signIn().status == 201)
        service.advance(.microseconds(1))
        let sessions = try service.number("SELECT count(*) FROM session")
        let blocked = try service.signIn()
        #expect(blocked.status == 403)
        #expect(blocked.json["code"] == "password_blocked")
        #expect(try service.number("SELECT count(*) FROM session") == sessions)
        let wrong = try service.signIn(Person(password: "Wrong-1815!"))
        let unknown = try service.signIn(Person(email: "nobody@example.com"))
        #expect(wrong.status == 401)
        #expect(wrong.withoutDate == unknown.withoutDate)
        try service.take(twelve, .changeAtNextLogin)
        #expect(try service.signIn().json["password_change_required"] == true)
    }

    @Test func `touches nobody whose password follows it`() throws {
        let service = try RunningService()
        let person = Person(password: "Un-Cheval-1815")
        try service.register(person)
        try service.take(twelve, .blockAfter, blockAfter: service.now + .seconds(1))
        service.advance(.seconds(1))
        #expect(try service.signIn(person).json["password_change_required"] == false)
    }

    @Test func `goes by the rules that were named, if some were`() throws {
        let service = try service()
        try service.take(twelve, .changeAtNextLogin, rules: [.blocklisted])
        #expect(try service.signIn().json["password_change_required"] == false)
        try service.take(twelve, .changeAtNextLogin, rules: [.blocklisted, .tooShort])
        #expect(try service.signIn().json["password_change_required"] == true)
    }

    @Test func `stays in force while the next one is watched, until it is withdrawn`() throws {
        let service = try service()
        try service.take(twelve, .changeAtNextLogin)
        try service.take("anssi-15", .monitor)
        #expect(try service.signIn().json["password_change_required"] == true)
        #expect(try service.vector()?.candidate?.policy == "anssi-15")
        let switching = try PolicySwitching(service.commandNode(), actor: "cli:7")
        #expect(try switching.withdraw(reason: "enough") != nil)
        #expect(try switching.withdraw(reason: "again") == nil)
        #expect(try service.signIn().json["password_change_required"] == false)
        #expect(try service.call("GET", "/v1/password-policy").json["name"] == "cnil-8x4")
        #expect(
            try service.texts(
                "SELECT action FROM audit WHERE action LIKE 'policy.%' ORDER BY rowid")
                == ["policy.change_at_next_login", "policy.monitor", "policy.withdrawn"])
        #expect(
            try service.texts("SELECT reason FROM audit WHERE action = 'policy.withdrawn'")
                == ["enough"])
    }

    @Test func `puts each step on the queue`() throws {
        let service = try service()
        _ = try service.lease(max: 100)
        try service.take(twelve, .blockAfter, blockAfter: service.now + .days(1))
        let event = try #require(try service.lease().first?.event)
        #expect(event.type == "loquet.policy.changed.v1")
        #expect(event.subject == "policy/cnil-80-12x4")
        #expect(event.data.classUID == 3004)
        let body = try #require(
            try service.texts("SELECT CAST(body AS TEXT) FROM event ORDER BY sequence DESC").first)
        #expect(body.contains(#""stage":"block_after","block_after":""#))
    }

    @Test func `must be lawful here, in whatever stage`() throws {
        let service = try RunningService {
            $0.policy = "anssi-15"
            $0.throttling = false
        }
        for stage in [RemediationStage.monitor, .notify] {
            let error = #expect(throws: StartError.self) { try service.take("cnil-8x4", stage) }
            #expect(error?.text.contains("throttling.enabled must be true") == true)
        }
        #expect(try service.number("SELECT count(*) FROM policy_switch") == 0)
    }

    @Test func `keeps a node from starting that must not follow it`() throws {
        let service = try RunningService { $0.policy = "anssi-15" }
        try service.take("cnil-8x4", .notify)
        let error = #expect(throws: StartError.self) {
            try service.restarted { $0.throttling = false }
        }
        #expect(error?.text.contains("cnil-8x4") == true)
    }

    @Test func `keeps its version for one text`() throws {
        let service = try RunningService()
        let folder = try TemporaryFolder()
        let text = { (characters: Int) in
            """
            { name: "own", version: 1, title: "T", cnil_case: 2, characters_min: \(characters),
              required_classes: [] }
            """
        }
        try service.take(try folder.file("a.json5", text(16)), .monitor)
        try service.take(try folder.file("b.json5", text(16) + " "), .notify)
        let other = try folder.file("c.json5", text(17))
        let error = #expect(throws: StartError.self) { try service.take(other, .notify) }
        #expect(error?.text.contains("another version") == true)
        #expect(try service.number("SELECT count(*) FROM policy_switch") == 2)
    }

    @Test func `is blocked from a time that is still to come`() throws {
        let service = try RunningService()
        #expect(throws: StartError.self) {
            try service.take(twelve, .blockAfter, blockAfter: service.now)
        }
        try service.take(twelve, .blockAfter, blockAfter: service.now + .microseconds(1))
    }
}

@Suite struct `A password that somebody else has set` {
    @Test func `must be changed first`() throws {
        let service = try RunningService()
        try service.register()
        try service.execute("UPDATE password SET must_change = TRUE")
        let answer = try service.signIn()
        #expect(answer.json["password_change_required"] == true)
        let token = try #require(answer.json["session"]?["token"]?.string)
        #expect(try service.call("GET", "/v1/account", key: token).status == 403)
        #expect(
            try service.changePassword(token, "Abcdef1!", to: "Un-Cheval-1815").status == 204)
        #expect(try service.call("GET", "/v1/account", key: token).status == 200)
    }
}

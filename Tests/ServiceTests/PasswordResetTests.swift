import Accounts
import Outbound
import Service
import Storage
import Testing

@Suite(.enabled(if: mailServerIsThere)) struct `A password reset` {
    @Test func `sets a new password by a link from a mail, and ends everything else`() throws {
        let mailed = try MailedService()
        let service = mailed.service
        let session = try service.member()
        let asked = try service.askReset()
        #expect(asked.status == 202)
        #expect(asked.json == [:])
        let mail = try #require(try mailed.server.mails(to: Person().email).first)
        let token = try #require(mail.token)
        #expect(mail.text.contains("\nhttps://app.example.org/account/password-reset#lqr_"))
        #expect(token.utf8.count == 47, "256 random bits")
        #expect(try service.completeReset(token).status == 204)
        #expect(try !service.isLive(session.token))
        #expect(try service.number("SELECT COUNT(*) FROM device") == 0)
        #expect(try service.signIn().status == 401)
        #expect(try service.signIn(Person(password: "Un-Cheval-1815")).status == 201)
        let told = try mailed.server.mails(to: Person().email, count: 2)[1]
        #expect(told.text.contains("was changed on"))
        #expect(told.token == nil)
        #expect(try service.eventTypes().contains("loquet.account.password_changed.v1"))
        #expect(
            try service.number("SELECT COUNT(*) FROM profile WHERE verified_at_us IS NOT NULL")
                == 1, "who reads the mailbox has proved it")
    }

    @Test func `works once`() throws {
        let mailed = try MailedService()
        let service = mailed.service
        try service.register()
        try service.askReset()
        let token = try mailed.server.token(to: Person().email)
        let answers = try inParallel(3) { _ in try service.completeReset(token) }
        #expect(answers.map(\.status).sorted() == [204, 400, 400])
        let again = try service.completeReset(token)
        #expect(again.status == 400)
        #expect(again.code == "invalid_token")
    }

    @Test func `is over an hour after it was sent`() throws {
        let mailed = try MailedService()
        let service = mailed.service
        try service.register()
        for (offset, status) in [(Duration.microseconds(1), 204), (.zero, 400)] {
            try service.askReset()
            let count = try service.number("SELECT COUNT(*) FROM notice")
            let token = try mailed.server.token(to: Person().email, count: status == 204 ? 1 : 2)
            #expect(count >= 1)
            service.advance(.hours(1) - offset)
            #expect(try service.completeReset(token).status == status)
        }
    }

    @Test func `answers the same, and writes the same, whoever it is asked for`() throws {
        let mailed = try MailedService()
        let service = mailed.service
        try service.register()
        try service.register(Person(email: "suspended@example.com"))
        try service.execute(
            """
            UPDATE account SET state = 'suspended' WHERE id = (
                SELECT account_id FROM profile WHERE email = 'suspended@example.com')
            """)
        let closed = try service.member(Person(email: "closed@example.com"))
        try service.close(closed.token)
        try service.untilMailed()
        var answers: [Answer] = []
        for email in [
            "ada@example.com", "nobody@example.com", "suspended@example.com",
            "closed@example.com", "no address at all",
        ] {
            let before = try service.number(
                "SELECT (SELECT COUNT(*) FROM notice) + 1000 * (SELECT COUNT(*) FROM throttle)")
            answers.append(try service.askReset(email).withoutDate)
            let after = try service.number(
                "SELECT (SELECT COUNT(*) FROM notice) + 1000 * (SELECT COUNT(*) FROM throttle)")
            #expect(after - before == 1_001, "\(email)")
        }
        #expect(Set(answers.map(\.body)).count == 1)
        #expect(answers.allSatisfy { $0 == answers[0] })
        try service.untilMailed()
        let mails = try mailed.server.mails().filter { $0.token != nil }
        #expect(mails.map(\.to) == ["ada@example.com"])
        #expect(try service.number("SELECT COUNT(*) FROM notice WHERE state = 'dead'") == 0)
    }

    @Test func `works for an owner who is locked out, and ends the wait`() throws {
        let mailed = try MailedService()
        let service = mailed.service
        try service.register()
        try service.fail(times: 5)
        #expect(try service.signIn().status == 429)
        try service.askReset()
        let token = try mailed.server.token(to: Person().email)
        #expect(try service.completeReset(token).status == 204)
        #expect(try service.signIn(Person(password: "Un-Cheval-1815")).status == 201)
    }

    @Test func `leaves the failures of the day where they were`() throws {
        let mailed = try MailedService()
        let service = mailed.service
        try service.register()
        try service.fail(times: 5)
        for _ in 0..<10 {
            service.advance(.hours(2))
            try service.fail(times: 1)
        }
        try service.askReset()
        let token = try mailed.server.token(to: Person().email)
        #expect(try service.completeReset(token).status == 204)
        let refused = try service.signIn(Person(password: "Un-Cheval-1815"))
        #expect(refused.status == 429)
    }

    @Test func `follows the password rule, and a refusal leaves the link good`() throws {
        let mailed = try MailedService()
        let service = mailed.service
        try service.register()
        try service.askReset()
        let token = try mailed.server.token(to: Person().email)
        let refused = try service.completeReset(token, "abc")
        #expect(refused.status == 422)
        #expect(refused.field == "new_password")
        #expect(try service.completeReset(token).status == 204)
    }

    @Test func `sends five links an hour for an address, and says the same about the sixth`() throws
    {
        let mailed = try MailedService()
        let service = mailed.service
        try service.register()
        let answers = try (0..<6).map { _ in try service.askReset().withoutDate }
        #expect(answers.allSatisfy { $0 == answers[0] })
        #expect(try service.number("SELECT COUNT(*) FROM notice") == 5)
        service.advance(.hours(1) - .microseconds(1))
        try service.askReset()
        #expect(try service.number("SELECT COUNT(*) FROM notice") == 5)
        service.advance(.microseconds(1))
        try service.askReset()
        #expect(try service.number("SELECT COUNT(*) FROM notice") == 6)
    }

    @Test func `is refused to a source that asks for too many`() throws {
        let mailed = try MailedService()
        let service = mailed.service
        for index in 0..<30 {
            #expect(try service.askReset("p\(index)@example.com").status == 202)
        }
        let refused = try service.askReset("p30@example.com")
        #expect(refused.status == 429)
        #expect(refused.retryAfter == 600)
        #expect(try service.askReset("p30@example.com", ip: "203.0.113.10").status == 202)
        try service.register()
        #expect(
            try service.signIn(Person(ip: "203.0.113.9")).status == 201,
            "signing in has a purse of its own")
    }

    @Test func `takes no token of another kind`() throws {
        let mailed = try MailedService()
        let service = mailed.service
        let session = try service.member()
        #expect(
            try service.call("POST", "/v1/email-verifications", key: session.token).status == 202)
        let verification = try mailed.server.token(to: Person().email)
        for token in [verification, session.token, "lqr_x", ""] {
            #expect(try service.completeReset(token).code == "invalid_token")
        }
        try service.askReset()
        let reset = try mailed.server.token(to: Person().email, count: 2)
        #expect(try service.prove(reset).code == "invalid_token")
        #expect(try service.prove(verification).status == 200)
    }

    @Test func `ends with the account's closure, and with a change of the password`() throws {
        let mailed = try MailedService()
        let service = mailed.service
        let session = try service.member()
        try service.askReset()
        let first = try mailed.server.token(to: Person().email)
        try service.changePassword(session.token, "Abcdef1!", to: "Un-Cheval-1815")
        #expect(try service.completeReset(first).code == "invalid_token")
        try service.askReset()
        let second = try mailed.server.token(to: Person().email, count: 2)
        try service.close(session.token, "Un-Cheval-1815")
        #expect(try service.completeReset(second).code == "invalid_token")
    }
}

@Suite struct `Links without mail` {
    @Test func `are refused where no way to send them is configured`() throws {
        let service = try RunningService()
        let session = try service.member()
        let calls: [Answer] = [
            try service.askReset(),
            try service.call("POST", "/v1/email-verifications", key: session.token),
            try service.changeAddress(session.token, to: "new@example.com"),
        ]
        for answer in calls {
            #expect(answer.status == 503)
            #expect(answer.code == "mail_not_configured")
        }
        #expect(try service.number("SELECT COUNT(*) FROM notice") == 0)
    }

    @Test func `go to the application, which cannot tell whose opens something`() throws {
        let service = try RunningService { $0.recovery.delivery = .application }
        try service.register()
        let known = try service.askReset()
        let unknown = try service.askReset("nobody@example.com")
        #expect(known.status == 202 && unknown.status == 202)
        #expect(known.json.shape == unknown.json.shape)
        #expect(known.json["expires_at"] == unknown.json["expires_at"])
        #expect(
            known.headers.filter { !$0.hasPrefix("Date") }
                == unknown.headers.filter { !$0.hasPrefix("Date") })
        let tokens = try [known, unknown].map { try #require($0.json["token"]?.string) }
        #expect(tokens.allSatisfy { $0.hasPrefix("lqr_") && $0.utf8.count == 47 })
        #expect(try service.number("SELECT COUNT(*) FROM link") == 2, "the same rows for both")
        #expect(try service.completeReset(tokens[1]).code == "invalid_token")
        #expect(try service.completeReset(tokens[0]).status == 204)
        let events = try service.texts("SELECT CAST(body AS TEXT) FROM event")
        #expect(events.allSatisfy { !$0.contains("lqr_") })
        #expect(try !service.log.contains("lqr_"))
    }

    @Test func `open nothing for an address changed today, if the old one cannot be told`() throws {
        let service = try RunningService { $0.recovery.delivery = .application }
        let session = try service.member()
        let asked = try service.changeAddress(session.token, to: "new@example.com")
        let token = try #require(asked.json["token"]?.string)
        #expect(try service.prove(token).status == 200)
        let early = try #require(try service.askReset("new@example.com").json["token"]?.string)
        #expect(try service.completeReset(early).code == "invalid_token")
        service.advance(.hours(24))
        let late = try #require(try service.askReset("new@example.com").json["token"]?.string)
        #expect(try service.completeReset(late).status == 204)
    }
}

import Accounts
import Outbound
import Service
import Storage
import Testing

@Suite(.enabled(if: mailServerIsThere)) struct `An e-mail address` {
    @Test func `is verified by a link, once`() throws {
        let mailed = try MailedService()
        let service = mailed.service
        let session = try service.member()
        #expect(
            try service.call("GET", "/v1/account", key: session.token).json["email_verified"]
                == false)
        let asked = try service.call("POST", "/v1/email-verifications", key: session.token)
        #expect(asked.status == 202 && asked.json == [:])
        let token = try mailed.server.token(to: Person().email)
        #expect(token.hasPrefix("lqv_"))
        let proved = try service.prove(token)
        #expect(proved.status == 200)
        #expect(proved.json["account"]?["email"] == "ada@example.com")
        #expect(try service.prove(token).code == "invalid_token")
        #expect(
            try service.call("GET", "/v1/account", key: session.token).json["email_verified"]
                == true)
    }

    @Test func `changes when the new mailbox has answered, and the old one is told`() throws {
        let mailed = try MailedService()
        let service = mailed.service
        let session = try service.member()
        let asked = try service.changeAddress(session.token, to: "Ada.New@example.com")
        #expect(asked.status == 202)
        #expect(try service.signIn().status == 201, "nothing has changed yet")
        let token = try mailed.server.token(to: "Ada.New@example.com")
        let proved = try service.prove(token)
        #expect(proved.json["account"]?["email"] == "Ada.New@example.com")
        #expect(try service.signIn().status == 401)
        #expect(try service.signIn(Person(email: "ada.new@example.com")).status == 201)
        let told = try mailed.server.mails(to: "ada@example.com")[0]
        #expect(told.text.contains("was changed to another one"))
        #expect(!told.content.lowercased().contains("new@"), "the old mailbox learns no address")
        try service.untilMailed()
        #expect(
            try service.number("SELECT COUNT(*) FROM notice WHERE sealed IS NOT NULL") == 0,
            "no copy of an address stays")
    }

    @Test func `changes with the password only, out of the same budget as a sign-in`() throws {
        let mailed = try MailedService()
        let service = mailed.service
        let session = try service.member()
        for index in 0..<5 {
            let refused = try service.changeAddress(
                session.token, to: "new@example.com", "Wrong-guess-\(index)")
            #expect(refused.code == "invalid_credentials")
        }
        #expect(try service.changeAddress(session.token, to: "new@example.com").status == 429)
        #expect(try service.signIn().status == 429)
    }

    @Test func `of somebody else is refused, of a closed account too`() throws {
        let mailed = try MailedService()
        let service = mailed.service
        let session = try service.member()
        let closed = try service.member(Person(email: "closed@example.com"))
        try service.close(closed.token)
        try service.register(Person(email: "taken@example.com"))
        for email in ["taken@example.com", "TAKEN@example.com", "closed@example.com"] {
            let refused = try service.changeAddress(session.token, to: email)
            #expect(refused.status == 409)
            #expect(refused.code == "identifier_unavailable")
        }
        let same = try service.changeAddress(session.token, to: Person().email)
        #expect(same.field == "email")
        #expect(same.status == 400)
    }

    @Test func `goes to whoever was quicker, and leaves the other's link good`() throws {
        let mailed = try MailedService()
        let service = mailed.service
        let session = try service.member()
        try service.changeAddress(session.token, to: "new@example.com")
        let token = try mailed.server.token(to: "new@example.com")
        try service.register(Person(email: "new@example.com"))
        #expect(try service.prove(token).status == 409)
        #expect(try service.number("SELECT COUNT(*) FROM link") == 1)
        #expect(try service.signIn().status == 201)
    }

    @Test func `that was given up stays the account's own for three years`() throws {
        let mailed = try MailedService()
        let service = mailed.service
        let session = try service.member()
        try service.changeAddress(session.token, to: "new@example.com")
        try service.prove(try mailed.server.token(to: "new@example.com"))
        #expect(try service.register().code == "identifier_unavailable")
        try service.changeAddress(session.token, to: Person().email)
        try service.prove(try mailed.server.token(to: Person().email))
        #expect(try service.signIn().status == 201, "its own account may come back to it")
        let kept = Duration.days(3 * 365)
        service.advance(kept - .minutes(2))
        _ = try eventually { try service.number("SELECT COUNT(*) FROM session") == 0 ? true : nil }
        #expect(try service.register(Person(email: "new@example.com")).status == 409)
        service.advance(.minutes(2))
        _ = try eventually {
            try service.register(Person(email: "new@example.com")).status == 201 ? true : nil
        }
    }

    @Test func `given up in the last day hears of every reset link`() throws {
        let mailed = try MailedService()
        let service = mailed.service
        let session = try service.member()
        try service.changeAddress(session.token, to: "new@example.com")
        try service.prove(try mailed.server.token(to: "new@example.com"))
        service.advance(.hours(24) - .microseconds(1))
        try service.askReset("new@example.com")
        let told = try mailed.server.mails(to: "ada@example.com", count: 2)[1]
        #expect(told.text.contains("asked for a new password"))
        #expect(told.token == nil)
        try service.untilMailed()
        service.advance(.microseconds(1))
        try service.askReset("new@example.com")
        _ = try mailed.server.token(to: "new@example.com", count: 3)
        try service.untilMailed()
        #expect(try mailed.server.mails().filter { $0.to == "ada@example.com" }.count == 2)
    }

    @Test func `that changes ends the links that went to the old one`() throws {
        let mailed = try MailedService()
        let service = mailed.service
        let session = try service.member()
        try service.askReset()
        let reset = try mailed.server.token(to: Person().email)
        try service.changeAddress(session.token, to: "new@example.com")
        try service.prove(try mailed.server.token(to: "new@example.com"))
        #expect(try service.completeReset(reset).code == "invalid_token")
    }
}

@Suite(.enabled(if: mailServerIsThere)) struct `Neutral registration` {
    private func service() throws -> MailedService {
        try MailedService { $0.registrationMode = .neutral }
    }

    @Test func `answers the same for a new, a taken and a closed address`() throws {
        let mailed = try service()
        let service = mailed.service
        let first = try service.register()
        #expect(first.status == 202 && first.json == [:])
        try service.prove(try mailed.server.token(to: Person().email))
        let closed = Person(email: "closed@example.com")
        try service.register(closed)
        try service.prove(try mailed.server.token(to: closed.email))
        try service.close(try service.session(closed).token)
        try service.untilMailed()
        let hashes = try service.metric("loquet_hashes_total")
        for email in ["ada@example.com", "closed@example.com", "new@example.com"] {
            let before = try service.number("SELECT COUNT(*) FROM notice")
            let answer = try service.register(Person(email: email))
            #expect(answer.withoutDate == first.withoutDate, "\(email)")
            #expect(try service.number("SELECT COUNT(*) FROM notice") == before + 1)
        }
        #expect(try service.metric("loquet_hashes_total") == hashes + 3)
        try service.untilMailed()
        let mails = try mailed.server.mails()
        #expect(
            mails.last { $0.to == "ada@example.com" }?.text.contains("have one already") == true)
        #expect(mails.last { $0.to == "new@example.com" }?.token != nil)
        #expect(
            mails.filter { $0.to == "closed@example.com" }.count == 2,
            "a link and a closure; nothing is sent where no address is kept")
    }

    @Test func `makes the account when the mailbox answers, verified`() throws {
        let mailed = try service()
        let service = mailed.service
        try service.register()
        #expect(try service.signIn().status == 401)
        #expect(try service.number("SELECT COUNT(*) FROM account") == 0)
        #expect(try !service.eventTypes().contains("loquet.account.registered.v1"))
        let proved = try service.prove(try mailed.server.token(to: Person().email))
        #expect(proved.status == 200)
        #expect(proved.json["account"]?["state"] == "active")
        let session = try service.session()
        #expect(
            try service.call("GET", "/v1/account", key: session.token).json["email_verified"]
                == true)
        #expect(try service.eventTypes().contains("loquet.account.registered.v1"))
        #expect(try service.number("SELECT COUNT(*) FROM verdict") == 1)
        #expect(try service.vector() != nil, "its verdict opens for this account")
    }

    @Test func `gives an address to the mailbox that answers first`() throws {
        let mailed = try service()
        let service = mailed.service
        try service.register()
        // Mails leave in the order of time.
        service.advance(.seconds(1))
        try service.register(Person(password: "Un-Cheval-1815"))
        let tokens = try eventually {
            let tokens = try mailed.server.mails().compactMap(\.token)
            return tokens.count == 2 ? tokens : nil
        }
        #expect(try service.prove(tokens[1]).status == 200)
        #expect(try service.prove(tokens[0]).status == 409)
        #expect(try service.signIn().status == 401)
        #expect(try service.signIn(Person(password: "Un-Cheval-1815")).status == 201)
    }

    @Test func `says what is wrong with a password, which tells nothing of the address`() throws {
        let mailed = try service()
        #expect(try mailed.service.register(Person(password: "abc")).status == 422)
        #expect(try mailed.service.number("SELECT COUNT(*) FROM notice") == 0)
    }

    @Test func `tells no one who changes an address whether it is taken`() throws {
        let mailed = try service()
        let service = mailed.service
        for email in ["ada@example.com", "taken@example.com"] {
            try service.register(Person(email: email))
            try service.prove(try mailed.server.token(to: email))
        }
        let session = try service.session()
        let answers = try ["taken@example.com", "free@example.com"].map {
            try service.changeAddress(session.token, to: $0).withoutDate
        }
        #expect(answers[0] == answers[1])
        #expect(answers[0].status == 202)
        let told = try mailed.server.mails(to: "taken@example.com", count: 2)[1]
        #expect(told.text.contains("have one already"))
    }

    @Test func `is asked for once under one Idempotency-Key`() throws {
        let mailed = try service()
        let service = mailed.service
        let key = ["Idempotency-Key: once"]
        let first = try service.register(headers: key)
        let second = try service.register(headers: key)
        #expect(first.withoutDate == second.withoutDate)
        #expect(try service.number("SELECT COUNT(*) FROM notice") == 1)
    }
}

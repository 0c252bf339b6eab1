import Accounts
import Foundation
import Glibc
import Outbound
import Service
import Storage
import Testing

@Suite(.enabled(if: mailServerIsThere)) struct `A notice` {
    @Test func `is plain text in UTF-8 that no header can be put into`() throws {
        let mailed = try MailedService { $0.notices.locale = .fr }
        let service = mailed.service
        let session = try service.member()
        try service.changePassword(session.token, "Abcdef1!", to: "Un-Cheval-1815")
        let mail = try mailed.server.mails(to: Person().email)[0]
        #expect(mail.from == "no-reply@example.org")
        #expect(mail.hello == "example.org")
        let wanted = [
            "From: =?utf-8?q?Boutique_=C3=89t=C3=A9?=", " <no-reply@example.org>",
            "To: <ada@example.com>", "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: quoted-printable", "Auto-Submitted: auto-generated",
        ]
        for header in wanted { #expect(mail.headers.contains(header), "\(header)") }
        for name in ["Date: ", "Message-ID: <", "Subject: "] {
            #expect(mail.headers.filter { $0.hasPrefix(name) }.count == 1)
        }
        #expect(mail.text.contains("a été changé le"))
        #expect(mail.content.utf8.allSatisfy { $0 < 0x80 })
        #expect(mail.content.components(separatedBy: "\r\n").allSatisfy { $0.utf8.count <= 78 })
    }

    @Test func `is in the language that the person registered with`() throws {
        let mailed = try MailedService()
        let service = mailed.service
        let answer = try service.call(
            "POST", "/v1/accounts", key: service.keys.appKey,
            Person().credentials.with("client", ["locale": "fr"]))
        #expect(answer.status == 201)
        try service.close(try service.session().token)
        #expect(try mailed.server.mails(to: Person().email)[0].text.contains("Votre compte"))
        let bad = try service.call(
            "POST", "/v1/accounts", key: service.keys.appKey,
            Person(email: "b@example.com").credentials.with("client", ["locale": "de"]))
        #expect(bad.field == "client.locale")
    }

    @Test func `of a closure reaches the mailbox whose address is gone`() throws {
        let mailed = try MailedService()
        let service = mailed.service
        try service.close(try service.member().token)
        #expect(try mailed.server.mails(to: Person().email)[0].text.contains("was closed on"))
        try service.untilMailed()
        #expect(try service.number("SELECT COUNT(*) FROM notice WHERE sealed IS NOT NULL") == 0)
    }

    @Test func `warns of the closure of an account that nobody uses, with its day`() throws {
        let mailed = try MailedService()
        let service = mailed.service
        try service.register()
        service.advance(.days(702))
        let mail = try mailed.server.mails(to: Person().email)[0]
        let closure = (service.now + .days(30)).rfc3339().prefix(10)
        #expect(mail.text.contains("will be closed"))
        #expect(mail.text.contains("on \(closure)"), "\(mail.text)")
    }

    @Test func `tells of a new device, but not of the first`() throws {
        let mailed = try MailedService { $0.notices.newDevice = true }
        let service = mailed.service
        let session = try service.member()
        #expect(try service.number("SELECT COUNT(*) FROM notice") == 0)
        try service.session(Person(device: session.device))
        #expect(try service.number("SELECT COUNT(*) FROM notice") == 0)
        for _ in 0..<7 { try service.session() }
        #expect(
            try service.number("SELECT COUNT(*) FROM notice WHERE kind = 'new_device'") == 5,
            "so many a day")
        let mail = try mailed.server.mails(to: Person().email)[0]
        #expect(mail.text.contains("from a device that we had not seen before"))
        service.advance(.hours(24))
        try service.session()
        #expect(try service.number("SELECT COUNT(*) FROM notice WHERE kind = 'new_device'") == 6)
    }

    @Test(arguments: [MailServerProcess.Security.startTLS, .implicitTLS])
    func `goes by TLS, with a password, to a server that proves itself`(
        _ security: MailServerProcess.Security
    ) throws {
        let server = try MailServerProcess(security, asksPassword: true)
        let secret = try server.folder.file("password", MailServerProcess.password + "\n")
        #expect(unsafe chmod(secret, 0o600) == 0)
        let mailed = try MailedService(server) {
            $0.mail.security = security == .startTLS ? .startTLS : .tls
            $0.mail.caFile = server.folder.path("cert.pem")
            $0.mail.user = MailServerProcess.user
            $0.mail.passwordFile = secret
        }
        try mailed.service.close(try mailed.service.member().token)
        let mail = try server.mails(to: Person().email)[0]
        #expect(mail.isEncrypted)
        #expect(mail.user == MailServerProcess.user)
    }

    @Test func `waits when the server does not prove itself, or offers no TLS`() throws {
        let unproven = try MailedService(try MailServerProcess(.startTLS)) {
            $0.mail.security = .startTLS
        }
        let plain = try MailedService { $0.mail.security = .startTLS }
        for mailed in [unproven, plain] {
            try mailed.service.close(try mailed.service.member().token)
            _ = try eventually {
                try mailed.service.log.contains("the mail server cannot be used") ? true : nil
            }
            #expect(try mailed.server.mails().isEmpty)
            #expect(try mailed.service.number("SELECT attempts FROM notice") == 0)
        }
    }

    @Test func `waits while the server is down, and goes when it is up`() throws {
        let first = try MailServerProcess()
        let mailed = try MailedService(first)
        let service = mailed.service
        first.stop()
        let token = try service.member().token
        #expect(try service.close(token).status == 200, "nobody waits for the mail")
        _ = try eventually { try service.log.contains("cannot be used") ? true : nil }
        let second = try MailServerProcess(port: first.port)
        _ = try eventually {
            service.advance(.seconds(1))
            return try second.mails().count == 1 ? true : nil
        }
    }

    @Test func `that is postponed is tried again`() throws {
        let mailed = try MailedService()
        let service = mailed.service
        let person = Person(email: "later@example.com")
        try service.close(try service.member(person).token)
        _ = try eventually {
            try service.texts("SELECT last_error FROM notice") == ["451"] ? true : nil
        }
        service.advance(.seconds(30))
        #expect(try mailed.server.mails(to: person.email).count == 1)
        try service.untilMailed()
        #expect(try service.number("SELECT attempts FROM notice") == 2)
    }

    @Test(arguments: [("refused@example.com", "550"), ("full@example.com", "552")])
    func `that nobody takes is dead, is seen, and can be sent again`(
        _ address: String, _ code: String
    ) throws {
        let mailed = try MailedService()
        let service = mailed.service
        try service.close(try service.member(Person(email: address)).token)
        _ = try eventually {
            try service.texts("SELECT state || last_error FROM notice") == ["dead" + code]
                ? true : nil
        }
        #expect(try service.metric("loquet_notices_depth") == 1)
        #expect(try service.eventTypes().last == "loquet.notice.undeliverable.v1")
        let body = try #require(
            try service.texts("SELECT CAST(body AS TEXT) FROM event ORDER BY sequence DESC").first)
        #expect(!body.contains("@") && body.contains("closure"))
        let desk = try NoticeDesk(service.commandNode(), actor: "cli:7")
        #expect(try desk.dead().map(\.error) == [code])
        let id = try #require(try desk.dead().first?.notice.id)
        #expect(try desk.redrive("no-such") == 0)
        #expect(try desk.redrive(id) == 1)
        _ = try eventually { try desk.dead().count == 1 ? true : nil }
        #expect(try service.metric("loquet_notices_total") >= 3)
    }

    @Test func `that helps nobody any more dies without being sent`() throws {
        let server = try MailServerProcess()
        let mailed = try MailedService(server)
        let service = mailed.service
        try service.register()
        server.stop()
        try service.askReset()
        try service.askReset("nobody@example.com")
        _ = try eventually { try service.log.contains("cannot be used") ? true : nil }
        service.advance(.hours(1))
        _ = try eventually {
            try service.texts("SELECT last_error FROM notice WHERE state = 'dead'") == ["expired"]
                ? true : nil
        }
        #expect(
            try service.number("SELECT COUNT(*) FROM notice WHERE state = 'dead'") == 1,
            "what was for nobody does not count")
    }

    @Test func `that was on its way when its node died is sent by the next`() throws {
        let mailed = try MailedService()
        let service = mailed.service
        let session = try service.member()
        service.stop()
        let next = try service.restarted()
        try next.execute(
            """
            INSERT INTO notice (id, account_id, kind, locale, cause, state, attempts, not_before_us,
                useful_until_us, created_at_us, lease_token, lease_until_us, last_error)
            SELECT '0198c000-0000-7000-8000-000000000000', id, 'password_changed', 'en', '', 'leased',
                1, 0, \(next.now + .days(1)), 0, \([1, 2] as [UInt8]), \(next.now + .seconds(60)), ''
            FROM account
            """)
        #expect(try next.isLive(session.token))
        next.advance(.seconds(60))
        #expect(try mailed.server.mails(to: Person().email).count == 1)
    }
}

@Suite struct `Notices without mail` {
    @Test func `go as events, which hold an account and a kind`() throws {
        let service = try RunningService { $0.notices.delivery = .application }
        let session = try service.member()
        try service.changePassword(session.token, "Abcdef1!", to: "Un-Cheval-1815")
        let bodies = try service.texts(
            "SELECT CAST(body AS TEXT) FROM event WHERE type = 'loquet.notice.due.v1'")
        #expect(bodies.count == 1)
        #expect(bodies[0].contains("password_changed") && bodies[0].contains("acc_"))
        #expect(!bodies[0].contains("@"))
        #expect(try service.number("SELECT COUNT(*) FROM notice") == 0)
    }

    @Test func `are not written where nobody is to be told`() throws {
        let service = try RunningService()
        let session = try service.member()
        try service.changePassword(session.token, "Abcdef1!", to: "Un-Cheval-1815")
        try service.close(session.token, "Un-Cheval-1815")
        #expect(try service.number("SELECT COUNT(*) FROM notice") == 0)
        #expect(try !service.eventTypes().contains("loquet.notice.due.v1"))
    }
}

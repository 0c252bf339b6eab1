import Accounts
import Outbound
import Service
import Storage
import Testing

@Suite struct `A containment` {
    private func ask(_ service: RunningService, _ body: JSONValue) throws -> Answer {
        try service.call("POST", "/v1/admin/containments", key: service.keys.adminKey, body)
    }

    /// Waits until it is done.
    private func finished(_ service: RunningService, _ answer: Answer) throws -> JSONValue {
        let id = try #require(answer.json["id"]?.string, "\(answer.text)")
        return try eventually {
            let shown = try service.call(
                "GET", "/v1/admin/containments/\(id)", key: service.keys.adminKey
            ).json
            return shown["state"] == "done" ? shown : nil
        }
    }

    private func id(_ service: RunningService, _ email: String) throws -> String {
        let ids = try service.database.read { reader throws(DatabaseError) in
            try reader.rows("SELECT account_id FROM profile WHERE email = \(email)") {
                row throws(DatabaseError) in try row.text(0)
            }
        }
        return try #require(ids.first)
    }

    @Test func `ends sessions and devices, and asks for another password`() throws {
        let service = try RunningService()
        let session = try service.member()
        let spared = try service.member(Person(email: "b@example.com"))
        let account = try id(service, Person().email)
        let asked = try ask(
            service, ["accounts": [.string(account)], "reason": "a list was found"])
        #expect(asked.status == 202)
        let shown = try finished(service, asked)
        #expect(shown["accounts"] == ["waiting": 0, "done": 1, "skipped": 0])
        #expect(shown["reason"] == "a list was found")
        #expect(try !service.isLive(session.token))
        #expect(try service.isLive(spared.token))
        let next = try service.signIn(Person(device: session.device))
        #expect(next.json["password_change_required"] == true)
        #expect(next.json["device"] != nil, "the device was forgotten")
        let restricted = try #require(next.json["session"]?["token"]?.string)
        #expect(try service.introspect(restricted) == ["active": false])
        #expect(
            try service.changePassword(restricted, "Abcdef1!", to: "Un-Cheval-1815").status == 204)
        #expect(try service.isLive(restricted))
        #expect(
            try service.texts(
                "SELECT action FROM audit WHERE action LIKE '%contain%' ORDER BY action")
                == ["account.contained", "containment.asked", "containment.finished"])
        #expect(
            try service.number("SELECT COUNT(*) FROM audit WHERE reason = 'a list was found'") == 3)
    }

    @Test func `finds whom an incident concerns: everybody, where a decoy was signed in to`() throws
    {
        let service = try RunningService()
        let sessions = try ["a", "b", "c"].map {
            try service.member(Person(email: "\($0)@example.com"))
        }
        try service.stealFromDecoy()
        let incident = try service.incident()
        let shown = try finished(
            service, try ask(service, ["incident": .string(incident), "reason": "r"]))
        #expect(shown["accounts"] == ["waiting": 0, "done": 3, "skipped": 0])
        for session in sessions { #expect(try !service.isLive(session.token)) }
        for unknown in ["inc_00000000000000000000000000", "x"] {
            let answer = try ask(service, ["incident": .string(unknown), "reason": "r"])
            #expect(answer.status == 400)
            #expect(answer.text.contains("incident"))
        }
        let both = try ask(
            service, ["incident": .string(incident), "accounts": ["x"], "reason": "r"])
        #expect(both.status == 400)
    }

    @Test func `tightens the throttle for a day`() throws {
        let service = try RunningService()
        try service.register()
        _ = try finished(
            service,
            try ask(
                service, ["accounts": [.string(try id(service, Person().email))], "reason": "r"]))
        #expect(try service.fail(times: 4).map(\.status) == [401, 401, 401, 429])
        service.advance(.hours(24) - .microseconds(1))
        #expect(try service.fail(times: 2).map(\.status) == [401, 429], "the fourth in a row")
        service.advance(.hours(24))
        #expect(try service.fail(times: 6).map(\.status) == [401, 401, 401, 401, 401, 429])
    }

    @Test func `finds accounts by where they were signed in from, and when`() throws {
        let service = try RunningService()
        let people = ["a", "b", "c", "d"].map { Person(email: "\($0)@example.com") }
        for person in people { try service.register(person) }
        let sources = ["203.0.113.7", "203.0.113.200", "198.51.100.1", "203.0.113.7"]
        let since = service.now
        for (person, source) in zip(people.dropLast(), sources) {
            try service.session(person.with(ip: source))
        }
        try service.fail(people[3].with(ip: "203.0.113.7"), times: 1)
        service.advance(.seconds(10))
        let until = service.now
        try service.session(people[3].with(ip: "203.0.113.7"))
        let asked = try ask(
            service,
            [
                "source": "203.0.113.0/24", "since": .string(since.rfc3339()),
                "until": .string(until.rfc3339()), "reason": "stuffing",
            ])
        let shown = try finished(service, asked)
        #expect(shown["accounts"]?["done"] == 2)
        #expect(
            try service.texts(
                """
                SELECT p.email FROM password w JOIN profile p ON p.account_id = w.account_id
                WHERE w.must_change ORDER BY 1
                """) == ["a@example.com", "b@example.com"])
        let all = try finished(
            service, try ask(service, ["since": .string(since.rfc3339()), "reason": "all"]))
        #expect(all["accounts"]?["done"] == 3, "until is now, and excludes it")
    }

    @Test func `refuses a sign-in that was verified before it`() throws {
        let service = try RunningService()
        try service.register()
        let before = try service.number("SELECT version FROM password")
        _ = try finished(
            service,
            try ask(
                service, ["accounts": [.string(try id(service, Person().email))], "reason": "r"]))
        #expect(try service.number("SELECT version FROM password") == before + 1)
    }

    @Test func `is done once for each account, whatever was killed when`() throws {
        let service = try RunningService()
        for index in 0..<120 { try service.register(Person(email: "p\(index)@example.com")) }
        service.stop()
        // What a process leaves that was killed after its first batch.
        let next = try service.restarted()
        let ids = try next.texts("SELECT id FROM account ORDER BY id")
        let accounts = ids.map(JSONValue.string)
        let asked = try ask(next, ["accounts": .array(accounts), "reason": "r"])
        _ = try eventually {
            try next.number("SELECT COUNT(*) FROM account_task_member WHERE outcome = 'done'") > 0
                ? true : nil
        }
        next.stop()
        let last = try next.restarted()
        let shown = try finished(last, asked)
        #expect(shown["accounts"] == ["waiting": 0, "done": 120, "skipped": 0])
        #expect(
            try last.number("SELECT COUNT(*) FROM audit WHERE action = 'account.contained'") == 120)
        #expect(
            try last.number("SELECT COUNT(*) FROM password WHERE version = 2 AND must_change")
                == 120)
    }

    @Test func `leaves closed accounts alone, and counts them`() throws {
        let service = try RunningService()
        let session = try service.member()
        let account = try id(service, Person().email)
        try service.close(session.token)
        let shown = try finished(
            service, try ask(service, ["accounts": [.string(account)], "reason": "r"]))
        #expect(shown["accounts"] == ["waiting": 0, "done": 0, "skipped": 1])
    }

    @Test func `is asked for once under one Idempotency-Key`() throws {
        let service = try RunningService()
        try service.register()
        let body: JSONValue = [
            "accounts": [.string(try id(service, Person().email))], "reason": "r",
        ]
        let answers = try (0..<2).map { _ in
            try service.call(
                "POST", "/v1/admin/containments", key: service.keys.adminKey, body,
                headers: ["Idempotency-Key: k"])
        }
        #expect(answers[0].json == answers[1].json)
        let other = try service.call(
            "POST", "/v1/admin/containments", key: service.keys.adminKey,
            body.with("reason", "another"), headers: ["Idempotency-Key: k"])
        #expect(other.status == 422)
        #expect(other.code == "idempotency_key_reused")
    }

    @Test func `names what is wrong with a request, and does nothing`() throws {
        let service = try RunningService()
        try service.register()
        let known = JSONValue.string(try id(service, Person().email))
        let unknown = JSONValue.string(AccountID(bytes: [UInt8](repeating: 7, count: 16)).text)
        let cases: [(JSONValue, String)] = [
            (["reason": "r"], "accounts"),
            (["accounts": [known]], "reason"),
            (["accounts": [known], "reason": " "], "reason"),
            (
                ["accounts": [known], "reason": .string(String(repeating: "r", count: 501))],
                "reason"
            ),
            (["accounts": [known], "since": "2026-01-01T00:00:00Z", "reason": "r"], "accounts"),
            (["accounts": [known, unknown], "reason": "r"], "accounts[1]"),
            (["accounts": ["acc_x"], "reason": "r"], "accounts[0]"),
            (["source": "203.0.113.7", "reason": "r"], "since"),
            (
                ["source": "203.0.113.7/24", "since": "2026-01-01T00:00:00Z", "reason": "r"],
                "source"
            ),
            (["since": "yesterday", "reason": "r"], "since"),
            (["since": "2999-01-01T00:00:00Z", "reason": "r"], "until"),
            (["accounts": [known], "incident": "inc_1", "reason": "r"], "accounts"),
            (["incident": "inc_1", "reason": "r"], "incident"),
            (["accounts": [known], "person": "x", "reason": "r"], "person"),
        ]
        for (body, field) in cases {
            let answer = try ask(service, body)
            #expect(answer.status == 400, "\(answer.text)")
            #expect(answer.field == field, "\(answer.text)")
        }
        #expect(try service.number("SELECT COUNT(*) FROM account_task") == 0)
    }

    @Test func `is an operator's or a data protection officer's to ask for`() throws {
        let service = try RunningService()
        let keys = APIKeys(service.database, actor: "cli:0")
        for role in Role.allCases {
            let key = try keys.make(administrator: "x", roles: [role], lifetime: .days(9)).key
            let status = try service.call(
                "POST", "/v1/admin/containments", key: key, ["reason": "r"]
            ).status
            #expect(status == ([.operator, .dpo].contains(role) ? 400 : 403))
            let notice = try service.call(
                "POST", "/v1/admin/breach-notices", key: key, ["reason": "r"]
            ).status
            #expect(notice == (role == .dpo ? 503 : 403))
        }
        let missing = try service.call(
            "GET", "/v1/admin/containments/0198c000-0000-7000-8000-000000000000",
            key: service.keys.adminKey)
        #expect(missing.status == 404)
    }
}

@Suite(.enabled(if: mailServerIsThere)) struct `A breach notice` {
    @Test func `tells each account in the officer's words, and counts who was reached`() throws {
        let mailed = try MailedService()
        let service = mailed.service
        for email in ["a@example.com", "b@example.com", "refused@example.com"] {
            try service.register(Person(email: email))
        }
        let ids = try service.texts("SELECT id FROM account")
        let asked = try service.call(
            "POST", "/v1/admin/breach-notices", key: service.keys.adminKey,
            [
                "accounts": .array(ids.map(JSONValue.string)), "subject": "Vos données",
                "text": "Le 23 novembre…\n\n{{link}} reste tel quel.", "reason": "incident",
            ])
        #expect(asked.status == 202, "\(asked.text)")
        let id = try #require(asked.json["id"]?.string)
        let shown = try eventually {
            let shown = try service.call(
                "GET", "/v1/admin/breach-notices/\(id)", key: service.keys.adminKey
            ).json
            return shown["notices"]?["dead"] == 1 && shown["notices"]?["sent"] == 2 ? shown : nil
        }
        #expect(shown["accounts"] == ["waiting": 0, "done": 3, "skipped": 0])
        let mail = try mailed.server.mails(to: "a@example.com")[0]
        #expect(mail.text.contains("Le 23 novembre…\n\n{{link}} reste tel quel.\n"))
        let wrong = try service.call(
            "GET", "/v1/admin/containments/\(id)", key: service.keys.adminKey)
        #expect(wrong.status == 404)
    }
}

import Accounts
import Service
import Storage
import Testing

@Suite struct `A rights request` {
    @Test func `from a session is known, and due in a month`() throws {
        let service = try RunningService()
        let session = try service.member()
        let asked = try service.call(
            "POST", "/v1/account/requests", key: session.token, ["right": "access"])
        #expect(asked.status == 201)
        let due = service.now.adding(months: 1).rfc3339()
        #expect(asked.json["request"]?["due_at"]?.string == due)
        let again = try service.call(
            "POST", "/v1/account/requests", key: session.token, ["right": "access"])
        #expect(again.status == 200 && again.json == asked.json)
        let key = try service.officer()
        let all = try service.call("GET", "/v1/admin/requests", key: key).json["requests"]?.array
        #expect(all?.map { $0["identity"] } == ["verified"])
        #expect(all?.map { $0["channel"] } == ["session"])
        let mine = try service.call("GET", "/v1/account/requests", key: session.token)
        #expect(mine.json["requests"]?.array == [try #require(asked.json["request"])])
    }

    @Test func `from an application is one whose sender is to be checked`() throws {
        let service = try RunningService()
        try service.member()
        let id = try service.firstAccountID()
        let asked = try service.call(
            "POST", "/v1/accounts/\(id)/requests", key: service.keys.appKey,
            ["right": "erasure", "detail": "all of it"])
        #expect(asked.status == 201)
        let key = try service.officer()
        let request = try #require(asked.json["request"]?["id"]?.string)
        let decided = try service.step(key, request, "decision", ["outcome": "fulfilled"])
        #expect(decided.status == 409 && decided.code == "request_state")
        #expect(decided.json["state"] == "not_verified")
    }

    @Test func `by letter counts from its receipt, and may name nobody`() throws {
        let service = try RunningService()
        let key = try service.officer()
        let received = service.now - .days(10)
        let id = try service.letter(key, account: nil, received: received)
        let file = try service.call("GET", "/v1/admin/requests/\(id)", key: key)
        #expect(
            file.json["request"]?["due_at"]?.string == received.adding(months: 1).rfc3339())
        #expect(
            file.json["request"]?["promised_by"]?.string == (received + .days(60)).rfc3339())
        #expect(file.json["steps"]?.array.map { $0["step"] } == ["received"])
        let bare = try service.call(
            "POST", "/v1/admin/requests", key: key, ["right": "access", "channel": "post"])
        #expect(bare.status == 400 && bare.field == "contact")
        let early = try service.call(
            "POST", "/v1/admin/requests", key: key,
            [
                "right": "access", "channel": "email", "contact": "x",
                "received_at": .string((service.now + .seconds(1)).rfc3339()),
            ])
        #expect(early.status == 400 && early.field == "received_at")
    }

    @Test func `is doubted, verified, extended and decided, each with its reason`() throws {
        let service = try RunningService()
        try service.member()
        let key = try service.officer()
        let id = try service.letter(key, account: try service.firstAccountID())
        let start = service.now
        service.advance(.seconds(86_400))
        #expect(try service.step(key, id, "doubt", [:]).field == "reason")
        let doubted = try service.step(key, id, "doubt")
        #expect(doubted.json["request"]?["due_at"] == .null)
        service.advance(.seconds(3 * 86_400))
        let verified = try service.step(key, id, "verification", ["reason": "answered by mail"])
        let due = start.adding(months: 1) + .days(3)
        #expect(verified.json["request"]?["due_at"]?.string == due.rfc3339())
        let extended = try service.step(key, id, "extension", ["reason": "many systems"])
        let later = start.adding(months: 3) + .days(3)
        #expect(extended.json["request"]?["due_at"]?.string == later.rfc3339())
        #expect(try service.step(key, id, "extension").json["state"] == "extended")
        let bare = try service.step(key, id, "decision", ["outcome": "refused"])
        #expect(bare.status == 422 && bare.code == "reason_required")
        let decided = try service.step(
            key, id, "decision", ["outcome": "refused", "reason": "nothing is held"])
        #expect(decided.json["request"]?["outcome"] == "refused")
        #expect(try service.step(key, id, "decision", ["outcome": "fulfilled"]).status == 409)
        let file = try service.call("GET", "/v1/admin/requests/\(id)", key: key)
        #expect(
            file.json["steps"]?.array.map { $0["step"] } == [
                "received", "doubted", "verified", "extended", "decided",
            ])
        #expect(
            file.json["steps"]?.array.map { $0["text"] } == [
                "post", "because", "answered by mail", "many systems", "nothing is held",
            ])
        #expect(
            try service.texts(
                "SELECT reason FROM audit WHERE action LIKE 'request.%' AND reason <> ''")
                == [], "it may speak of the person, and outlives the file")
    }

    @Test func `reminds once of each date, also after a restart`() throws {
        var service = try RunningService()
        try service.member()
        let key = try service.officer()
        _ = try service.letter(key, account: try service.firstAccountID())
        let reminders = { (service: RunningService) in
            try RightsReminders(service.commandNode()).round()
            return try service.texts(
                "SELECT type FROM event WHERE type LIKE 'loquet.request.%' ORDER BY sequence")
        }
        #expect(try reminders(service).isEmpty)
        service.advance(service.now.adding(months: 1) - service.now - .days(7))
        #expect(try reminders(service) == ["loquet.request.due.v1"])
        service = try service.restarted()
        service.advance(.days(7))
        #expect(try reminders(service) == ["loquet.request.due.v1"])
        service.advance(.microseconds(1))
        #expect(
            try reminders(service) == ["loquet.request.due.v1", "loquet.request.overdue.v1"])
        service.advance(.days(40))
        let all = try reminders(service)
        #expect(all.count == 3 && all.last == "loquet.request.overdue.v1")
        #expect(try reminders(service) == all)
    }

    @Test func `is taken twenty times from one person, and by letter always`() throws {
        let service = try RunningService()
        let session = try service.member()
        let ask = { (number: Int) in
            try service.call(
                "POST", "/v1/account/requests", key: session.token,
                ["right": "rectification", "detail": .string("\(number)")])
        }
        for number in 1...20 { #expect(try ask(number).status == 201) }
        let more = try ask(21)
        #expect(more.status == 409 && more.code == "limit_reached")
        #expect(try ask(20).status == 200)
        _ = try service.letter(service.officer(), account: service.firstAccountID())
    }

    @Test(arguments: [
        ("right", "forget"), ("channel", "session"), ("channel", "fax"), ("account_id", "x"),
        ("received_at", "yesterday"), ("detail", "a\nb"), ("contact", ""),
    ])
    func `is refused with the field that is wrong`(field: String, value: String) throws {
        let service = try RunningService()
        let body: JSONValue = ["right": "access", "channel": "post", "contact": "Ada"]
        let answer = try service.call(
            "POST", "/v1/admin/requests", key: service.officer(), body.with(field, .string(value)))
        #expect(answer.status == 400 && answer.field == field)
        #expect(try service.number("SELECT count(*) FROM rights_request") == 0)
    }

    @Test func `is for the data protection officer alone`() throws {
        let service = try RunningService()
        for role in [Role.auditor, .operator, .archivist] {
            let key = try APIKeys(service.database, actor: "cli:0")
                .make(administrator: "x", roles: [role], lifetime: .days(1)).key
            for path in ["/v1/admin/requests", "/v1/admin/disclosures"] {
                #expect(try service.call("GET", path, key: key).status == 403)
                #expect(try service.call("POST", path, key: key, [:]).status == 403)
            }
        }
    }
}

@Suite struct `What is kept of consents and requests at a closure` {
    @Test func `is the proof and the decided files, and leaves only what is open`() throws {
        let service = try RunningService()
        let key = try service.officer()
        try service.member()
        let text = try service.firstAccountID()
        let id = try #require(AccountID(parsing: text))
        try service.call(
            "POST", "/v1/admin/privacy-policies", key: key,
            ["version": "1", "effective_at": "2020-01-01", "texts": ["fr": "Nous"]])
        try service.call(
            "POST", "/v1/admin/accounts/\(text)/consents", key: key,
            [
                "purpose": "P5", "policy_version": "1", "locale": "fr", "evidence": "form 3",
                "text_digest": .string(String(repeating: "ab", count: 32)),
            ])
        let open = try service.letter(key, account: text)
        let done = try service.letter(key, "objection", account: text)
        _ = try service.step(key, done, "decision", ["outcome": "withdrawn"])
        let now = service.now
        let (proof, file) = try service.database.transaction { transaction throws(DatabaseError) in
            let proof = try RightsArchive.consentProof(of: id, transaction)
            let file = try RightsArchive.rightsFile(of: id, at: now, transaction)
            try RightsArchive.removeLive(of: id, transaction)
            return (proof, file)
        }
        let proven = try JSONReader.read(try #require(proof))
        #expect(proven["consents"]?.array.map { $0["evidence"] } == ["form 3"])
        let filed = try JSONReader.read(try #require(file))
        #expect(filed["requests"]?.array.map { $0["request"]?["id"]?.string } == [done])
        #expect(try service.texts("SELECT id FROM rights_request") == [open])
        #expect(try service.number("SELECT count(*) FROM consent") == 0)
        let nothing = try service.database.read { reader throws(DatabaseError) in
            (
                try RightsArchive.consentProof(of: id, reader),
                try RightsArchive.rightsFile(of: id, at: now, reader)
            )
        }
        #expect(nothing.0 == nil && nothing.1 == nil)
    }
}

@Suite struct `A disclosure to an authority` {
    @Test func `is open until each person was told or silence has a reason`() throws {
        let service = try RunningService()
        let key = try service.officer()
        try service.register()
        try service.register(Person().with(email: "grace@example.com"))
        let ids = try service.texts("SELECT id FROM account ORDER BY id")
        let body: JSONValue = [
            "authority": "Tribunal judiciaire", "legal_basis": "art. 60-1 CPP",
            "scope": "sign-ins of May", "reference": "file 7/2026",
            "account_ids": .array(ids.map(JSONValue.string)),
        ]
        let made = try service.call("POST", "/v1/admin/disclosures", key: key, body)
        #expect(made.status == 201)
        let id = try #require(made.json["disclosure"]?["id"]?.string)
        let open = {
            try service.call("GET", "/v1/admin/disclosures?open=true", key: key)
                .json["disclosures"]?.array.count
        }
        let note = { (body: JSONValue) in
            try service.call("POST", "/v1/admin/disclosures/\(id)/notices", key: key, body)
        }
        #expect(try open() == 1)
        #expect(try note([:]).status == 400)
        #expect(try note(["told_how": "x", "silent_because": "y"]).status == 400)
        #expect(
            try note(["told_how": "letter 1", "account_id": .string(ids[0])]).json
                == ["people": 1])
        #expect(try open() == 1)
        #expect(try note(["silent_because": "the order forbids it"]).json == ["people": 1])
        #expect(try open() == 0)
        let file = try service.call("GET", "/v1/admin/disclosures/\(id)", key: key)
        #expect(file.json["people"]?.array.map { $0["notice"] } == ["told", "silent"])
        #expect(
            try service.texts("SELECT action FROM audit WHERE object = \(id) ORDER BY action")
                == ["disclosure.added", "disclosure.read", "disclosure.silent", "disclosure.told"])
    }

    @Test(arguments: ["authority", "legal_basis", "scope", "reference", "account_ids"])
    func `is refused without any of its parts`(field: String) throws {
        let service = try RunningService()
        try service.register()
        let body: JSONValue = [
            "authority": "a", "legal_basis": "b", "scope": "c", "reference": "d",
            "account_ids": [.string(try service.firstAccountID())],
        ]
        let answer = try service.call(
            "POST", "/v1/admin/disclosures", key: service.officer(), body.with(field, nil))
        #expect(answer.status == 400 && answer.field == field)
    }

    @Test func `names accounts that were there`() throws {
        let service = try RunningService()
        let answer = try service.call(
            "POST", "/v1/admin/disclosures", key: service.officer(),
            [
                "authority": "a", "legal_basis": "b", "scope": "c", "reference": "d",
                "account_ids": [.string("acc_" + String(repeating: "0", count: 26))],
            ])
        #expect(answer.status == 400 && answer.field == "account_ids")
        #expect(try service.number("SELECT count(*) FROM disclosure") == 0)
    }
}

import Accounts
import Incidents
import Service
import Storage
import Testing

extension RunningService {
    /// Somebody signs in to a decoy, which is a near-proof.
    @discardableResult
    func stealFromDecoy() throws -> String {
        let start = try NodeStart(configuration, log: Log(descriptor: -1, clock: systemTime))
        var planted: Canaries.Planted?
        try Canaries(try start.commandNode(on: database), actor: "cli:0").add(
            email: try EmailAddress(parsing: "backup@example.com")
        ) { planted = $0 }
        let decoy = try #require(planted)
        let thief = Person(email: decoy.email, password: decoy.password)
        #expect(try signIn(thief).status == 201)
        return try incident()
    }

    /// The id of the latest incident, once there is one.
    func incident() throws -> String {
        try eventually {
            try texts("SELECT id FROM incident ORDER BY opened_at_us DESC LIMIT 1").first
        }
    }

    @discardableResult
    func report(processor: String? = "Host SA", at: Timestamp? = nil) throws -> String {
        var body: JSONValue = ["summary": "a copy was found"]
        body = body.with("processor", processor.map { .string($0) })
        body = body.with("reported_at", at.map { .string($0.rfc3339()) })
        let answer = try post("", body)
        #expect(answer.status == 201)
        return try #require(answer.json["id"]?.string)
    }

    func post(_ path: String, _ body: JSONValue, key: String? = nil) throws -> Answer {
        try call("POST", "/v1/admin/incidents\(path)", key: key ?? keys.adminKey, body)
    }

    func get(_ path: String, accept: String = "application/json") throws -> Answer {
        try call(
            "GET", "/v1/admin/incidents\(path)", key: keys.adminKey, headers: ["Accept: \(accept)"])
    }

    func administrator(role: Role) throws -> String {
        try APIKeys(database, actor: "cli:0").make(
            administrator: "x", roles: [role], lifetime: .days(1)
        ).key
    }

    func count(of type: EventType) throws -> Int64 {
        try number("SELECT count(*) FROM event WHERE type = \(type.rawValue)")
    }
}

@Suite struct `An incident of a running service` {
    @Test func `is opened in one transaction with the finding, which names it`() throws {
        let service = try RunningService()
        let id = try service.stealFromDecoy()
        let bodies = try service.texts(
            "SELECT CAST(body AS TEXT) FROM event WHERE type LIKE '%canary%' OR type LIKE '%opened%'"
        )
        #expect(bodies.count == 2)
        for body in bodies {
            #expect(body.contains("\"correlationid\":\"\(id)\""))
            #expect(body.contains("\"aware_at\":\"\(service.now.rfc3339())\""))
        }
        let shown = try service.get("/\(id)").json
        #expect(shown["state"] == "open" && shown["severity"] == "critical")
        #expect(shown["aware_at"]?.string == service.now.rfc3339())
        #expect(shown["remaining_seconds"] == 259_200)
        #expect(shown["evidence"]?.array.count == 1)
        #expect(shown["timeline"]?.array.first?["action"] == "opened")
        #expect(try service.metric("loquet_breach_clock_remaining_seconds") == 259_200)
        service.advance(.hours(73))
        #expect(try service.metric("loquet_breach_clock_remaining_seconds") == -3_600)
    }

    @Test func `gathers repeats and tells one update for each news`() throws {
        let service = try RunningService()
        for number in 0..<20 { try service.register(Person(email: "p\(number)@example.com")) }
        let attacker = Person(password: "Somebody-elses-1", ip: "203.0.113.50")
        for number in 0..<20 {
            let email = "p\(number)@example.com"
            try service.signIn(attacker.with(email: email).with(password: "Theirs-\(number)"))
        }
        service.advance(.seconds(1))
        for number in 0..<4 {
            try service.signIn(Person(email: "p\(number)@example.com", ip: "203.0.113.50"))
        }
        // Reported at 20 accounts, and at the first, second and fourth success.
        _ = try eventually {
            try service.count(of: .credentialStuffing) == 4 ? true : nil
        }
        #expect(try service.number("SELECT count(*) FROM incident") == 1)
        #expect(try service.count(of: .incidentOpened) == 1)
        #expect(try service.count(of: .incidentUpdated) == 1)
        let id = try service.incident()
        let list = try service.post("/\(id)/affected", ["reason": "a test"]).json
        #expect(list["count"] == 4)
        #expect(list["accounts"]?.array.count == 4 && list["next"] == .null)
        let first = try service.post("/\(id)/affected", ["reason": "a test", "max": 3]).json
        #expect(first["accounts"]?.array.count == 3)
        let rest = try service.post(
            "/\(id)/affected", ["reason": "a test", "after": try #require(first["next"])]
        ).json
        #expect(
            try #require(first["accounts"]).array + (try #require(rest["accounts"])).array
                == list["accounts"]?.array)
        let reasons = try service.texts(
            "SELECT reason FROM audit WHERE action = 'incident.affected_read'")
        #expect(reasons == ["a test", "a test", "a test"])
    }

    @Test func `goes from suspicion to the register, each step with who and why`() throws {
        let service = try RunningService()
        let id = try service.report()
        #expect(try service.post("/\(id)/close", ["reason": "x"]).code == "incident_state")
        #expect(try service.post("/\(id)/confirm", ["reason": " "]).code == "reason_required")
        #expect(try service.post("/\(id)/confirm", ["reason": "seen in the log"]).status == 200)
        #expect(try service.post("/\(id)/confirm", ["reason": "again"]).code == "incident_state")
        #expect(try service.post("/\(id)/notified", ["audience": "authority"]).status == 200)
        #expect(try service.post("/\(id)/close", ["reason": "done"]).code == "incident_unsettled")
        #expect(
            try service.post(
                "/\(id)/notified", ["audience": "people", "waived_because": "encrypted"]
            ).status == 200)
        #expect(try service.post("/\(id)/close", ["reason": "done"]).json["state"] == "closed")
        let actions = try #require(try service.get("/\(id)").json["timeline"]).array.map {
            $0["action"]?.string
        }
        #expect(
            actions == [
                "reported", "confirmed", "authority_notified", "dossier_saved", "people_waived",
                "closed",
            ])
        let audited = try service.texts(
            "SELECT action || '|' || reason FROM audit WHERE object = \(id) ORDER BY id")
        #expect(Set(audited).contains("incident.confirmed|seen in the log"))
        #expect(Set(audited).contains("incident.people_waived|encrypted"))
        #expect(audited.count == 6)
        #expect(try service.count(of: .incidentUpdated) == 3)
        #expect(try service.count(of: .incidentClosed) == 1)
        let other = try service.report(processor: nil)
        #expect(
            try service.post("/\(other)/dismiss", ["reason": "our own test"]).json[
                "dismissed_because"] == "our own test")
        let register = try service.get("").json["incidents"]?.array ?? []
        #expect(Set(register.map { $0["id"]?.string }) == [id, other])
        #expect(try service.get("?state=dismissed").json["incidents"]?.array.count == 1)
    }

    @Test func `told late needs a reason`() throws {
        let service = try RunningService()
        let id = try service.report(at: service.now - .hours(80))
        let body: JSONValue = ["audience": "authority"]
        #expect(try service.post("/\(id)/notified", body).code == "reason_required")
        let late = try service.post("/\(id)/notified", body.with("reason", "found on a holiday"))
        #expect(late.json["authority_reason"] == "found on a holiday")
        let people: JSONValue = ["audience": "people"]
        let after = people.with("at", .string((service.now - .hours(7)).rfc3339()))
        #expect(try service.post("/\(id)/notified", after).code == "reason_required")
        let inTime = people.with("at", .string((service.now - .hours(9)).rfc3339()))
        #expect(try service.post("/\(id)/notified", inTime).json["people_reason"] == "")
        let future = body.with("at", .string((service.now + .hours(1)).rfc3339()))
        #expect(try service.post("/\(id)/notified", future).field == "at")
    }

    @Test func `is read by auditors, and worked on by others`() throws {
        let service = try RunningService()
        let auditor = try service.administrator(role: .auditor)
        let archivist = try service.administrator(role: .archivist)
        let id = try service.report()
        let path = "/v1/admin/incidents/\(id)"
        #expect(try service.call("GET", path, key: auditor).status == 200)
        #expect(try service.call("GET", path, key: archivist).status == 403)
        #expect(try service.call("GET", path, key: service.keys.appKey).status == 401)
        for step in ["confirm", "dismiss", "close", "notified"] {
            let answer = try service.post("/\(id)/\(step)", ["reason": "x"], key: auditor)
            #expect(answer.status == 403, "\(step)")
        }
        #expect(
            try service.post("/\(id)/affected", ["reason": "audit"], key: auditor).status == 200)
        #expect(try service.post("/\(id)/affected", [:]).code == "reason_required")
        #expect(
            try service.call("PATCH", path + "/dossier", key: auditor, ["cause": "unknown"]).status
                == 403)
    }

    @Test(
        arguments: [
            ("?state=new", "state"), ("?max=0", "max"), ("?max=201", "max"),
            ("?max=1&max=1", "max"),
            ("?after=inc_1", "after"), ("?page=2", "page"), ("?state", "state"),
        ])
    func `is listed only as asked properly`(query: String, field: String) throws {
        let service = try RunningService()
        let answer = try service.get(query)
        #expect(answer.status == 400 && answer.field == field)
    }

    @Test func `refuses what it cannot take, naming the field`() throws {
        let service = try RunningService()
        let id = try service.report()
        let refused: [(String, JSONValue, String)] = [
            ("", ["processor": "x"], "summary"), ("", ["summary": " "], "summary"),
            ("", ["summary": "a", "reported_at": "soon"], "reported_at"),
            ("/\(id)/notified", ["audience": "press"], "audience"),
            ("/\(id)/notified", ["audience": "processor", "waived_because": "x"], "audience"),
            (
                "/\(id)/confirm", ["reason": .string(String(repeating: "x", count: 501))], "reason"
            ),
            ("/\(id)/confirm", ["reason": "a\nb"], "reason"),
            ("/\(id)/affected", ["reason": "x", "after": "acc_1"], "after"),
        ]
        for (path, body, field) in refused {
            let answer = try service.post(path, body)
            #expect(answer.status == 400 && answer.field == field, "\(path) \(answer.text)")
        }
        #expect(try service.post("/inc_1/confirm", ["reason": "x"]).status == 404)
        let nobody = IncidentID(bytes: [UInt8](repeating: 0, count: 16)).text
        for path in ["/\(nobody)", "/\(nobody)/dossier", "/\(nobody)/dossier-versions"] {
            #expect(try service.get(path).status == 404)
        }
        #expect(try service.post("/\(nobody)/confirm", ["reason": "x"]).status == 404)
        #expect(try service.number("SELECT count(*) FROM incident") == 1)
    }
}

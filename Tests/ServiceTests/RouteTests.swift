import Accounts
import Service
import Testing

private let account = "{account:{id:string,email:string,state:string,created_at:string}}"

@Suite struct `The interface` {
    @Test func `registers an account`() throws {
        let service = try RunningService()
        let made = try service.register()
        #expect(made.status == 201)
        #expect(made.json.shape == account)
        let shown = made.json["account"]
        #expect(shown?["email"] == "ada@example.com")
        #expect(shown?["state"] == "active")
        #expect(shown?["created_at"]?.string == service.now.rfc3339())
        #expect(shown?["id"]?.string.flatMap { AccountID(parsing: $0) } != nil)
        #expect(made.header("Content-Type") == "application/json")
        #expect(made.header("Cache-Control") == "no-store")
    }

    @Test func `shows a display name where there is one`() throws {
        let service = try RunningService()
        let body = Person().credentials.with("display_name", "Ada Lovelace")
        let made = try service.call("POST", "/v1/accounts", key: service.keys.appKey, body)
        #expect(
            made.json.shape
                == account.replacing("email:string,", with: "email:string,display_name:string,"))
        #expect(made.json["account"]?["display_name"] == "Ada Lovelace")
    }

    @Test func `signs in with a session, a device and the account`() throws {
        let service = try RunningService()
        let made = try service.register()
        let answer = try service.signIn()
        #expect(answer.status == 201)
        #expect(
            answer.json.shape == "{session:{token:string,expires_at:string},"
                + account.dropFirst().dropLast()
                + ",device:{token:string,expires_at:string},password_change_required:boolean}")
        #expect(answer.json["account"] == made.json["account"])
        #expect(answer.json["password_change_required"] == false)
        let now = service.now
        #expect(answer.json["session"]?["expires_at"]?.string == (now + .hours(12)).rfc3339())
        #expect(answer.json["device"]?["expires_at"]?.string == (now + .days(180)).rfc3339())
        #expect(answer.json["session"]?["token"]?.string?.hasPrefix("lqs_") == true)
        #expect(answer.json["device"]?["token"]?.string?.hasPrefix("lqd_") == true)
        #expect(answer.header("Cache-Control") == "no-store")
    }

    @Test func `gives a known device no second token`() throws {
        let service = try RunningService()
        let session = try service.member()
        let again = try service.signIn(Person().with(device: session.device))
        #expect(again.status == 201)
        #expect(again.json["device"] == nil)
    }

    @Test func `introspects a living session, and says nothing of any other token`() throws {
        let service = try RunningService()
        let id = try service.register().json["account"]?["id"]
        let session = try service.session()
        let found = try service.introspect(session.token)
        #expect(found.shape == "{active:boolean,sub:string,iat:integer,exp:integer}")
        #expect(found["sub"] == id)
        #expect(found["iat"]?.integer == Int(service.now.seconds))
        #expect(found["exp"]?.integer == Int(service.now.seconds) + 3_600)
        let unknown = "lqs_" + String(repeating: "A", count: 43)
        for other in ["", "nonsense", unknown, service.keys.appKey, session.device ?? ""] {
            #expect(try service.introspect(other) == ["active": false])
        }
    }

    @Test func `shows the account of a session and ends the session`() throws {
        let service = try RunningService()
        let session = try service.member()
        let shown = try service.call("GET", "/v1/account", key: session.token)
        #expect(shown.status == 200)
        #expect(shown.json.shape == account.dropLast() + ",email_verified:boolean}")
        let out = try service.call("DELETE", "/v1/sessions/current", key: session.token)
        #expect(out.status == 204)
        #expect(out.body.isEmpty)
        #expect(try service.call("GET", "/v1/account", key: session.token).status == 401)
        #expect(
            try service.call("DELETE", "/v1/sessions/current", key: session.token).status == 401)
        #expect(try !service.isLive(session.token))
    }

    @Test func `changes a password and closes an account`() throws {
        let service = try RunningService()
        let session = try service.member()
        let changed = try service.changePassword(session.token, "Abcdef1!", to: "Ghijkl2?")
        #expect(changed.status == 204)
        #expect(changed.body.isEmpty)
        let closed = try service.close(session.token, "Ghijkl2?")
        #expect(closed.status == 200)
        #expect(closed.json["closed_at"]?.string == service.now.rfc3339())
        let kept = closed.json["retention"]?.array ?? []
        #expect(
            kept.map { $0["category"]?.string } == [
                "civil_claims", "identifier_tombstone", "security_log",
            ])
    }

    @Test func `tells the password rule to everybody`() throws {
        let service = try RunningService()
        let answer = try service.call("GET", "/v1/password-policy")
        #expect(answer.status == 200)
        #expect(
            answer.json == [
                "name": "cnil-8x4", "version": 1,
                "title":
                    "8 characters with upper case, lower case, digit and special (CNIL case 2)",
                "cnil_case": 2, "min_length": 8, "max_length": 256,
                "required_classes": ["upper", "lower", "digit", "special"],
                "text":
                    "At least 8 characters, with an upper-case letter, a lower-case letter, a digit and a special character. Common passwords and your own name are refused.",
                "passwordrules":
                    "minlength: 8; maxlength: 256; required: upper; required: lower; required: digit; required: [-!#$%&*+.:=?@_];",
            ])
    }

    @Test func `checks a password without storing anything`() throws {
        let service = try RunningService()
        let check = { (body: JSONValue) in
            try service.call("POST", "/v1/password-checks", key: service.keys.appKey, body)
        }
        let good = try check(["password": "Abcdef1!"])
        #expect(good.status == 200)
        #expect(good.json == ["accepted": true, "violations": []])
        let bad = try check(["password": "abc"])
        #expect(bad.status == 200)
        #expect(bad.json.shape == "{accepted:boolean,violations:[{code:string,message:string}]}")
        #expect(
            codes(bad) == ["too_short", "missing_uppercase", "missing_digit", "missing_special"])
        let own = try check(["password": "Lovelace-1!", "email": "lovelace@example.com"])
        #expect(codes(own) == ["blocklisted"])
        #expect(try service.metric("loquet_hashes_total") == 0)
    }

    @Test func `leases events and takes them back`() throws {
        let service = try RunningService()
        try service.register()
        let key = service.keys.adminKey
        let lease = try service.call("POST", "/v1/admin/incident-queue/pull/lease", key: key)
        #expect(lease.status == 200)
        #expect(lease.text.hasPrefix(#"{"deliveries":[{"lease_token":""#))
        let token = try #require(try service.lease().first ?? Delivery.all(in: lease).first)
        for verb in ["extend", "ack"] {
            let answer = try service.call(
                "POST", "/v1/admin/incident-queue/pull/\(verb)", key: key,
                ["lease_tokens": [.string(token.token)]])
            #expect(answer.status == 204)
        }
    }

    @Test func `says that it lives and is ready`() throws {
        let service = try RunningService()
        let live = try service.call("GET", "/livez")
        #expect(live.status == 200)
        #expect(live.text == "ok\n")
        let ready = try service.call("GET", "/readyz")
        #expect(ready.status == 200)
        #expect(ready.text == "ready\n")
    }

    @Test func `serves metrics on a listener of their own`() throws {
        let service = try RunningService()
        #expect(try service.call("GET", "/metrics").status == 404)
        try service.register()
        try service.signIn()
        #expect(try service.metric("loquet_hashes_total") == 2)
        #expect(try service.metric("loquet_hashing_lanes") == service.laneCount)
        #expect(try service.metric("loquet_http_requests_total") == 3)
        #expect(try service.metric("loquet_queue_depth") == 1)
    }
}

/// The codes of a verdict, or of a refused password.
func codes(_ answer: Answer) -> [String] {
    answer.json["violations"]?.array.compactMap { $0["code"]?.string } ?? []
}

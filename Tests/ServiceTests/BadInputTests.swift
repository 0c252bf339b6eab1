import Service
import Storage
import Testing

/// A body, and the field that its refusal names.
private struct Refused: Sendable, CustomTestStringConvertible {
    let body: [UInt8]
    let field: String

    init(_ text: String, _ field: String) {
        body = Array(text.utf8)
        self.field = field
    }

    init(_ bytes: [UInt8], _ field: String) {
        body = bytes
        self.field = field
    }

    var testDescription: String { String(decoding: body.prefix(60), as: UTF8.self) }
}

private let good = #""email":"ada@example.com","password":"Abcdef1!""#

/// What no route takes, whatever it wants to read.
private let nowhere = [
    Refused("", "body"), Refused("{", "body"), Refused("not json", "body"),
    Refused("{\(good)", "body"), Refused("{\(good)}x", "body"), Refused("{\(good),}", "body"),
    Refused("[]", "body"), Refused("null", "body"), Refused("\"x\"", "body"), Refused("1", "body"),
    Refused("\u{FEFF}{\(good)}", "body"), Refused("{'email':'x'}", "body"),
    Refused("{\"email\":\"a\u{1}\"}", "body"), Refused(#"{"email":"\ud800"}"#, "body"),
    Refused(#"{"email":"\x41"}"#, "body"), Refused(#"{"email":01}"#, "body"),
    Refused(Array(#"{"email":""#.utf8) + [0xC3, 0x28] + Array("\"}".utf8), "body"),
    Refused(Array(#"{"email":""#.utf8) + [0xED, 0xA0, 0x80] + Array("\"}".utf8), "body"),
    Refused([0x00], "body"), Refused([0xFF, 0xFE, 0x7B, 0x00, 0x7D, 0x00], "body"),
    Refused(String(repeating: "[", count: 9) + String(repeating: "]", count: 9), "body"),
    Refused(String(repeating: "[", count: 60_000), "body"),
    Refused("{\"email\":" + String(repeating: "{\"a\":", count: 5_000), "body"),
    Refused("{" + (0..<65).map { "\"m\($0)\":1" }.joined(separator: ",") + "}", "body"),
    Refused("{\(good),\"email\":\"b@example.com\"}", "email"),
    Refused(#"{"email":"a@example.com","\u0065mail":"b@example.com","password":"x"}"#, "email"),
    Refused("{\(good),\"emial\":\"x\"}", "emial"),
    Refused("{\(good),\"__proto__\":{}}", "__proto__"),
    Refused("{\(good),\"\":1}", ""),
    Refused(#"{"password":"Abcdef1!"}"#, "email"),
    Refused(#"{"email":null,"password":"Abcdef1!"}"#, "email"),
    Refused(#"{"email":"ada@example.com"}"#, "password"),
    Refused(#"{"email":1,"password":"Abcdef1!"}"#, "email"),
    Refused(#"{"email":["ada@example.com"],"password":"Abcdef1!"}"#, "email"),
    Refused(#"{"email":"ada@example.com","password":{"a":1}}"#, "password"),
    Refused(#"{"email":"ada@example.com","password":true}"#, "password"),
    Refused("{\(good),\"client\":\"203.0.113.7\"}", "client"),
    Refused("{\(good),\"client\":{\"ip\":7}}", "client.ip"),
    Refused("{\(good),\"client\":{\"user_agent\":[]}}", "client.user_agent"),
    Refused("{\(good),\"client\":{\"device_token\":1}}", "client.device_token"),
    Refused("{\(good),\"client\":{\"ip\":\"203.0.113.7\",\"port\":1}}", "client.port"),
    Refused("{\(good),\"client\":{\"ip\":\"203.0.113.7\",\"ip\":\"203.0.113.8\"}}", "ip"),
]

@Suite struct `A body that is not as it should be` {
    @Test(arguments: ["/v1/accounts", "/v1/sessions"])
    func `is refused with 400 and the field at fault`(path: String) throws {
        let service = try RunningService()
        for refused in nowhere {
            let answer = try service.call(
                "POST", path, key: service.keys.appKey, raw: refused.body,
                headers: ["Content-Type: application/json"])
            #expect(answer.status == 400, "\(refused.testDescription)")
            #expect(answer.code == "invalid_request", "\(refused.testDescription)")
            #expect(answer.field == refused.field, "\(refused.testDescription)")
            #expect(
                answer.json["detail"]?.string?.hasPrefix(refused.field) == true,
                "\(refused.testDescription)")
        }
        #expect(try service.number("SELECT COUNT(*) FROM account") == 0)
        #expect(try service.number("SELECT COUNT(*) FROM throttle") == 0)
        #expect(try service.metric("loquet_hashes_total") == 0)
    }

    @Test(arguments: [
        "", "localhost", "256.1.1.1", "1.2.3", "1.2.3.4:80", "[::1]", "::1%eth0", "1.2.3.4/24",
        "0x7f.1.1.1", "１.2.3.4", "1.2.3.4\u{0}",
    ])
    func `is refused when client.ip is no address`(ip: String) throws {
        let service = try RunningService()
        for path in ["/v1/accounts", "/v1/sessions"] {
            let answer = try service.call(
                "POST", path, key: service.keys.appKey,
                Person().credentials.with("client", ["ip": .string(ip)]))
            #expect(answer.status == 400)
            #expect(answer.field == "client.ip")
        }
    }

    @Test(arguments: [
        "ada", "ada@", "@example.com", "ada@@example.com", "ada@example", "ada@[127.0.0.1]",
        "a da@example.com", ".ada@example.com", "ada@-example.com", "ada@exämple.com",
        "ada\u{0}@example.com", "ada@example.com ", "",
    ])
    func `is refused when an account's e-mail address is none`(email: String) throws {
        let service = try RunningService()
        let answer = try service.register(Person(email: email))
        #expect(answer.status == 400)
        #expect(answer.field == "email")
    }

    @Test func `is refused when a display name is none`() throws {
        let service = try RunningService()
        let long = String(repeating: "a", count: 201)
        for (name, status) in [
            ("", 400), ("\u{7}", 400), (" ", 400), (long, 400), (String(long.dropLast()), 201),
        ] {
            let answer = try service.call(
                "POST", "/v1/accounts", key: service.keys.appKey,
                Person().credentials.with("display_name", .string(name)))
            #expect(answer.status == status)
            if status == 400 { #expect(answer.field == "display_name") }
        }
    }

    @Test(arguments: ["", "with space", "é", "tab\there", String(repeating: "k", count: 256)])
    func `is refused under an Idempotency-Key that is none`(key: String) throws {
        let service = try RunningService()
        let session = try service.member()
        let header = "Idempotency-Key: \(key)"
        let answers = [
            try service.register(Person(email: "bob@example.com"), headers: [header]),
            try service.close(session.token, headers: [header]),
        ]
        for answer in answers {
            #expect(answer.status == 400)
            // A control character in a header is refused before any field is looked at.
            if !key.contains("\t") { #expect(answer.field == "Idempotency-Key") }
        }
        #expect(try service.number("SELECT COUNT(*) FROM idempotency") == 0)
        #expect(try service.isLive(session.token))
    }

    @Test func `is refused by the routes of a session`() throws {
        let service = try RunningService()
        let session = try service.member()
        for (method, path, body, field) in [
            ("PUT", "/v1/account/password", "{}", "current_password"),
            ("PUT", "/v1/account/password", #"{"current_password":"x"}"#, "new_password"),
            (
                "PUT", "/v1/account/password",
                #"{"current_password":"x","new_password":"Abcdef1!","email":"x"}"#, "email"
            ),
            ("POST", "/v1/account/closure", "{}", "password"),
            ("POST", "/v1/account/closure", #"{"password":"x","reason":"bored"}"#, "reason"),
            ("POST", "/v1/account/closure", #"{"password":"x","reason":1}"#, "reason"),
        ] {
            let answer = try service.call(
                method, path, key: session.token, raw: Array(body.utf8),
                headers: ["Content-Type: application/json"])
            #expect(answer.status == 400, "\(body)")
            #expect(answer.field == field, "\(body)")
        }
        #expect(try service.isLive(session.token))
    }

    @Test func `is refused by the queue`() throws {
        let service = try RunningService()
        for (verb, body, field) in [
            ("lease", #"{"max":0}"#, "max"), ("lease", #"{"max":1001}"#, "max"),
            ("lease", #"{"max":1.5}"#, "max"), ("lease", #"{"max":"1"}"#, "max"),
            ("lease", #"{"max":9223372036854775807}"#, "max"),
            ("lease", #"{"lease_seconds":0}"#, "lease_seconds"),
            ("lease", #"{"lease_seconds":3601}"#, "lease_seconds"),
            ("ack", "{}", "lease_tokens"), ("ack", #"{"lease_tokens":[]}"#, "lease_tokens"),
            ("ack", #"{"lease_tokens":"x"}"#, "lease_tokens"),
            ("nack", #"{"lease_tokens":["x",1]}"#, "lease_tokens"),
            ("ack", #"{"lease_tokens":["x"],"lease_seconds":1}"#, "lease_seconds"),
            ("extend", #"{"lease_tokens":["x"],"lease_seconds":-1}"#, "lease_seconds"),
        ] {
            let answer = try service.call(
                "POST", "/v1/admin/incident-queue/pull/\(verb)", key: service.keys.adminKey,
                raw: Array(body.utf8), headers: ["Content-Type: application/json"])
            #expect(answer.status == 400, "\(verb) \(body)")
            #expect(answer.field == field, "\(verb) \(body)")
        }
        for body in [#"{"max":1}"#, #"{"max":1000,"lease_seconds":3600}"#, #"{"lease_seconds":1}"#]
        {
            let answer = try service.call(
                "POST", "/v1/admin/incident-queue/pull/lease", key: service.keys.adminKey,
                raw: Array(body.utf8), headers: ["Content-Type: application/json"])
            #expect(answer.status == 200, "\(body)")
        }
    }

    @Test func `never costs a 500`() throws {
        let service = try RunningService()
        var seed: UInt64 = 0x9E37_79B9_7F4A_7C15
        let start = Array("{\(good),\"client\":{\"ip\":\"::1\"}}".utf8)
        for _ in 0..<300 {
            var bytes = start
            for _ in 0..<3 {
                seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                bytes[Int(seed >> 33) % bytes.count] = UInt8(truncatingIfNeeded: seed >> 24)
            }
            let answer = try service.call(
                "POST", "/v1/password-checks", key: service.keys.appKey, raw: bytes,
                headers: ["Content-Type: application/json"])
            #expect(answer.status == 200 || answer.status == 400)
        }
    }
}

import Accounts
import Service
import Storage
import Testing

/// What a caller may show.
private enum Credential: String, CaseIterable {
    case none, application, administrator, session, device, unknown, malformed
}

/// Every route that asks who calls, and what it wants to see.
private let routes: [(method: String, path: String, wants: Credential)] = [
    ("POST", "/v1/accounts", .application),
    ("POST", "/v1/sessions", .application),
    ("POST", "/v1/sessions/introspect", .application),
    ("POST", "/v1/password-checks", .application),
    ("DELETE", "/v1/sessions/current", .session),
    ("GET", "/v1/account", .session),
    ("PUT", "/v1/account/password", .session),
    ("POST", "/v1/account/closure", .session),
    ("POST", "/v1/admin/incident-queue/pull/lease", .administrator),
    ("POST", "/v1/admin/incident-queue/pull/ack", .administrator),
    ("POST", "/v1/admin/incident-queue/pull/nack", .administrator),
    ("POST", "/v1/admin/incident-queue/pull/extend", .administrator),
    ("GET", "/v1/admin/incident-queue", .administrator),
    ("POST", "/v1/admin/incident-queue/webhook/redrive", .administrator),
    ("POST", "/v1/admin/incident-queue/webhook/pause", .administrator),
    ("POST", "/v1/admin/incident-queue/webhook/resume", .administrator),
    ("POST", "/v1/admin/archive/exports", .administrator),
    ("GET", "/v1/accounts/x/permissions", .application),
    ("GET", "/v1/accounts/x/consents", .application),
    ("POST", "/v1/accounts/x/consents", .application),
    ("DELETE", "/v1/accounts/x/consents/P5", .application),
    ("POST", "/v1/accounts/x/policy-acceptances", .application),
    ("GET", "/v1/account/consents", .session),
    ("POST", "/v1/account/consents", .session),
    ("DELETE", "/v1/account/consents/P5", .session),
    ("POST", "/v1/account/policy-acceptances", .session),
    ("POST", "/v1/admin/accounts/x/consents", .administrator),
    ("DELETE", "/v1/admin/accounts/x/consents/P5", .administrator),
    ("GET", "/v1/privacy-policies", .application),
    ("GET", "/v1/privacy-policies/1/fr", .application),
    ("GET", "/v1/admin/privacy-policies", .administrator),
    ("POST", "/v1/admin/privacy-policies", .administrator),
    ("POST", "/v1/admin/privacy-policies/1/acceptances", .administrator),
]

@Suite struct `A route` {
    @Test func `takes its own kind of key and no other`() throws {
        let service = try RunningService()
        let session = try service.member()
        let shown: [Credential: String?] = [
            .none: nil, .application: service.keys.appKey,
            .administrator: service.keys.adminKey, .session: session.token,
            .device: session.device, .unknown: nil, .malformed: "lqa_short",
        ]
        for route in routes {
            for credential in Credential.allCases where credential != route.wants {
                var key = shown[credential] ?? nil
                if credential == .unknown {
                    let prefix = ["application": "lqa_", "session": "lqs_"][route.wants.rawValue]
                    key = (prefix ?? "lqk_") + String(repeating: "A", count: 43)
                }
                // A body that each route would take as far as this, so that only the key is at fault.
                let answer = try service.call(
                    route.method, route.path, key: key,
                    route.path.hasSuffix("closure") ? ["password": "Abcdef1!"] : nil)
                let what = "\(route.method) \(route.path) with \(credential)"
                #expect(answer.status == 401, "\(what)")
                #expect(answer.code == "unauthorized", "\(what)")
                #expect(answer.header("WWW-Authenticate") == "Bearer", "\(what)")
                #expect(answer.header("Content-Type") == "application/problem+json", "\(what)")
            }
        }
    }

    @Test func `takes an administrator who holds its role`() throws {
        let service = try RunningService()
        let keys = APIKeys(service.database, actor: "cli:0")
        let lease = { (roles: [Role]) in
            let key = try keys.make(administrator: "x", roles: roles, lifetime: .seconds(86_400))
                .key
            return try service.call("POST", "/v1/admin/incident-queue/pull/lease", key: key)
        }
        #expect(try lease([.operator]).status == 200)
        #expect(try lease([.dpo]).status == 200)
        for roles in [[], [Role.auditor], [.archivist], [.auditor, .archivist]] {
            let answer = try lease(roles)
            #expect(answer.status == 403)
            #expect(answer.code == "forbidden")
        }
    }

    @Test func `refuses a key that expired or was revoked`() throws {
        let service = try RunningService()
        let keys = APIKeys(service.database, actor: "cli:0")
        let check = { (key: String) in
            try service.call(
                "POST", "/v1/password-checks", key: key, ["password": "Abcdef1!"]
            ).status
        }
        let made = try keys.make(application: "second")
        #expect(try check(made.key) == 200)
        #expect(try keys.revoke(id: made.id, .application))
        #expect(try check(made.key) == 401)
        #expect(try check(service.keys.appKey) == 200)

        let path = "/v1/admin/incident-queue/pull/lease"
        let expiry = try service.number(
            "SELECT expires_at_us FROM api_key WHERE kind = 'administrator'")
        service.advance(.microseconds(expiry - 1) - .microseconds(service.now.microseconds))
        #expect(try service.call("POST", path, key: service.keys.adminKey).status == 200)
        service.advance(.microseconds(1))
        #expect(try service.call("POST", path, key: service.keys.adminKey).status == 401)
    }

    @Test(arguments: [
        ("/v1/accounts", "POST"), ("/v1/sessions", "POST"), ("/v1/sessions/introspect", "POST"),
        ("/v1/sessions/current", "DELETE"), ("/v1/account", "GET"),
        ("/v1/account/password", "PUT"), ("/v1/account/closure", "POST"),
        ("/v1/password-policy", "GET"), ("/v1/password-checks", "POST"),
        ("/v1/admin/incident-queue/pull/lease", "POST"), ("/livez", "GET"), ("/readyz", "GET"),
    ])
    func `names the method that it takes`(path: String, method: String) throws {
        let service = try RunningService()
        // Whoever takes GET takes HEAD, which is the same without a body.
        let taken = method == "GET" ? ["GET", "HEAD"] : [method]
        for other in ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD"]
        where !taken.contains(other) {
            let answer = try service.call(other, path, key: service.keys.appKey)
            #expect(answer.status == 405, "\(other)")
            #expect(answer.header("Allow") == taken.joined(separator: ", "), "\(other)")
            if other != "HEAD" { #expect(answer.code == "method_not_allowed", "\(other)") }
        }
    }

    @Test(arguments: [
        "/", "/v1", "/v1/", "/v1/accounts/", "//v1/accounts", "/V1/accounts", "/v1/account/x",
        "/v1/sessions/other", "/v1/admin/incident-queue/pull", "/v1/admin/incident-queue//lease",
        "/v1/admin/incident-queue/pull/lease/x", "/v1/accounts%2f", "/livez/..", "/metrics",
    ])
    func `is found by its exact path only`(path: String) throws {
        let service = try RunningService()
        let answer = try service.call("POST", path, key: service.keys.appKey, [:])
        #expect(answer.status == 404)
        #expect(answer.code == "not_found")
    }

    @Test func `does not know a sink that is not there`() throws {
        let service = try RunningService()
        for verb in ["lease", "ack", "nack", "extend"] {
            let answer = try service.call(
                "POST", "/v1/admin/incident-queue/webhook/\(verb)", key: service.keys.adminKey,
                ["lease_tokens": ["x"]])
            #expect(answer.status == 404)
        }
    }

    @Test(arguments: [
        "text/plain", "application/x-www-form-urlencoded", "application/jsonx",
        "application/json; charset=latin1", "multipart/form-data; boundary=x", "",
    ])
    func `takes JSON and nothing else`(type: String) throws {
        let service = try RunningService()
        for path in ["/v1/accounts", "/v1/sessions", "/v1/password-checks"] {
            let answer = try service.call(
                "POST", path, key: service.keys.appKey, raw: Person().credentials.bytes,
                headers: type.isEmpty ? [] : ["Content-Type: \(type)"])
            #expect(answer.status == 415)
            #expect(answer.code == "unsupported_media_type")
        }
    }

    @Test(arguments: [
        "application/json", "Application/JSON", "application/json; charset=utf-8",
        "application/json;charset=\"UTF-8\"",
    ])
    func `takes JSON however it is spelt`(type: String) throws {
        let service = try RunningService()
        let answer = try service.call(
            "POST", "/v1/password-checks", key: service.keys.appKey,
            raw: Array(#"{"password":"Abcdef1!"}"#.utf8), headers: ["Content-Type: \(type)"])
        #expect(answer.status == 200)
    }

    @Test func `takes a body of 64 KiB and not one byte more`() throws {
        let service = try RunningService()
        let start = Array(#"{"password":""#.utf8)
        for (count, status) in [(65_536, 200), (65_537, 413)] {
            let filling = [UInt8](repeating: UInt8(ascii: "a"), count: count - start.count - 2)
            let answer = try service.call(
                "POST", "/v1/password-checks", key: service.keys.appKey,
                raw: start + filling + Array("\"}".utf8),
                headers: ["Content-Type: application/json"])
            #expect(answer.status == status)
            #expect(
                answer.header("Content-Type")
                    == (status == 200 ? "application/json" : "application/problem+json"))
            if status == 413 { #expect(answer.code == "too_large") }
        }
    }

    @Test func `takes a header of 16 KiB at most`() throws {
        let service = try RunningService()
        let answer = try service.call(
            "GET", "/v1/account", key: nil, raw: [],
            headers: ["X-Filling: " + String(repeating: "a", count: 16_384)])
        #expect(answer.status == 431)
    }
}

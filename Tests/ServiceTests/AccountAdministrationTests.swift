import Accounts
import Foundation
import Service
import Storage
import Testing

extension RunningService {
    /// What an administrator does, with the reason that it needs.
    func administer(
        _ path: String, _ body: JSONValue = [:], key: String? = nil, reason: String? = "ticket 7"
    ) throws -> Answer {
        try call(
            "POST", "/v1/admin/accounts" + path, key: key ?? keys.adminKey,
            body.with("reason", reason.map(JSONValue.string)))
    }

    func administratorKey(_ roles: [Role], lifetime: Duration = .days(1)) throws -> (
        id: String, key: String
    ) {
        var made: (id: String, key: String)?
        try APIKeys(database, actor: "cli:7").add(
            administrator: "one", roles: roles, lifetime: lifetime
        ) { made = ($0, $1) }
        return try #require(made)
    }

    func invited(_ email: String = "ada@example.com") throws -> String {
        let application = try #require(
            try texts("SELECT id FROM api_key WHERE kind = 'application'").first)
        let answer = try administer(
            "", ["email": .string(email), "application": .string(application)])
        try #require(answer.status == 201, "\(answer.text)")
        return try #require(answer.json["account"]?["id"]?.string)
    }
}

@Suite struct `An administrator of accounts` {
    private func id(_ service: RunningService) throws -> String {
        try #require(try service.texts("SELECT id FROM account").first)
    }

    private func audit(_ service: RunningService, _ action: String) throws -> [String] {
        try service.texts(
            "SELECT object || ' ' || reason FROM audit WHERE action = \(action) ORDER BY id")
    }

    private func events(_ service: RunningService) throws -> [String] {
        try service.texts("SELECT type FROM event ORDER BY sequence")
    }

    // MARK: Finding

    @Test func `finds an account by any spelling of its address, and the reading is recorded`()
        throws
    {
        let service = try RunningService()
        try service.register()
        let id = try id(service)
        for body: JSONValue in [
            ["email": "ada@example.com"], ["email": "ADA@Example.COM"], ["id": .string(id)],
            ["state": "active"],
        ] {
            let found = try service.administer("/search", body)
            #expect(found.status == 200, "\(found.text)")
            guard case .array(let accounts) = found.json["accounts"] else {
                Issue.record("no accounts")
                return
            }
            #expect(accounts.map { $0["id"]?.string } == [id])
            #expect(accounts.first?["email"] == "ada@example.com")
        }
        let reads = try audit(service, "account.read")
        #expect(reads == [String](repeating: "\(id) ticket 7", count: 4))
        let none = try service.administer("/search", ["email": "nobody@example.com"])
        #expect(none.json["accounts"] == .array([]))
        #expect(try audit(service, "account.searched") == ["none ticket 7"])
        #expect(!none.text.contains("$argon2") && !none.text.contains("locator"))
    }

    @Test func `pages through a state, each account once`() throws {
        let service = try RunningService()
        for index in 0..<7 {
            try service.register(Person(email: "p\(index)@example.com"))
            // Two with the same time stand in the order of their ids.
            if index % 2 == 0 { service.advance(.seconds(1)) }
        }
        var seen: [String] = []
        var after: String?
        repeat {
            let page = try service.administer(
                "/search",
                (["state": "active", "max": 3] as JSONValue).with(
                    "after", after.map(JSONValue.string)))
            guard case .array(let accounts) = page.json["accounts"] else { break }
            seen += accounts.compactMap { $0["email"]?.string }
            after = page.json["next"]?.string
        } while after != nil
        #expect(seen.count == 7)
        #expect(Set(seen).count == 7)
        let second = (service.now - .seconds(2)).rfc3339()
        let some = try service.administer(
            "/search", ["state": "active", "created_from": .string(second)])
        guard case .array(let late) = some.json["accounts"] else { return }
        #expect(late.count < 7 && !late.isEmpty)
    }

    @Test(arguments: [
        "/search", "", "/acc_00000000000000000000000000/suspend",
        "/acc_00000000000000000000000000/reinstate", "/acc_00000000000000000000000000/close",
        "/acc_00000000000000000000000000/temporary-password",
        "/acc_00000000000000000000000000/return",
    ])
    func `gives a reason for everything`(path: String) throws {
        let service = try RunningService()
        let bodies: JSONValue =
            path == "/search"
            ? ["id": "acc_00000000000000000000000000"]
            : path == "" || path.hasSuffix("return")
                ? (["email": "ada@example.com"] as JSONValue).with(
                    "application", path == "" ? "app" : nil) : [:]
        for reason in [nil, "", "  ", "a\nb", String(repeating: "x", count: 201)] {
            let answer = try service.administer(path, bodies, reason: reason)
            #expect(answer.status == 400, "\(answer.text)")
            #expect(answer.json["field"] == "reason")
        }
        #expect(try service.number("SELECT COUNT(*) FROM account") == 0)
    }

    // MARK: Suspending

    @Test func `suspends: sessions end, and the right password is a wrong one`() throws {
        let service = try RunningService()
        let session = try service.member()
        let id = try id(service)
        let done = try service.administer("/\(id)/suspend")
        #expect(done.status == 200)
        #expect(done.json["account"]?["state"] == "suspended")
        #expect(try !service.isLive(session.token))
        let right = try service.signIn()
        let wrong = try service.signIn(Person().with(password: "Wrong-guess-1"))
        #expect(right.status == 401)
        #expect(
            right.text.split(separator: "\r\n\r\n").last
                == wrong.text.split(separator: "\r\n\r\n").last)
        #expect(try audit(service, "account.suspended") == ["\(id) ticket 7"])
        #expect(try events(service).last == "loquet.account.suspended.v1")
        let again = try service.administer("/\(id)/suspend")
        #expect(again.status == 409)
        #expect(again.json["code"] == "account_state")
        let back = try service.administer("/\(id)/reinstate")
        #expect(back.json["account"]?["state"] == "active")
        #expect(try !service.isLive(session.token))
        try service.session()
        #expect(try events(service).last == "loquet.account.reinstated.v1")
        #expect(try service.administer("/\(id)/reinstate").status == 409)
    }

    @Test func `who was suspended is registered by nobody else`() throws {
        let service = try RunningService()
        try service.register()
        _ = try service.administer("/\(try id(service))/suspend")
        #expect(try service.register().json["code"] == "identifier_unavailable")
    }

    // MARK: Temporary passwords

    @Test func `sets a password that can only be changed`() throws {
        let service = try RunningService()
        let old = try service.member()
        let id = try id(service)
        let set = try service.administer("/\(id)/temporary-password")
        #expect(set.status == 200, "\(set.text)")
        let password = try #require(set.json["password"]?.string)
        #expect(password.count == 16)
        #expect(set.json["account"]?["password_change_required"] == true)
        #expect(try !service.isLive(old.token))
        #expect(try service.signIn().status == 401)
        let person = Person().with(password: password)
        let signedIn = try service.signIn(person)
        #expect(signedIn.json["password_change_required"] == true)
        let token = try #require(signedIn.json["session"]?["token"]?.string)
        #expect(
            try service.call("GET", "/v1/account", key: token).json["code"]
                == "password_change_required")
        #expect(try service.changePassword(token, password, to: "Another-1815").status == 204)
        #expect(try service.call("GET", "/v1/account", key: token).status == 200)
        #expect(
            try service.signIn(Person().with(password: "Another-1815"))
                .json["password_change_required"] == false)
        #expect(!(try service.log).contains(password))
    }

    @Test func `sets a password that follows the rule`() throws {
        let service = try RunningService()
        try service.register()
        let id = try id(service)
        let weak = try service.administer("/\(id)/temporary-password", ["password": "abc"])
        #expect(weak.status == 422)
        let own = try service.administer(
            "/\(id)/temporary-password", ["password": "Given-by-1815"])
        #expect(own.status == 200)
        #expect(own.json["password"] == nil)
        #expect(
            try service.signIn(Person().with(password: "Given-by-1815"))
                .json["password_change_required"] == true)
    }

    // MARK: Inviting

    @Test func `invites somebody, who signs in once a password is set`() throws {
        let service = try RunningService()
        let id = try service.invited()
        #expect(try service.signIn().status == 401)
        #expect(try service.register().json["code"] == "identifier_unavailable")
        #expect(try service.administer("/\(id)/suspend").json["code"] == "account_state")
        let set = try service.administer("/\(id)/temporary-password")
        #expect(set.json["account"]?["state"] == "active")
        let password = try #require(set.json["password"]?.string)
        #expect(try service.signIn(Person().with(password: password)).status == 201)
        #expect(try events(service).first == "loquet.account.registered.v1")
    }

    @Test func `invites for seven days`() throws {
        let service = try RunningService()
        let id = try service.invited()
        let late = try service.invited("late@example.com")
        service.advance(.days(7) - .microseconds(1))
        let key = try service.administratorKey([.operator], lifetime: .days(30)).key
        #expect(try service.administer("/\(id)/temporary-password", key: key).status == 200)
        service.advance(.microseconds(1))
        let over = try service.administer("/\(late)/temporary-password", key: key)
        #expect(over.json["code"] == "account_state")
        #expect(try service.signIn().status == 401)
    }

    @Test func `invites nobody who has an account, nor for an unknown application`() throws {
        let service = try RunningService()
        try service.register()
        let application = try #require(
            try service.texts("SELECT id FROM api_key WHERE kind = 'application'").first)
        let taken = try service.administer(
            "", ["email": "ADA@example.com", "application": .string(application)])
        #expect(taken.json["code"] == "identifier_unavailable")
        let nowhere = try service.administer(
            "", ["email": "bob@example.com", "application": "app_nothing"])
        #expect(nowhere.json["field"] == "application")
    }

    // MARK: Closing and returning

    @Test func `closes an account, and takes its owner back by their own address alone`() throws {
        let service = try RunningService()
        let session = try service.member()
        let id = try id(service)
        let closed = try service.administer("/\(id)/close", ["closure_reason": "misuse"])
        #expect(closed.status == 200, "\(closed.text)")
        #expect(closed.json["account"]?["state"] == "closed")
        #expect(try !service.isLive(session.token))
        #expect(try service.signIn().status == 401)
        #expect(try service.register().json["code"] == "identifier_unavailable")
        #expect(try service.number("SELECT COUNT(*) FROM profile") == 0)

        let other = try service.administer("/\(id)/return", ["email": "eve@example.com"])
        #expect(other.json["code"] == "not_the_owner")
        try service.register(Person(email: "eve@example.com"))
        let living = try service.administer("/\(id)/return", ["email": "eve@example.com"])
        #expect(living.json["code"] == "not_the_owner")

        let back = try service.administer("/\(id)/return", ["email": "ADA@example.com"])
        #expect(back.status == 200, "\(back.text)")
        #expect(back.json["account"]?["state"] == "invited")
        #expect(back.json["account"]?["id"]?.string == id)
        #expect(try service.signIn().status == 401)
        #expect(try events(service).suffix(2).contains("loquet.account.returned.v1"))
        let set = try service.administer("/\(id)/temporary-password")
        let password = try #require(set.json["password"]?.string)
        #expect(try service.signIn(Person().with(password: password)).status == 201)
        #expect(try service.administer("/\(id)/close").status == 200)
        #expect(try audit(service, "account.returned") == ["\(id) ticket 7"])
    }

    @Test func `takes nobody back who was not closed`() throws {
        let service = try RunningService()
        try service.register()
        let id = try id(service)
        let active = try service.administer("/\(id)/return", ["email": "ada@example.com"])
        #expect(active.json["code"] == "account_state")
    }

    // MARK: Roles

    @Test(arguments: Role.allCases)
    func `holds the role that it needs`(role: Role) throws {
        let service = try RunningService()
        let key = try service.administratorKey([role]).key
        let id = "acc_00000000000000000000000000"
        let email: JSONValue = ["email": "ada@example.com"]
        let routes: [(String, JSONValue, [Role])] = [
            ("/search", ["id": .string(id)], [.operator, .dpo]),
            ("", email.with("application", "app"), [.operator]),
            ("/\(id)/suspend", [:], [.operator]), ("/\(id)/reinstate", [:], [.operator]),
            ("/\(id)/temporary-password", [:], [.operator]), ("/\(id)/close", [:], [.dpo]),
            ("/\(id)/return", email, [.dpo]),
        ]
        for (path, body, roles) in routes {
            let answer = try service.administer(path, body, key: key)
            #expect((answer.status != 403) == roles.contains(role), "\(role) \(path)")
            #expect(
                try service.administer(path, body, key: service.keys.appKey).status == 401)
        }
    }
}

@Suite struct `An administrator's key` {
    private func status(_ service: RunningService, _ key: String) throws -> Int {
        try service.call("GET", "/v1/admin/incident-queue", key: key).status
    }

    @Test func `is revoked on every node with the next request`() throws {
        let service = try RunningService()
        let twin = try service.twin()
        let (id, key) = try service.administratorKey([.operator])
        for node in [service, twin] { #expect(try status(node, key) == 200) }
        #expect(try APIKeys(service.database, actor: "cli:7").revoke(id: id, .administrator))
        for node in [twin, service] { #expect(try status(node, key) == 401) }
    }

    @Test func `ends when its time is over, to the microsecond`() throws {
        let service = try RunningService()
        let (id, key) = try service.administratorKey([.operator])
        let end = service.now + .hours(1)
        try service.execute(
            "UPDATE api_key SET expires_at_us = \(end) WHERE id = \(id)")
        service.advance(.hours(1) - .microseconds(1))
        #expect(try status(service, key) == 200)
        service.advance(.microseconds(1))
        #expect(try status(service, key) == 401)
    }

    @Test func `is rotated at once, or after an overlap`() throws {
        let service = try RunningService()
        let twin = try service.twin()
        let keys = APIKeys(service.database, actor: "cli:7")
        let (id, old) = try service.administratorKey([.operator, .dpo], lifetime: .days(2))
        var next: (id: String, key: String)?
        try keys.rotate(administrator: id, overlap: .zero, lifetime: .days(2)) { next = ($0, $1) }
        let (nextID, new) = try #require(next)
        for node in [service, twin] {
            #expect(try status(node, old) == 401)
            #expect(try status(node, new) == 200)
        }
        let records = try keys.list(.administrator)
        #expect(records.first { $0.id == nextID }?.roles == ["operator", "dpo"])

        var last: (id: String, key: String)?
        try keys.rotate(administrator: nextID, overlap: .hours(12), lifetime: .days(2)) {
            last = ($0, $1)
        }
        let (_, third) = try #require(last)
        #expect(try status(service, new) == 200)
        #expect(try status(service, third) == 200)
        // The service's clock stands at the next full hour.
        service.advance(.hours(12))
        #expect(try status(service, new) == 401)
        #expect(try status(service, third) == 200)
        #expect(throws: StartError.self) {
            try keys.rotate(administrator: id, overlap: .zero, lifetime: .days(1)) { _, _ in }
        }
        #expect(
            try service.number(
                "SELECT COUNT(*) FROM audit WHERE action = 'administrator_key.rotated'") == 2)
    }
}

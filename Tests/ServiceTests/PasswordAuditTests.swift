import Accounts
import Foundation
import Passwords
import Service
import Storage
import Testing

@Suite struct `A password audit` {
    private func admin(_ service: RunningService, _ roles: [Role]) throws -> String {
        try APIKeys(service.database, actor: "cli:0")
            .make(administrator: "A", roles: roles, lifetime: .days(1)).key
    }

    @Test func `counts what is known of every account that is not closed`() throws {
        let service = try RunningService()
        for index in 0..<6 { try service.register(Person(email: "p\(index)@example.com")) }
        let closing = try service.session(Person(email: "p5@example.com"))
        try service.close(closing.token)
        try service.take("cnil-80-12x4", .notify)
        try service.session(Person(email: "p0@example.com"))
        try service.session(Person(email: "p1@example.com"))
        try service.register(Person(email: "q@example.com", password: "Un-Cheval-1815"))
        try service.execute(
            """
            DELETE FROM verdict WHERE account_id IN (
                SELECT account_id FROM profile WHERE email = 'p2@example.com')
            """)
        try service.execute("UPDATE password SET must_change = TRUE")
        let report = try PasswordAudit(service.commandNode()).run()
        #expect(report.accounts.accounts == 6)
        #expect(report.accounts.compliant == 1 && report.accounts.nonCompliant == 2)
        #expect(report.accounts.unknown == 3)
        #expect(report.withoutVerdict == 1 && report.judgedByAnother == 2)
        #expect(report.mustChange == 6 && report.corpusUnknown == 6)
        #expect(report.rules.first { $0.code == "too_short" }?.accounts == 2)
        #expect(report.policy.name == "cnil-80-12x4" && report.policy.stage == "notify")
        #expect(report.applications.map(\.counts.accounts) == [6])
        #expect(report.applications.first?.key.hasPrefix("app_") == true)
    }

    @Test func `calls a hash below today's cost so, and an account unused after two years`() throws
    {
        let service = try RunningService()
        try service.register()
        #expect(try PasswordAudit(service.commandNode()).run().accounts.belowCost == 0)
        service.advance(.days(730) - .microseconds(1))
        #expect(try PasswordAudit(service.commandNode()).run().accounts.unused == 0)
        service.advance(.microseconds(1))
        let report = try PasswordAudit(service.commandNode()).run()
        #expect(report.accounts.unused == 1)
        try service.execute("UPDATE password SET phc = replace(phc, 'm=32', 'm=16')")
        #expect(try PasswordAudit(service.commandNode()).run().accounts.belowCost == 1)
    }

    @Test func `knows the last use of an account without a verdict by the sign-in log`() throws {
        let service = try RunningService()
        try service.register()
        service.advance(.days(100))
        try service.session()
        try service.execute("DELETE FROM verdict")
        let unused = { (days: Int64) in
            try PasswordAudit(service.commandNode(), unusedAfter: .days(days)).run()
                .accounts.unused
        }
        service.advance(.days(50))
        #expect(try unused(51) == 0)
        #expect(try unused(50) == 1)
    }

    @Test func `is asked for, made beside everything else, and read when it is done`() throws {
        let service = try RunningService()
        try service.register()
        let key = try admin(service, [.auditor])
        let asked = try service.call("POST", "/v1/admin/password-audits", key: key)
        #expect(asked.status == 202)
        let id = try #require(asked.json["id"]?.string)
        let path = "/v1/admin/password-audits/\(id)"
        let done = try eventually {
            let answer = try service.call("GET", path, key: key)
            return answer.json["state"] == "done" ? answer : nil
        }
        #expect(done.status == 200)
        #expect(done.json["report"]?["accounts"]?["accounts"] == 1)
        #expect(done.json["report"]?["accounts"]?["compliant"] == 1)
        let page = try service.call("GET", path, key: key, headers: ["Accept: text/html"])
        #expect(page.header("Content-Type") == "text/html; charset=utf-8")
        #expect(page.text.contains("<!DOCTYPE html>"))
        let csv = try service.call("GET", path, key: key, headers: ["Accept: text/csv"])
        #expect(csv.text.contains("overview,compliant,comply with the policy,accounts,1"))
        let list = try service.call("GET", "/v1/admin/password-audits", key: key)
        #expect(list.json.shape.contains("asked_by:string"))
        let actions = try service.texts(
            "SELECT action FROM audit WHERE object = \(id) ORDER BY rowid")
        #expect(actions.first == "password_audit.asked")
        #expect(actions.filter { $0 == "password_audit.read" }.count >= 3)
    }

    @Test func `is made one at a time`() throws {
        let service = try RunningService()
        let key = try admin(service, [.dpo])
        // Another node's, that is at work.
        try service.execute(
            """
            INSERT INTO password_audit (id, state, actor, asked_at_us, beat_at_us)
            VALUES ('0197', 'running', 'adm', 1, \(service.now))
            """)
        let refused = try service.call("POST", "/v1/admin/password-audits", key: key)
        #expect(refused.status == 409)
        #expect(refused.json["code"] == "audit_in_progress")
        #expect(refused.json["id"] == "0197")
        // It falls silent, and this node makes it.
        service.advance(.seconds(60))
        _ = try eventually {
            try service.texts("SELECT state FROM password_audit") == ["done"] ? true : nil
        }
        #expect(try service.call("POST", "/v1/admin/password-audits", key: key).status == 202)
    }

    @Test func `is for auditors and data-protection officers`() throws {
        let service = try RunningService()
        for (role, status) in [
            (Role.auditor, 202), (.dpo, 409), (.operator, 403), (.archivist, 403),
        ] {
            let key = try admin(service, [role])
            let answer = try service.call("POST", "/v1/admin/password-audits", key: key)
            // The first may be done already.
            #expect(answer.status == status || (answer.status == 202 && status == 409))
            let read = try service.call("GET", "/v1/admin/password-audits", key: key)
            #expect(read.status == (status == 403 ? 403 : 200))
        }
        let key = try admin(service, [.auditor])
        for id in ["nonsense", "01a2054a-159f-7d3c-9a41-5e7c0b2f6a18"] {
            let answer = try service.call("GET", "/v1/admin/password-audits/\(id)", key: key)
            #expect(answer.status == 404)
        }
    }
}

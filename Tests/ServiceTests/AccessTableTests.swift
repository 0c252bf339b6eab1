import Accounts
import Foundation
import Secrets
import Service
import Storage
import Testing

@Suite struct `Who may call what` {
    private func administrator(_ service: RunningService, _ role: Role) throws -> String {
        var shown: String?
        try APIKeys(service.database, actor: "cli:0").add(
            administrator: role.rawValue, roles: [role], lifetime: .days(1)
        ) { _, key in shown = key }
        return try #require(shown)
    }

    /// A path that the template matches; what stands for an id is none.
    private func path(_ row: AccessTable.Row) -> String {
        row.template.split(separator: "/", omittingEmptySubsequences: false)
            .map { $0.hasPrefix("{") ? "none" : String($0) }.joined(separator: "/")
    }

    @Test func `is decided for every route and every role, and refused else`() throws {
        let service = try RunningService()
        var keys: [Role: String] = [:]
        for role in Role.allCases { keys[role] = try administrator(service, role) }
        #expect(AccessTable.rows.count > 30)
        for row in AccessTable.rows {
            let name = "\(row.method) \(row.template)"
            // Looks at its session itself: a repeated closure is answered after the session is gone.
            if name == "POST /v1/account/closure" { continue }
            let anonymous = try service.call(row.method, path(row))
            #expect((anonymous.status == 401) == row.needsCredential, "\(name) without a key")
            for role in Role.allCases {
                let answer = try service.call(row.method, path(row), key: keys[role])
                if row.roles.isEmpty {
                    #expect((answer.status == 401) == row.needsCredential, "\(name) \(role)")
                } else if row.roles.contains(role) {
                    #expect(![401, 403].contains(answer.status), "\(name) \(role)")
                } else {
                    #expect(answer.status == 403, "\(name) \(role)")
                }
            }
        }
        let refusals = AccessTable.rows.filter { !$0.roles.isEmpty }.reduce(0) {
            $0 + Role.allCases.count - Set($1.roles).count
        }
        #expect(
            try service.number("SELECT count(*) FROM audit WHERE action = 'admin.refused'")
                == Int64(refusals))
    }

    @Test func `is recorded of every read that an administrator was given`() throws {
        let service = try RunningService()
        let key = service.keys.adminKey
        for row in AccessTable.rows where !row.roles.isEmpty && row.method == "GET" {
            let before = try service.number("SELECT count(*) FROM audit")
            let answer = try service.call("GET", path(row), key: key)
            guard answer.status == 200 else { continue }
            #expect(
                try service.number("SELECT count(*) FROM audit") == before + 1,
                "\(row.method) \(row.template)")
        }
        #expect(
            try service.texts("SELECT DISTINCT role FROM audit WHERE action = 'admin.read'")
                == ["auditor operator dpo"])
    }

    @Test func `is what the README says`() throws {
        let readme = try String(
            contentsOf: URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                .deletingLastPathComponent().deletingLastPathComponent()
                .appendingPathComponent("README.md"), encoding: .utf8)
        let lines = Set(readme.split(separator: "\n").map(String.init))
        for line in AccessTable.markdown { #expect(lines.contains(line), "\(line)") }
        let shown = lines.filter { $0.hasPrefix("| `") && $0.hasSuffix("|") && $0.contains("yes") }
        #expect(shown.isSubset(of: Set(AccessTable.markdown)), "rows of calls that are gone")
    }
}

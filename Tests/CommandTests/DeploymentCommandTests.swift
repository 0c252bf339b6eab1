import Foundation
import Testing

@Suite struct `loquet init` {
    @Test func `prints the first keys as JSON, once`() throws {
        let folder = try TemporaryFolder()
        let keys = try Keys.make(in: folder)
        #expect(keys.admin_key.hasPrefix("lqk_"))
        #expect(keys.app_key.hasPrefix("lqa_"))
        #expect(keys.archive_key?.hasPrefix("-----BEGIN PRIVATE KEY-----") == true)
        #expect(folder.mode("data") == 0o700)
        #expect(!folder.exists("data/first-keys"))

        let again = try Loquet.run("init", "--data", folder.path("data"), "--json")
        #expect(again.status == 1)
        #expect(again.output.isEmpty)
        #expect(
            again.errors
                == "loquet: \(folder.path("data")) is initialised already; nothing was changed\n")
        #expect(try Server(data: folder).status(key: keys.app_key) == 200)
    }

    @Test func `puts the keys into a file of its owner's where there is no terminal`() throws {
        let folder = try TemporaryFolder()
        let run = try Loquet.run("init", "--data", folder.path("data"))
        #expect(run.status == 0)
        #expect(run.output.isEmpty)
        #expect(!run.errors.contains("lqk_"))
        #expect(run.errors.contains(folder.path("data/first-keys")))
        #expect(folder.mode("data/first-keys") == 0o600)
        let text = try folder.read("data/first-keys")
        for part in ["lqk_", "lqa_", "BEGIN PRIVATE KEY", "/v1/sessions/introspect"] {
            #expect(text.contains(part), "\(part)")
        }
    }

    @Test func `prints the keys where there is a terminal`() throws {
        let folder = try TemporaryFolder()
        let text = try onTerminal(["init", "--data", folder.path("data")])
        #expect(text.contains("lqk_"))
        #expect(text.contains("curl -sS"))
        #expect(!folder.exists("data/first-keys"))
    }

    @Test func `takes an archive certificate and then prints no archive key`() throws {
        let folder = try TemporaryFolder()
        _ = try Loquet.run("init", "--data", folder.path("data"), "--json")
        let bad = try folder.write("bad.pem", "no certificate")
        let refused = try Loquet.run(
            "init", "--data", folder.path("other"), "--archive-cert", bad, "--json")
        #expect(refused.status == 2)
        #expect(refused.errors.contains("the archive certificate cannot be used"))
    }

    /// What a command prints on a terminal, which script(1) makes for it.
    private func onTerminal(_ arguments: [String]) throws -> String {
        let words = [try Loquet.path] + arguments
        let process = try Loquet.process([])
        process.executableURL = URL(fileURLWithPath: "/usr/bin/script")
        process.arguments = [
            "-qec", words.map { "'\($0)'" }.joined(separator: " "), "/dev/null",
        ]
        let folder = try TemporaryFolder()
        let path = try folder.write("out", "")
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle(forWritingAtPath: path)
        process.standardError = FileHandle.nullDevice
        try process.run()
        try Loquet.waitForEnd(of: process)
        #expect(process.terminationStatus == 0)
        return try folder.read("out")
    }
}

@Suite struct `Keys of applications and administrators` {
    private struct Made: Decodable {
        let id: String
        let key: String
    }

    private struct Listed: Decodable {
        let id: String
        let name: String
        let roles: [String]
        let valid: Bool
    }

    private func json<Value: Decodable>(
        _ type: Value.Type, _ folder: TemporaryFolder, _ words: String...
    ) throws -> Value {
        let run = try Loquet.run(words + ["--data", folder.path("data"), "--json"])
        try #require(run.status == 0, "\(run.errors)")
        return try JSONDecoder().decode(type, from: Data(run.output.utf8))
    }

    @Test func `are made, listed and revoked beside a running server`() throws {
        let folder = try TemporaryFolder()
        _ = try Keys.make(in: folder)
        let server = try Server(data: folder)
        let made = try json(Made.self, folder, "apps", "add", "shop")
        #expect(made.key.hasPrefix("lqa_"))
        #expect(made.id.hasPrefix("app_"))
        #expect(try server.status(key: made.key) == 200)
        #expect(
            try json([Listed].self, folder, "apps", "list").map(\.name)
                == ["first application", "shop"])

        let revoked = try Loquet.run("apps", "revoke", made.id, "--data", folder.path("data"))
        #expect(revoked.status == 0)
        #expect(try server.status(key: made.key) == 401)
        let again = try Loquet.run("apps", "revoke", made.id, "--data", folder.path("data"))
        #expect(again.status == 1)
        #expect(again.errors == "loquet: there is no valid key \(made.id)\n")
        let listed = try json([Listed].self, folder, "apps", "list")
        #expect(listed.map(\.valid) == [true, false])
    }

    @Test func `of administrators have roles and an end`() throws {
        let folder = try TemporaryFolder()
        let keys = try Keys.make(in: folder)
        let server = try Server(data: folder)
        let lease = { (key: String) in
            try server.exchange("POST /v1/admin/incident-queue/pull/lease", key: key, "{}").status
        }
        #expect(try lease(keys.admin_key) == 200)
        let auditor = try json(Made.self, folder, "admins", "add", "a", "--role", "auditor")
        #expect(try lease(auditor.key) == 403)
        let both = try json(
            Made.self, folder, "admins", "add", "b", "--role", "auditor,operator", "--expires", "1")
        #expect(try lease(both.key) == 200)
        #expect(
            try json([Listed].self, folder, "admins", "list").map(\.roles)
                == [["auditor", "operator", "dpo"], ["auditor"], ["auditor", "operator"]])
        let first = try #require(try json([Listed].self, folder, "admins", "list").first)
        #expect(
            try Loquet.run("admins", "revoke", first.id, "--data", folder.path("data")).status == 0)
        #expect(try lease(keys.admin_key) == 401)
    }

    @Test(arguments: [
        (["--role", "king"], "--role: expected one or more of"), ([], "--role is missing"),
        (["--role", "dpo", "--expires", "0"], "--expires: expected a whole number of days"),
        (["--role", "dpo", "--expires", "367"], "--expires: expected a whole number of days"),
    ])
    func `are not made by half`(options: [String], complaint: String) throws {
        let folder = try TemporaryFolder()
        _ = try Keys.make(in: folder)
        let run = try Loquet.run(["admins", "add", "x", "--data", folder.path("data")] + options)
        #expect(run.status == 2)
        #expect(run.errors.hasPrefix("loquet: \(complaint)"))
        #expect(try json([Listed].self, folder, "admins", "list").count == 1)
    }

    @Test(arguments: ["", "\u{7}", String(repeating: "n", count: 101)])
    func `need a name that can be shown`(name: String) throws {
        let folder = try TemporaryFolder()
        _ = try Keys.make(in: folder)
        #expect(try Loquet.run("apps", "add", name, "--data", folder.path("data")).status == 2)
    }
}

@Suite struct `loquet doctor` {
    private struct Found: Decodable {
        let check: String
        let verdict: String
        let detail: String
    }

    private func findings(_ folder: TemporaryFolder) throws -> (Int32, [Found]) {
        let run = try Loquet.run("doctor", "--data", folder.path("data"), "--json")
        return (
            run.status, try JSONDecoder().decode([Found].self, from: Data(run.output.utf8))
        )
    }

    @Test func `finds a fresh deployment sound, but for its country and the archive's key`()
        throws
    {
        let folder = try TemporaryFolder()
        _ = try Keys.make(in: folder)
        let (status, found) = try findings(folder)
        #expect(status == 0)
        #expect(found.filter { $0.verdict == "failure" }.isEmpty)
        #expect(found.filter { $0.verdict == "warning" }.map(\.check) == ["region", "archive"])
        let run = try Loquet.run("doctor", "--data", folder.path("data"))
        #expect(run.status == 0)
        #expect(run.lines.count == found.count)
        let server = try Server(data: folder)
        #expect(try findings(folder).0 == 0)
        #expect(try server.stop() == 0)
    }

    @Test func `exits 1 when a key is missing or open to others`() throws {
        let folder = try TemporaryFolder()
        _ = try Keys.make(in: folder)
        let keys = folder.path("data/keys")
        let name = try #require(
            try FileManager.default.contentsOfDirectory(atPath: keys).sorted().first)
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o644], ofItemAtPath: keys + "/" + name)
        let (status, found) = try findings(folder)
        #expect(status == 1)
        let failed = found.filter { $0.verdict == "failure" }
        #expect(failed.map(\.check) == ["keys"])
        #expect(failed.first?.detail.contains("has mode 644") == true)
        try FileManager.default.removeItem(atPath: keys + "/" + name)
        #expect(try findings(folder).0 == 1)
    }
}

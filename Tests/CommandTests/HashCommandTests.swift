import Foundation
import Testing

private let bcrypt = "$2b$04$abcdefghijklmnopqrstuuUro8N19.MeQg58lgJQONA0DBB/nN7A."
/// 32 MiB, more than the floor of 19 MiB that these tests run with.
private let large =
    "$argon2i$v=19$m=32768,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$" + String(repeating: "A", count: 43)

private func line(_ email: String, _ hash: String) -> String {
    "{\"email\":\"\(email)\",\"password_hash\":\"\(hash)\"}\n"
}

@Suite struct `loquet accounts import` {
    @Test func `says how the lines fared, and exits 1 when one was refused`() throws {
        let folder = try TemporaryFolder()
        _ = try Keys.make(in: folder)
        let data = folder.path("data")
        let good = try folder.write("good", line("ada@example.com", bcrypt))
        let first = try Loquet.run("accounts", "import", good, "--data", data)
        #expect(first.status == 0)
        #expect(first.output == "imported 1 of 1 lines (1 bcrypt); 0 were there, 0 are refused\n")
        #expect(first.errors.isEmpty)

        let bad = try folder.write(
            "bad", line("bob@example.com", "secret") + line("ada@example.com", bcrypt))
        let second = try Loquet.run("accounts", "import", bad, "--data", data, "--json")
        #expect(second.status == 1)
        #expect(
            second.output
                == "{\"dry_run\":false,\"lines\":2,\"imported\":0,\"present\":1,\"refused\":1,\"schemes\":{}}\n"
        )
        #expect(second.errors.hasPrefix("loquet: line 1: password_hash: expected "))
        #expect(!second.errors.contains("bob") && !second.errors.contains("secret"))
    }

    @Test func `writes refused lines into a file, which is not the one it reads`() throws {
        let folder = try TemporaryFolder()
        _ = try Keys.make(in: folder)
        let content = (0..<30).map { line("p\($0)@example.com", "x") }.joined()
        let path = try folder.write("in", content)
        let same = try Loquet.run(
            "accounts", "import", path, "--data", folder.path("data"), "--errors", path)
        #expect(same.status == 2)
        #expect(try folder.read("in") == content)
        let run = try Loquet.run(
            "accounts", "import", path, "--data", folder.path("data"), "--errors",
            folder.path("errors"))
        #expect(run.status == 1 && run.errors.isEmpty)
        #expect(folder.mode("errors") == 0o600)
        let lines = try folder.read("errors").split(separator: "\n")
        #expect(lines.count == 30)
        #expect(lines[29].hasPrefix("{\"line\":30,\"field\":\"password_hash\",\"expected\":\""))
        let shown = try Loquet.run("accounts", "import", path, "--data", folder.path("data"))
        #expect(shown.errors.split(separator: "\n").count == 21)
        #expect(shown.errors.hasSuffix("loquet: 10 more; --errors FILE keeps them\n"))
    }

    @Test func `takes larger hashes than a server has memory for only while none runs`() throws {
        let folder = try TemporaryFolder()
        let keys = try Keys.make(in: folder)
        let path = try folder.write("in", line("ada@example.com", large))
        let command = ["accounts", "import", path, "--data", folder.path("data")]
        do {
            let server = try Server(data: folder)
            #expect(try server.status(key: keys.app_key) == 200)
            let plain = try Loquet.run(command)
            #expect(plain.status == 1 && plain.errors.contains("this one needs 32768"))
            let asked = try Loquet.run(command + ["--memory-kib", "32768"])
            #expect(asked.status == 1 && asked.output.isEmpty)
            #expect(asked.errors.contains("another loquet uses the data directory"))
        }
        #expect(try Loquet.run(command + ["--memory-kib", "32767"]).status == 1)
        #expect(try Loquet.run(command + ["--memory-kib", "32768"]).status == 0)
        // From now on every server has that much.
        #expect(try Loquet.run(command).output.contains("1 were there"))
        for wrong in ["7", "1048577", "64MiB"] {
            #expect(try Loquet.run(command + ["--memory-kib", wrong]).status == 2)
        }
        let budget = try Loquet.run(
            command + ["--memory-kib", "40000"],
            environment: ["LOQUET_HASHING_MEMORY_BUDGET_MIB": "33"])
        #expect(budget.status == 1 && budget.errors.contains("hashing.memory_budget_mib"))
    }

    @Test func `needs a file that can be read, and a known command`() throws {
        let folder = try TemporaryFolder()
        for arguments in [
            ["accounts"], ["accounts", "export"], ["accounts", "import"],
            ["accounts", "import", folder.path("none")], ["hashes"], ["keys"], ["keys", "ad"],
            ["keys", "use"],
        ] {
            let run = try Loquet.run(arguments + ["--data", folder.path("data")])
            #expect(run.status == 2 && run.errors.split(separator: "\n").count == 1, "\(arguments)")
        }
    }
}

@Suite struct `loquet hashes and keys` {
    @Test func `show where a change of the pepper stands`() throws {
        let folder = try TemporaryFolder()
        _ = try Keys.make(in: folder)
        let data = ["--data", folder.path("data")]
        let path = try folder.write("in", line("ada@example.com", bcrypt))
        #expect(try Loquet.run(["accounts", "import", path] + data).status == 0)
        let status = try Loquet.run(["hashes", "status"] + data)
        #expect(status.status == 0)
        #expect(status.lines.first == "1  to be renewed  bcrypt,cost=4")
        #expect(status.lines.last == "without a pepper: 1 hashes")
        #expect(status.errors.contains("1 of 1 hashes are renewed"))

        let added = try Loquet.run(["keys", "add", "pepper"] + data)
        let id = added.output.trimmingCharacters(in: .newlines)
        #expect(folder.mode("data/keys/pepper.\(id).key") == 0o600)
        #expect(try Loquet.run(["keys", "use", id] + data).status == 0)
        let listed = try Loquet.run(["keys", "list"] + data)
        let peppers = listed.lines.filter { $0.contains("  pepper ") }
        #expect(peppers.count == 2)
        #expect(peppers.contains { $0.hasPrefix(id) && $0.contains("  current  ") })
        let old = try #require(peppers.first { !$0.hasPrefix(id) }).prefix(8)
        #expect(try Loquet.run(["keys", "retire", id] + data).status == 1)
        #expect(try Loquet.run(["keys", "retire", String(old)] + data).status == 0)
        #expect(!folder.exists("data/keys/pepper.\(old).key"))
        #expect(try Loquet.run(["keys", "retire", String(old)] + data).status == 1)
    }
}

import Foundation
import Glibc
import Testing

@Suite struct `loquet migrate` {
    @Test func `lists what it would apply, and changes nothing`() throws {
        let folder = try TemporaryFolder()
        try makeEmptyDatabase(folder)
        let plan = try Loquet.run("migrate", "--plan", "--data", folder.path("data"))
        #expect(plan.status == 0)
        #expect(plan.lines.first?.hasPrefix("would apply  1   first") == true)
        let json = try Loquet.run("migrate", "--plan", "--json", "--data", folder.path("data"))
        #expect(json.output.hasPrefix(#"{"planned":[{"number":1,"name":"first"}"#))
    }

    @Test func `applies it once`() throws {
        let folder = try TemporaryFolder()
        try makeEmptyDatabase(folder)
        let first = try Loquet.run("migrate", "--data", folder.path("data"))
        #expect(first.status == 0)
        #expect(first.lines.first?.hasPrefix("applied  1   first") == true)
        for options in [[], ["--plan"]] {
            let again = try Loquet.run(["migrate", "--data", folder.path("data")] + options)
            #expect(again.status == 0)
            #expect(again.output == "the schema is up to date\n")
        }
    }

    @Test func `works beside a running server`() throws {
        let folder = try TemporaryFolder()
        let keys = try Keys.make(in: folder)
        let server = try Server(data: folder)
        let run = try Loquet.run("migrate", "--json", "--data", folder.path("data"))
        #expect(run.status == 0)
        #expect(run.output == "{\"applied\":[]}\n")
        #expect(try server.status(key: keys.app_key) == 200)
    }

    @Test func `needs a store`() throws {
        let folder = try TemporaryFolder()
        let run = try Loquet.run("migrate", "--data", folder.path("data"))
        #expect(run.status == 1)
        #expect(run.errors.contains("run loquet init --data DIR first"))
        #expect(!folder.exists("data"))
    }

    /// An empty file is a database without a schema.
    private func makeEmptyDatabase(_ folder: TemporaryFolder) throws {
        try FileManager.default.createDirectory(
            atPath: folder.path("data"), withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o700])
        let file = folder.path("data/loquet.sqlite")
        #expect(
            FileManager.default.createFile(
                atPath: file, contents: Data(), attributes: [.posixPermissions: 0o600]))
    }
}

@Suite struct `loquet copy` {
    private struct Report: Decodable {
        let equal: Bool
        let tables: [Table]

        struct Table: Decodable {
            let table: String
            let equal: Bool
            let source: Side
            let target: Side
        }

        struct Side: Decodable, Equatable {
            let rows: Int
            let sha256: String
        }
    }

    private func copy(
        _ folder: TemporaryFolder, to name: String = "moved/loquet.sqlite", _ more: String...
    ) throws -> Loquet.Finished {
        try Loquet.run(
            [
                "copy", "--from", "sqlite:" + folder.path("data/loquet.sqlite"),
                "--to", "sqlite:" + folder.path(name),
            ] + more)
    }

    private func makeTarget(_ folder: TemporaryFolder) throws {
        try FileManager.default.createDirectory(
            atPath: folder.path("moved"), withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o700])
    }

    @Test func `moves a store that is served from its new place, keys included`() throws {
        let folder = try TemporaryFolder()
        let keys = try Keys.make(in: folder)
        try makeTarget(folder)
        let run = try copy(folder, "--json")
        #expect(run.status == 0)
        let report = try JSONDecoder().decode(Report.self, from: Data(run.output.utf8))
        #expect(report.equal)
        #expect(report.tables.allSatisfy { $0.equal && $0.source == $0.target })
        #expect(report.tables.first { $0.table == "api_key" }?.target.rows == 2)
        #expect(run.errors.contains("all servers must stay stopped"))
        #expect(run.errors.contains("copy the directory keys/ with its modes"))
        #expect(!run.errors.contains("\r"), "no bar where there is no terminal")

        try FileManager.default.copyItem(
            atPath: folder.path("data/keys"), toPath: folder.path("moved/keys"))
        let server = try Server(data: folder, ["--data", folder.path("moved")])
        #expect(try server.status(key: keys.app_key) == 200)
        #expect(try server.stop() == 0)
    }

    @Test func `prints a table, and only compares what is there already`() throws {
        let folder = try TemporaryFolder()
        _ = try Keys.make(in: folder)
        try makeTarget(folder)
        #expect(try copy(folder).lines.dropFirst().allSatisfy { $0.hasPrefix("same") })
        let again = try copy(folder)
        #expect(again.status == 0)
        #expect(again.errors.contains("held this store already; nothing was copied"))

        let data = ["apps", "add", "shop", "--data", folder.path("data")]
        #expect(try Loquet.run(data).status == 0)
        let differs = try copy(folder)
        #expect(differs.status == 1)
        let found = differs.lines.filter { $0.hasPrefix("DIFFERS") }
        // The key, the record of it, and the head of the records' chain.
        #expect(found.count == 3)
        #expect(found.allSatisfy { $0.contains("api_key") || $0.contains("audit") })
    }

    @Test func `refuses a source while it is served`() throws {
        let folder = try TemporaryFolder()
        let keys = try Keys.make(in: folder)
        try makeTarget(folder)
        let server = try Server(data: folder)
        let refused = try copy(folder)
        #expect(refused.status == 1)
        #expect(refused.errors.contains("another loquet uses the data directory"))
        #expect(try server.status(key: keys.app_key) == 200)
        #expect(try server.stop() == 0)
        #expect(try copy(folder).status == 0)
    }

    @Test func `goes on after it was killed`() throws {
        let folder = try TemporaryFolder()
        let keys = try Keys.make(in: folder)
        for index in 0..<20 {
            let add = ["apps", "add", "a\(index)", "--data", folder.path("data")]
            try #require(try Loquet.run(add).status == 0)
        }
        try makeTarget(folder)
        let process = try Loquet.process([
            "copy", "--from", "sqlite:" + folder.path("data/loquet.sqlite"),
            "--to", "sqlite:" + folder.path("moved/loquet.sqlite"),
        ])
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        let end = ContinuousClock.now + .seconds(20)
        // The target's log is there from the first commit on.
        while !folder.exists("moved/loquet.sqlite-wal"), process.isRunning,
            ContinuousClock.now < end
        { usleep(200) }
        kill(process.processIdentifier, SIGKILL)
        try Loquet.waitForEnd(of: process)
        #expect(try copy(folder).status == 0)
        try FileManager.default.copyItem(
            atPath: folder.path("data/keys"), toPath: folder.path("moved/keys"))
        let server = try Server(data: folder, ["--data", folder.path("moved")])
        #expect(try server.status(key: keys.app_key) == 200)
    }

    @Test func `refuses a target that holds another store`() throws {
        let folder = try TemporaryFolder()
        _ = try Keys.make(in: folder)
        try makeTarget(folder)
        #expect(try Loquet.run("init", "--data", folder.path("moved"), "--json").status == 0)
        let before = try Data(contentsOf: URL(fileURLWithPath: folder.path("moved/loquet.sqlite")))
        let run = try copy(folder)
        #expect(run.status == 1)
        #expect(run.errors.contains("the target holds another store or other rows"))
        let after = try Data(contentsOf: URL(fileURLWithPath: folder.path("moved/loquet.sqlite")))
        #expect(before == after)
    }

    @Test(arguments: [
        ([], "loquet copy needs --from and --to"),
        (["--from", "sqlite:a"], "loquet copy needs --from and --to"),
        (["--from", "sqlite", "--to", "sqlite:b"], "--from: expected sqlite:PATH"),
        (["--from", "sqlite:a", "--to", "mysql://secret"], "--to: expected sqlite:PATH"),
        (["--from", "sqlite:a", "--to", "sqlite:./a"], "--to: expected another file than --from"),
    ])
    func `exits 2 for places it cannot use`(arguments: [String], complaint: String) throws {
        let run = try Loquet.run(["copy"] + arguments)
        #expect(run.status == 2)
        #expect(run.errors.hasPrefix("loquet: \(complaint)"), "\(run.errors)")
        #expect(!run.errors.contains("secret"))
    }

    @Test func `exits 1 without a source`() throws {
        let folder = try TemporaryFolder()
        let run = try copy(folder)
        #expect(run.status == 1)
        #expect(run.errors.contains("there is no store in"))
        #expect(!folder.exists("moved/loquet.sqlite"))
    }
}

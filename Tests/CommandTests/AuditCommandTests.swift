import Foundation
import Service
import Testing

@Suite struct `loquet audit` {
    /// A data directory with two accounts: one that follows cnil-80-12x4, one that does not.
    private func store() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        let keys = try Keys.make(in: folder)
        let server = try Server(data: folder)
        for (name, password) in [("ada", "Abcdef1!"), ("bob", "Un-Cheval-1815")] {
            let answer = try server.exchange(
                "POST /v1/accounts", key: keys.app_key,
                #"{"email":"\#(name)@example.com","password":"\#(password)"}"#)
            #expect(answer.status == 201)
        }
        #expect(try server.stop() == 0)
        return folder
    }

    private func run(
        _ folder: TemporaryFolder, _ words: String...
    ) throws -> Loquet.Finished {
        try Loquet.run(words + ["--data", folder.path("data")])
    }

    @Test func `counts in four forms, and keeps what it counted`() throws {
        let folder = try store()
        let table = try run(folder, "audit")
        #expect(table.status == 0)
        #expect(table.errors.isEmpty, "no progress bar without a terminal")
        #expect(
            table.lines.contains { $0.contains("comply with the policy") && $0.hasSuffix(" 2") })
        let csv = try run(folder, "audit", "--format", "csv")
        #expect(csv.output.contains("overview,compliant,comply with the policy,accounts,2\r\n"))
        let json = try run(folder, "audit", "--json")
        #expect(
            try JSONReader.read(Array(json.output.utf8))["accounts"]?["compliant"] == .integer(2))
        let page = try run(folder, "audit", "--format", "html", "--output", folder.path("a.html"))
        #expect(page.status == 0)
        #expect(try folder.read("a.html").hasPrefix("<!DOCTYPE html>"))
        let again = try run(folder, "audit", "--format", "html", "--output", folder.path("a.html"))
        #expect(again.status == 2)
        #expect(again.errors.contains("cannot create"))
    }

    @Test func `lists accounts for a reason, and only so`() throws {
        let folder = try store()
        #expect(
            try run(folder, "policy", "switch", "cnil-80-12x4", "--stage", "notify").status == 0)
        let unknown = try run(folder, "audit", "--list", "unknown", "--reason", "a test")
        #expect(unknown.lines.count == 3)
        #expect(unknown.lines.first == "account_id")
        #expect(unknown.lines.dropFirst().allSatisfy { $0.hasPrefix("acc_") })
        let none = try run(folder, "audit", "--list", "too_short", "--reason", "a test")
        #expect(none.lines.count == 1)
        let silent = try run(folder, "audit", "--list", "unknown")
        #expect(silent.status == 2)
        #expect(silent.errors.contains("say why with --reason"))
        let wrong = try run(folder, "audit", "--list", "weak", "--reason", "a test")
        #expect(wrong.status == 2)
        #expect(wrong.errors.contains("non_compliant"))
    }

    @Test func `shows the policy's stages, and refuses what makes no sense`() throws {
        let folder = try store()
        let fresh = try run(folder, "policy", "status")
        #expect(fresh.lines == ["in force  cnil-8x4  version 1  configured"])
        #expect(try run(folder, "policy", "withdraw").status == 1)
        #expect(try run(folder, "policy", "switch", "anssi-15", "--stage", "monitor").status == 0)
        let watched = try run(folder, "policy", "status")
        #expect(watched.output.contains("watched   anssi-15  version 1  monitor"))
        for (words, part) in [
            (["--stage", "block_after"], "--after is missing"),
            (["--stage", "notify", "--after", "2999-01-01"], "--after belongs to"),
            (["--stage", "later"], "expected one of monitor, notify"),
            (["--stage", "block_after", "--after", "soon"], "expected a day or a time"),
            (["--stage", "block_after", "--after", "2001-01-01"], "still to come"),
            (["--stage", "notify", "--rules", "length"], "too_short"),
            ([], "--stage is missing"),
        ] {
            let run = try Loquet.run(
                ["policy", "switch", "anssi-15", "--data", folder.path("data")] + words)
            #expect(run.status == 2, "\(words)")
            #expect(run.errors.contains(part), "\(run.errors)")
        }
        #expect(try run(folder, "policy", "withdraw").status == 0)
    }
}

import Foundation
import Service
import Testing

@Suite struct `loquet incidents` {
    private func run(
        _ folder: TemporaryFolder, _ words: String...
    ) throws -> Loquet.Finished {
        try Loquet.run(["incidents"] + words + ["--data", folder.path("data")])
    }

    private func json(_ finished: Loquet.Finished) throws -> JSONValue {
        try JSONReader.read(Array(finished.output.utf8))
    }

    @Test func `takes a report through the register to its end`() throws {
        let folder = try TemporaryFolder()
        _ = try Keys.make(in: folder)
        #expect(try run(folder, "list").output.isEmpty)
        let report = try run(folder, "report", "Une copie perdue", "--processor", "Host", "--json")
        #expect(report.status == 0)
        guard case .string(let id)? = try json(report)["id"] else { throw Missing() }
        #expect(try run(folder, "list").output.contains("71 h 59 min left"))
        let early = try run(folder, "close", id, "--reason", "done")
        #expect(early.status == 1 && early.errors.contains("An incident that is open"))
        #expect(try run(folder, "confirm", id, "--reason", "seen").status == 0)
        #expect(try run(folder, "notified", id, "--audience", "authority").status == 0)
        #expect(
            try run(
                folder, "notified", id, "--audience", "people", "--waived", "--reason", "no risk"
            ).status == 0)
        #expect(try run(folder, "note", id, "severity", "Limitée").status == 0)
        let dossier = try json(try run(folder, "dossier", id))
        #expect(dossier["kind"] == "draft")
        let page = try run(
            folder, "dossier", id, "--format", "html", "--output", folder.path("a.html"))
        #expect(page.status == 0)
        #expect(try folder.read("a.html").contains("Limitée"))
        #expect(folder.mode("a.html") == 0o600)
        let first = try run(folder, "dossier", id, "--version", "1")
        #expect(try json(first)["kind"] == "initial")
        #expect(try run(folder, "dossier", id, "--save").output.hasPrefix("2  complementary"))
        #expect(try run(folder, "dossier", id, "--versions").lines.count == 2)
        #expect(try run(folder, "dossier", id, "--version", "1").output == first.output)
        #expect(try run(folder, "affected", id, "--reason", "a test").output.isEmpty)
        #expect(try run(folder, "close", id, "--reason", "done").output.contains("closed"))
        let shown = try run(folder, "show", id).output
        #expect(shown.contains("people") && shown.contains("not told"))
        #expect(shown.contains("dossier_saved") && shown.contains("cli:\(getuid())"))
    }

    private struct Missing: Error {}

    @Test(arguments: [
        (["close"], "an argument is missing"),
        (["clos"], "unknown command incidents clos; did you mean close?"),
        (["show", "x"], "expected the id of an incident, inc_…, got x"),
        (["list", "--state", "new"], "--state: expected one of open, confirmed"),
        (["list", "--max", "0"], "--max: expected a whole number, 1 ... 200, got 0"),
        (["confirm", known], "say why with --reason TEXT"),
        (["affected", known], "say why with --reason TEXT"),
        (["confirm", known, "--reason", "x", "--at", "now"], "--at: expected a time"),
        (["notified", known, "--audience", "press"], "--audience: expected authority, people"),
        (["notified", known, "--audience", "processor", "--waived"], "--audience: expected"),
        (["note", known, "sevrity", "x"], "there is no field sevrity; did you mean severity?"),
        (["note", known, "severity", "x"], "severity: expected one of negligible"),
        (["dossier", known, "--format", "pdf"], "--format: expected json or html, got pdf"),
        (["dossier", known, "--version", "0"], "--version: expected the number of a version"),
        (["report", " "], "the report: expected a text"),
    ])
    func `exits 2 and says in one line what is wrong`(words: [String], complaint: String) throws {
        let folder = try TemporaryFolder()
        let run = try Loquet.run(
            ["incidents"] + words, environment: ["LOQUET_DATA": folder.path("data")])
        #expect(run.status == 2)
        #expect(run.errors.hasPrefix("loquet: \(complaint)"), "\(run.errors)")
        #expect(run.errors.split(separator: "\n").count == 1)
        #expect(!folder.exists("data"))
    }
}

private let known = "inc_01234567890123456789012345"

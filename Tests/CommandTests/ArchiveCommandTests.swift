import Foundation
import Testing

@Suite struct `loquet archive` {
    private let export = ["archive", "export", "--reason", "a claim", "--ticket", "T-1"]

    @Test func `refuses an export without reason or ticket, or of what it does not know`() throws {
        let folder = try TemporaryFolder()
        _ = try Keys.make(in: folder)
        let data = ["--data", folder.path("data")]
        for words in [
            ["archive", "export"], ["archive", "export", "--reason", "x"],
            ["archive", "export", "--ticket", "x"], export + ["nobody"],
            export + ["identifier_tombstone"],
        ] { #expect(try Loquet.run(words + data).status == 2, "\(words)") }
        let empty = try Loquet.run(export + data)
        #expect(empty.status == 0)
        #expect(empty.output.isEmpty)
    }

    @Test func `proves possession of the key with what was opened elsewhere`() throws {
        let folder = try TemporaryFolder()
        let keys = try Keys.make(in: folder)
        let data = ["--data", folder.path("data")]
        let key = try folder.write("key.pem", try #require(keys.archive_key))
        let asked = try Loquet.run(["archive", "confirm"] + data)
        #expect(asked.status == 0)
        let line = try folder.write("challenge", asked.output)
        let opened = try Loquet.run("archive", "open", "--key", key, line)
        #expect(opened.status == 0, "\(opened.errors)")
        let answer = try #require(
            try JSONDecoder().decode([String: String].self, from: Data(opened.output.utf8))[
                "answer"])
        #expect(try Loquet.run(["archive", "confirm", "wrong"] + data).status == 1)
        #expect(try Loquet.run(["archive", "confirm", answer] + data).status == 0)
        #expect(try Loquet.run(["archive", "confirm", answer] + data).status == 1)
        let doctor = try Loquet.run(["doctor"] + data)
        #expect(doctor.output.contains("possession of the private key was proven"))
    }

    @Test func `opens nothing without a key, and names the line that is none`() throws {
        let folder = try TemporaryFolder()
        let keys = try Keys.make(in: folder)
        let key = try folder.write("key.pem", try #require(keys.archive_key))
        #expect(try Loquet.run("archive", "open").status == 2)
        #expect(try Loquet.run("archive", "open", "--key", folder.path("none")).status == 2)
        let wrong = try folder.write("wrong.pem", "no key")
        #expect(try Loquet.run("archive", "open", "--key", wrong).status == 2)
        let run = try Loquet.run("archive", "open", "--key", key, input: Array("\n{}\n".utf8))
        #expect(run.status == 1)
        #expect(run.errors.contains("line 2: cms: expected a sealed record in Base64"))
    }
}

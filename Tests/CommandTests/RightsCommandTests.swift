import Foundation
import Testing

@Suite struct `The commands of a data protection officer` {
    private func id(_ text: String, _ prefix: String) throws -> String {
        let start = try #require(text.range(of: prefix))
        return String(text[start.lowerBound...].prefix(30))
    }

    @Test func `take a letter down, work on it, and list what is open`() throws {
        let folder = try TemporaryFolder()
        _ = try Keys.make(in: folder)
        let data = ["--data", folder.path("data")]
        let run = { (words: [String]) in try Loquet.run(["requests"] + words + data) }
        let added = try run([
            "add", "--right", "access", "--channel", "post", "--received", "2026-01-31",
            "--contact", "Ada, Paris",
        ])
        #expect(added.status == 0 && added.output.contains("received 2026-01-31T00:00:00Z"))
        #expect(added.output.contains("OVERDUE since 2026-02-28T00:00:00Z"))
        let request = try id(added.output, "req_")
        #expect(try run(["list"]).lines.count == 1)
        let late = try run(["extend", request, "--reason", "many systems"])
        #expect(late.status == 1 && late.errors.contains("The first month is over"))
        #expect(try run(["verify", request, "--reason", "signed letter"]).status == 0)
        let path = folder.path("out.json")
        let export = try run(["export", request, "--output", path])
        #expect(export.status == 1 && export.errors.contains("names no account"))
        #expect(!folder.exists("out.json"))
        let bare = try run(["decide", request, "--outcome", "refused"])
        #expect(bare.status == 1 && bare.errors.contains("Say why"))
        let decided = try run([
            "decide", request, "--outcome", "refused", "--reason", "nobody of this name",
        ])
        #expect(decided.status == 0 && decided.output.contains("refused at "))
        #expect(try run(["list"]).output.isEmpty)
        #expect(try run(["list", "--all", "--json"]).output.contains("\"outcome\":\"refused\""))
        let shown = try run(["show", request])
        #expect(["received", "verified", "decided"].allSatisfy(shown.output.contains))
    }

    @Test func `keep versions of the privacy policy`() throws {
        let folder = try TemporaryFolder()
        _ = try Keys.make(in: folder)
        let data = ["--data", folder.path("data")]
        let french = try folder.write("fr.txt", "Politique de confidentialité\n")
        let other = try folder.write("other.txt", "Autre\n")
        let add = { (path: String) in
            try Loquet.run(
                ["privacy-policy", "add", "2026-11", "fr=\(path)", "--effective", "2026-12-01"]
                    + data)
        }
        let first = try add(french)
        #expect(first.status == 0 && first.output.contains("from 2026-12-01T00:00:00Z"))
        #expect(try add(french).output == first.output)
        let changed = try add(other)
        #expect(changed.status == 1 && changed.errors.contains("versions never change"))
        let shown = try Loquet.run(["privacy-policy", "show", "2026-11", "fr"] + data)
        #expect(shown.output == "Politique de confidentialité\n")
        let none = try Loquet.run(
            ["privacy-policy", "accepted", "2026-11", "--reason", "who is asked again"] + data)
        #expect(none.status == 0 && none.output.isEmpty)
    }

    @Test(arguments: [
        ["requests"], ["requests", "ad"], ["requests", "add", "--channel", "post"],
        ["requests", "add", "--right", "access", "--channel", "post"],
        ["requests", "add", "--right", "access", "--channel", "session", "--contact", "x"],
        [
            "requests", "add", "--right", "access", "--channel", "post", "--contact", "x",
            "--received", "2099-01-01",
        ],
        ["requests", "show", "x"], ["requests", "list", "--max", "0"],
        ["requests", "doubt", "req_00000000000000000000000001"],
        ["requests", "export", "req_00000000000000000000000001"],
        ["disclosures", "add", "acc_00000000000000000000000001"],
        ["disclosures", "told", "dis_00000000000000000000000001"],
        ["privacy-policy", "add", "1", "fr"], ["privacy-policy", "add", "1", "fr=/nowhere"],
        ["privacy-policy", "accepted", "1"], ["privacy-policy", "show", "a b", "fr"],
    ]) func `refuse what they do not understand`(words: [String]) throws {
        let folder = try TemporaryFolder()
        _ = try Keys.make(in: folder)
        let run = try Loquet.run(words + ["--data", folder.path("data")])
        #expect(
            run.status == 2 && run.output.isEmpty && run.errors.hasPrefix("loquet: "), "\(words)")
    }

    @Test func `know no account that was not there`() throws {
        let folder = try TemporaryFolder()
        _ = try Keys.make(in: folder)
        let run = try Loquet.run(
            "disclosures", "add", "--authority", "Tribunal", "--legal-basis", "art. 60-1 CPP",
            "--scope", "sign-ins", "--reference", "7", "acc_00000000000000000000000001",
            "--data", folder.path("data"))
        #expect(run.status == 1 && run.errors.contains("There is no account acc_"))
    }
}

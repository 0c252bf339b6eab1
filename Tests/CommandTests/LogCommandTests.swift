import Foundation
import Testing

@Suite struct `loquet log` {
    @Test func `verifies a log and shows it, and records both`() throws {
        let folder = try TemporaryFolder()
        _ = try Keys.make(in: folder)
        let data = ["--data", folder.path("data")]
        let verified = try Loquet.run(["log", "verify"] + data)
        #expect(verified.status == 0 && verified.output.isEmpty)
        #expect(verified.errors.hasSuffix(": sound\n"))
        let asJSON = try Loquet.run(["log", "verify", "--json"] + data)
        #expect(asJSON.output.contains("\"sound\":true"))
        let shown = try Loquet.run(["log", "show"] + data)
        #expect(shown.lines.count == 3)
        #expect(shown.lines[1].contains("audit_log.verified"))
        #expect(shown.lines[1].contains("command_line"))
        let page = try Loquet.run(["log", "show", "--after", "2", "--count", "1", "--json"] + data)
        #expect(page.lines.count == 1)
        #expect(page.lines[0].hasPrefix("{\"sequence\":3,"))
        #expect(page.errors.contains("more with --after 3"))
        #expect(try Loquet.run(["log", "show"] + data).lines[3].contains("audit_log.read"))
    }

    @Test(arguments: [
        ["log"], ["log", "verfy"], ["log", "show", "--count", "0"],
        ["log", "show", "--count", "10001"], ["log", "show", "--after", "-1"],
        ["log", "verify", "x"], ["log", "show", "--checkpoints", "x"],
    ]) func `refuses what it does not understand`(words: [String]) throws {
        let folder = try TemporaryFolder()
        let run = try Loquet.run(words + ["--data", folder.path("data")])
        #expect(run.status == 2)
    }
}

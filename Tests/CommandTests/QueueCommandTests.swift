import Foundation
import Testing

@Suite struct `loquet queue` {
    @Test func `shows, pauses and resumes sinks`() throws {
        let folder = try TemporaryFolder()
        _ = try Keys.make(in: folder)
        let data = ["--data", folder.path("data")]
        let status = try Loquet.run(["queue", "status"] + data)
        #expect(status.status == 0 && status.lines.count == 2)
        #expect(status.lines[1].hasPrefix("pull") && status.lines[1].hasSuffix("on"))
        let paused = try Loquet.run(["queue", "pause", "pull", "--reason", "a\nb"] + data)
        #expect(paused.status == 0 && paused.output.isEmpty)
        let after = try Loquet.run(["queue", "status", "--json"] + data)
        #expect(after.output.contains("\"reason\":\"a b\""))
        #expect(try Loquet.run(["queue", "resume", "pull"] + data).errors.hasSuffix("goes on\n"))
        #expect(
            try Loquet.run(["queue", "resume", "pull"] + data).errors
                == "loquet: pull was not paused\n")
    }

    @Test func `has nothing to show of an empty queue`() throws {
        let folder = try TemporaryFolder()
        _ = try Keys.make(in: folder)
        let data = ["--data", folder.path("data")]
        for words in [["tail"], ["dead"], ["dead", "webhook"], ["tail", "--json"]] {
            let run = try Loquet.run(["queue"] + words + data)
            #expect(run.status == 0 && run.output.isEmpty && run.errors.isEmpty, "\(words)")
        }
        #expect(try Loquet.run(["queue", "dead", "--json"] + data).output == "[]\n")
        let all = try Loquet.run(["queue", "redrive", "webhook", "--json"] + data)
        #expect(all.status == 0 && all.output == "{\"redriven\":0}\n")
        let one = try Loquet.run(["queue", "redrive", "webhook", "no-such-id"] + data)
        #expect(one.status == 1)
    }

    @Test func `shows what receivers verify with, and never the key itself`() throws {
        let folder = try TemporaryFolder()
        _ = try Keys.make(in: folder)
        let data = ["--data", folder.path("data")]
        let shown = try Loquet.run(["queue", "webhook-key"] + data)
        #expect(shown.status == 0 && shown.lines.count == 1)
        let words = shown.lines[0].split(separator: " ")
        #expect(words.count == 2 && words[1].hasPrefix("whpk_"))
        let bytes = Data(base64Encoded: String(words[1].dropFirst(5)))
        #expect(bytes?.count == 32)
        let secret = try folder.read("data/keys/webhook-signing.\(words[0]).key").dropLast()
        #expect(!shown.output.contains(secret))
        #expect(try Loquet.run(["keys", "add", "webhook-signing"] + data).status == 0)
        #expect(try Loquet.run(["queue", "webhook-key"] + data).lines.count == 2)
        let third = try Loquet.run(["keys", "add", "webhook-signing"] + data)
        #expect(third.status == 1 && third.errors.contains("retire one first"))
    }

    @Test(arguments: [
        ["queue"], ["queue", "statu"], ["queue", "pause"], ["queue", "pause", "mail"],
        ["queue", "redrive"], ["queue", "tail", "--count", "0"], ["queue", "tail", "x"],
        ["queue", "tail", "--count", "10001"], ["queue", "dead", "pull", "amqp"],
    ]) func `refuses what it does not understand`(words: [String]) throws {
        let folder = try TemporaryFolder()
        _ = try Keys.make(in: folder)
        let run = try Loquet.run(words + ["--data", folder.path("data")])
        #expect(run.status == 2 && run.output.isEmpty && run.errors.hasPrefix("loquet: "))
    }

    @Test(arguments: [
        ("webhook", "http://hooks.example.com/the-token"),
        ("webhook", "https://hooks.example.com:0/the-token"),
        ("amqp", "amqps://loquet:the-token@mq.example.com"),
        ("amqp", "amqp://mq.example.com/the-token"),
    ]) func `never repeats a sink's URL`(sink: String, url: String) throws {
        let variable = "LOQUET_SINKS_\(sink.uppercased())_URL"
        let run = try Loquet.run(
            ["queue", "status", "--data", "/nowhere"], environment: [variable: url])
        #expect(run.status == 2)
        #expect(run.errors.hasPrefix("loquet: sinks.\(sink).url: expected "))
        #expect(!run.errors.contains("the-token"))
    }
}

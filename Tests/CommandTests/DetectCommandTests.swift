import Testing

@Suite struct `loquet detect replay` {
    private func replay(
        _ lines: [String], _ options: String..., environment: [String: String] = [:]
    ) throws -> Loquet.Finished {
        try Loquet.run(
            ["detect", "replay"] + options, input: Array(lines.joined(separator: "\n").utf8),
            environment: environment)
    }

    /// A failure in the first minute of an hour.
    private func failure(
        _ second: Int, _ account: String, from source: String = "203.0.113.7", _ more: String = ""
    ) -> String {
        let time = "2026-11-22T22:00:\(second < 10 ? "0" : "")\(second)Z"
        return """
            {"time":"\(time)","outcome":"failure","account":"\(account)","source":"\(source)"\(more)}
            """
    }

    @Test func `prints one line for each finding`() throws {
        var lines = (0..<20).map { failure($0, "person \($0)") }
        lines.append(
            #"{"time":"2026-11-22T23:30:00.5Z","outcome":"success","account":"ada","source":"203.0.113.7"}"#
        )
        let run = try replay(lines, "--jsonl")
        #expect(run.status == 0)
        #expect(run.errors.isEmpty)
        #expect(
            run.lines == [
                #"{"time":"2026-11-22T22:00:19.000Z","detector":"credential_stuffing","severity":"high","subject":"source/203.0.113.7","count":20}"#,
                #"{"time":"2026-11-22T23:30:00.500Z","detector":"credential_stuffing","severity":"critical","subject":"source/203.0.113.7","count":21}"#,
            ])
    }

    @Test
    func `takes failures without a tag for different passwords, and names the account as written`()
        throws
    {
        let lines = (0..<10).map { failure($0, #"\"ada\""#) }
        let expected =
            #"{"time":"2026-11-22T22:00:09.000Z","detector":"brute_force","severity":"medium","subject":"account/\"ada\"","count":10}"#
        #expect(try replay(lines).lines == [expected])
        let same = (0..<10).map { failure($0, "ada", ",\"password_tag\":\"t\"") }
        #expect(try replay(same).output.isEmpty)
        #expect(
            try replay([failure(0, "ada", ",\"count\":10").replacingFailure]).lines.count == 1)
    }

    @Test func `sees leaked passwords and decoys`() throws {
        let success =
            #"{"time":"2026-11-22T22:00:00Z","outcome":"success","account":"ada","source":"203.0.113.7","#
        let run = try replay([success + "\"breached\":true}", success + "\"canary\":true}"])
        #expect(run.lines.count == 2)
        #expect(
            run.lines.first?.contains(#""detector":"leaked_password","severity":"low""#) == true)
        #expect(run.lines.last?.contains(#""detector":"canary","severity":"critical""#) == true)
    }

    @Test func `passes over what is no event, names it, and exits 1`() throws {
        var lines = (0..<20).map { failure($0, "p\($0)") }
        lines.insert("oops", at: 3)
        lines.insert("", at: 5)
        lines.insert(#"{"time":"2026-11-22","outcome":"failure","account":"a"}"#, at: 7)
        lines.insert(failure(9, "p9", ",\"label\":\"attack\""), at: 12)
        let run = try replay(lines)
        #expect(run.status == 1)
        #expect(run.lines.count == 1)
        #expect(run.errors.contains("loquet: line 4: expected a JSON value at byte 1\n"))
        #expect(run.errors.contains("loquet: line 8: time: expected an RFC 3339 time"))
        #expect(run.errors.contains("loquet: line 13: label is ignored\n"))
        #expect(run.errors.hasSuffix("loquet: 2 of 24 lines were passed over\n"))
    }

    @Test func `says so much about a file of nonsense and no more`() throws {
        let run = try replay([String](repeating: "nonsense", count: 1_000))
        #expect(run.status == 1)
        #expect(run.errors.split(separator: "\n").count == 21)
        let long = try replay([String(repeating: "a", count: 200_000), failure(0, "a")])
        #expect(long.status == 1)
        #expect(long.errors.contains("line 1: expected less than 65536 bytes"))
    }

    @Test func `goes by the thresholds of the configuration`() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(
            "own.json5",
            "{ detection: { credential_stuffing: { short_accounts: 5 } } }")
        let lines = (0..<5).map { failure($0, "p\($0)") }
        #expect(try replay(lines).output.isEmpty)
        #expect(try replay(lines, "--config", path).lines.count == 1)
        let variable = ["LOQUET_DETECTION_CREDENTIAL_STUFFING_SHORT_ACCOUNTS": "5"]
        #expect(try replay(lines, environment: variable).lines.count == 1)
        let bad = try replay(
            lines, environment: ["LOQUET_DETECTION_CREDENTIAL_STUFFING_SHORT_ACCOUNTS": "1"])
        #expect(bad.status == 2)
        #expect(
            bad.errors.contains("detection.credential_stuffing.short_accounts: expected a whole"))
    }

    @Test func `exits 2 for another command line`() throws {
        #expect(try Loquet.run("detect").status == 2)
        #expect(try Loquet.run("detect", "replya").errors.contains("did you mean replay?"))
        #expect(try Loquet.run("detect", "replay", "file").status == 2)
    }
}

extension String {
    /// The same line as a refused attempt.
    fileprivate var replacingFailure: String {
        split(separator: "failure").joined(separator: "throttled")
    }
}

@Suite struct `loquet canaries` {
    @Test func `adds decoys, lists and removes them`() throws {
        let folder = try TemporaryFolder()
        _ = try Keys.make(in: folder)
        let data = ["--data", folder.path("data")]
        let added = try Loquet.run(
            ["canaries", "add", "--domain", "example.com"] + data)
        #expect(added.status == 0, "\(added.errors)")
        let words = added.output.split(whereSeparator: { $0 == " " || $0 == "\n" }).map(String.init)
        try #require(words.count == 3)
        #expect(words[0].hasPrefix("acc_") && words[1].hasSuffix("@example.com"))
        #expect(words[2].count == 16)
        #expect(added.errors.contains("shown once"))

        let second = try Loquet.run(
            ["canaries", "add", "--email", "backup@example.com", "--json"] + data)
        #expect(second.output.contains(#""email":"backup@example.com","password":""#))
        let again = try Loquet.run(["canaries", "add", "--email", "Backup@example.com"] + data)
        #expect(again.status == 1)
        #expect(again.output.isEmpty)
        #expect(again.errors.contains("belongs to an account already"))

        let listed = try Loquet.run(["canaries", "list"] + data)
        #expect(listed.lines.count == 2)
        #expect(listed.lines[0].hasPrefix(words[0] + "  active"))
        #expect(!listed.output.contains(words[2]))
        #expect(try Loquet.run(["canaries", "remove", words[0]] + data).status == 0)
        #expect(try Loquet.run(["canaries", "remove", words[0]] + data).status == 1)
        #expect(try Loquet.run(["canaries", "list", "--json"] + data).output.contains("backup@"))
    }

    @Test func `exits 2 for what it cannot use`() throws {
        for words in [
            ["canaries"], ["canaries", "add"], ["canaries", "add", "--email", "nobody"],
            ["canaries", "add", "--domain", "exa mple"],
            ["canaries", "add", "--email", "a@example.com", "--domain", "example.com"],
        ] {
            #expect(try Loquet.run(words).status == 2, "\(words)")
        }
    }
}

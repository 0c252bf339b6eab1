import Testing

@Suite struct `loquet policy check` {
    private func check(_ input: String, _ options: String...) throws -> Loquet.Finished {
        try Loquet.run(["policy", "check"] + options, input: Array(input.utf8))
    }

    @Test func `judges each line by the rule`() throws {
        let run = try check(
            """
            Abcdef1!
            Abcdefg1
            Éclair1!
            abc

            P@ssw0rd1!
            Abcdef1! \u{20}
            """)
        #expect(run.status == 1)
        #expect(
            run.lines == [
                "accepted", "refused missing_special", "accepted",
                "refused too_short missing_uppercase missing_digit missing_special",
                "refused too_short missing_uppercase missing_lowercase missing_digit missing_special",
                "refused blocklisted", "accepted",
            ])
        #expect(
            run.errors == """
                loquet: 7 lines: 3 accepted, 4 refused, 0 malformed
                loquet:   too_short          2
                loquet:   missing_uppercase  2
                loquet:   missing_lowercase  1
                loquet:   missing_digit      2
                loquet:   missing_special    3
                loquet:   blocklisted        1

                """)
    }

    @Test func `counts malformed lines and names the first ten`() throws {
        let bad: [UInt8] = [0xFF, 0x0A]
        let good = Array("Abcdef1!\n".utf8)
        let few = try Loquet.run("policy", "check", input: good + bad + good + bad)
        #expect(few.errors.contains("4 lines: 2 accepted, 0 refused, 2 malformed\n"))
        #expect(few.errors.hasSuffix("malformed: line 2, 4\n"))
        let many = try Loquet.run(
            "policy", "check", input: good + Array([[UInt8]](repeating: bad, count: 12).joined()))
        #expect(
            many.errors.hasSuffix("malformed: line 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 2 more\n"))
        let jsonl = try check("{}\n[]\n{\"password\":\"Abcdef1!\"}\n", "--jsonl")
        #expect(jsonl.errors.hasSuffix("malformed: line 1, 2\n"))
    }

    @Test func `exits 0 when all are accepted, also none`() throws {
        let run = try check("Abcdef1!\nGhijkl2?\n")
        #expect(run.status == 0)
        #expect(run.lines == ["accepted", "accepted"])
        #expect(try check("Abcdef1!").lines == ["accepted"])
        let empty = try check("")
        #expect(empty.status == 0)
        #expect(empty.output.isEmpty)
    }

    @Test func `answers JSON to JSON, whatever the line holds`() throws {
        let lines: [[UInt8]] = [
            Array(#"{"password":"Abcdef1!"}"#.utf8),
            Array(#"{"password":"abc"}"#.utf8),
            Array(#"{"password":"Abcd\u0065f1!"}"#.utf8),
            Array(#"{"password":"Abcdef1!","password":"x"}"#.utf8),
            Array(#"{"pasword":"Abcdef1!"}"#.utf8),
            Array(#"{"password":1}"#.utf8),
            Array("nonsense".utf8),
            [],
            Array(#"{"password":"Abcdef1"#.utf8) + [0xFF] + Array("\"}".utf8),
            Array(#"{"password":""#.utf8) + [UInt8](repeating: 0x61, count: 5_000)
                + Array("\"}".utf8),
            Array(#"{"password":"Ghijkl2?"}"#.utf8),
        ]
        let run = try Loquet.run(
            ["policy", "check", "--jsonl"], input: Array(lines.joined(separator: [0x0A])))
        #expect(run.status == 1)
        #expect(run.lines.count == lines.count)
        #expect(run.lines[0] == #"{"accepted":true,"violations":[]}"#)
        #expect(
            run.lines[1]
                == #"{"accepted":false,"violations":["too_short","missing_uppercase","missing_digit","missing_special"]}"#
        )
        #expect(run.lines[2] == run.lines[0])
        for line in run.lines[3...8] {
            #expect(line.hasPrefix(#"{"accepted":false,"violations":["#), "\(line)")
        }
        #expect(run.lines[10] == run.lines[0])
        #expect(!run.output.contains("Abcdef1"))
    }

    @Test func `says invalid_encoding of a line that is not UTF-8`() throws {
        let bytes = Array("Abcdef1!".utf8) + [0xC3, 0x28, 0x0A] + Array("Abcdef1!".utf8)
        let run = try Loquet.run("policy", "check", input: bytes)
        #expect(run.lines == ["refused invalid_encoding", "accepted"])
        let line = Array(#"{"password":"Abcdef1!"#.utf8) + [0xC3, 0x28] + Array("\"}".utf8)
        let jsonl = try Loquet.run("policy", "check", "--jsonl", input: line)
        #expect(jsonl.lines.first?.contains(#""violations":["invalid_encoding"]"#) == true)
    }

    @Test func `survives a line without end`() throws {
        let run = try check(String(repeating: "a", count: 3_000_000) + "\nAbcdef1!\n")
        #expect(run.lines.count == 2)
        #expect(run.lines[0].hasPrefix("refused"))
        #expect(run.lines[1] == "accepted")
    }

    @Test func `takes another policy, by name or file, and the service's name`() throws {
        #expect(try check("Abcdef1!", "--policy", "cnil-80-12x4").lines == ["refused too_short"])
        #expect(try check("Abcdefghijk1!", "--policy", "cnil-80-12x4").lines == ["accepted"])
        let folder = try TemporaryFolder()
        let path = try folder.write(
            "own.json5",
            """
            { name: "own", version: 1, title: "t", cnil_case: 2, characters_min: 16,
              required_classes: [] }
            """)
        #expect(try check("sixteen letters!", "--policy", path).lines == ["accepted"])
        let named = try Loquet.run(
            ["policy", "check"], input: Array("Acmecloud1!".utf8),
            environment: ["LOQUET_SERVICE_NAME": "Acmecloud"])
        #expect(named.lines == ["refused blocklisted"])
    }
}

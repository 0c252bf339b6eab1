import Foundation
import Testing

@Suite struct `loquet corpus` {
    /// SHA-1 of "Abcdef1!" and of "Ghijkl2?".
    private let digests = """
        2A8FB05467B5FD8D9BBB2A4D30B25B4C7E6D7E86:12
        5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8:3
        """

    @Test func `builds from files and standard input, and policy check then asks it`() throws {
        let folder = try TemporaryFolder()
        let list = try folder.write("list", "Abcdef1!\n")
        let corpus = folder.path("corpus")
        let built = try Loquet.run(
            ["corpus", "build", "--plain", "--output", corpus, list, "-"],
            input: Array("Ghijkl2?".utf8))
        #expect(built.status == 0)
        #expect(built.lines.contains("entries             2"), "\(built.output)")
        #expect(built.errors.isEmpty)
        #expect(folder.mode("corpus") == 0o600)
        let checked = try Loquet.run("corpus", "check", corpus, "--json")
        #expect(checked.status == 0)
        #expect(checked.output.contains(#""entries":2"#))
        let run = try Loquet.run(
            ["policy", "check"], input: Array("Abcdef1!\nXqzjvk1!\nGhijkl2?\nazerty\n".utf8),
            environment: ["LOQUET_CORPUS_FILE": corpus])
        #expect(
            run.lines == [
                "refused breached", "accepted", "refused breached",
                "refused too_short missing_uppercase missing_digit missing_special blocklisted",
            ])
    }

    @Test func `leaves out what was seen less often than asked for`() throws {
        let folder = try TemporaryFolder()
        let run = try Loquet.run(
            [
                "corpus", "build", "--minimum-count", "4", "--json", "--output", folder.path("c"),
                "-",
            ],
            input: Array(digests.utf8))
        #expect(run.status == 0)
        #expect(run.output.contains(#""entries":1"#) && run.output.contains(#""too_rare":1"#))
    }

    @Test func `names the line that is no digest, and writes nothing`() throws {
        let folder = try TemporaryFolder()
        let list = try folder.write("list", digests + "\nnonsense\n")
        let run = try Loquet.run("corpus", "build", "--output", folder.path("c"), list)
        #expect(run.status == 1)
        #expect(
            run.errors
                == "loquet: \(list), line 3: expected 40 hexadecimal digits, or these, a colon and a "
                + "whole number\n")
        #expect(!folder.exists("c"))
        let none = try Loquet.run("corpus", "build", "--output", folder.path("c"), "-")
        #expect(none.status == 1)
        #expect(none.errors == "loquet: \(folder.path("c")): there is no entry to write\n")
    }

    @Test func `refuses a damaged file, at the check and at every start`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("c")
        try Loquet.run(["corpus", "build", "--output", path, "-"], input: Array(digests.utf8))
        let url = URL(fileURLWithPath: path)
        var bytes = try Data(contentsOf: url)
        bytes[bytes.count - 1] ^= 1
        try bytes.write(to: url)
        let checked = try Loquet.run("corpus", "check", path)
        #expect(checked.status == 1)
        #expect(checked.errors.hasPrefix("loquet: \(path): its content does not have the digest"))
        for command in [["policy", "check"], ["init", "--data", folder.path("data")]] {
            let run = try Loquet.run(command, environment: ["LOQUET_CORPUS_FILE": path])
            #expect(run.status == 2)
            #expect(run.errors.hasPrefix("loquet: corpus.file: \(path): its content"))
        }
        #expect(!folder.exists("data"))
    }

    @Test(
        arguments: [
            (["build", "-"], "loquet corpus build needs --output FILE"),
            (["build", "--output", "x"], "an argument is missing"),
            (["build", "--output", "x", "-", "-"], "standard input can be read once"),
            (
                ["build", "--output", "x", "--minimum-count", "0", "-"],
                "--minimum-count: expected a whole number, 1 or more"
            ),
            (
                ["build", "--output", "x", "--plain", "--minimum-count", "2", "-"],
                "--minimum-count: a plain list has no counts"
            ),
            (["check"], "an argument is missing"),
            (["chek"], "unknown command corpus chek; did you mean check?"),
        ])
    func `says what its command line lacks`(words: [String], complaint: String) throws {
        let run = try Loquet.run(["corpus"] + words)
        #expect(run.status == 2)
        #expect(run.errors == "loquet: \(complaint)\n")
    }
}

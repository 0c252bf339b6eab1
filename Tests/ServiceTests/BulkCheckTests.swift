import Foundation
import Glibc
import Passwords
import Service
import Testing

private func check(jsonl: Bool = false) throws -> PolicyCheck {
    PolicyCheck(
        policy: try PolicyLibrary.policy("cnil-8x4"), context: .none, screening: Screening(),
        isJSONL: jsonl)
}

/// Runs a check over bytes by way of files.
private func run(_ input: [UInt8], threads: Int) throws -> ([UInt8], BulkCheck.Tally) {
    let folder = try TemporaryFolder()
    let source = URL(fileURLWithPath: folder.path("in"))
    try Data(input).write(to: source)
    let from = unsafe open(source.path, O_RDONLY | O_CLOEXEC)
    let to = unsafe open(folder.path("out"), O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    try #require(from >= 0 && to >= 0)
    defer {
        close(from)
        close(to)
    }
    let tally = try BulkCheck(try check(), threads: threads).run(from: from, to: to)
    return ([UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.path("out")))), tally)
}

/// What each line is answered by itself.
private func oneByOne(_ lines: [[UInt8]]) throws -> [UInt8] {
    let check = try check()
    var output: [UInt8] = []
    for line in lines { _ = check.judge(line.span, into: &output) }
    return output
}

@Suite struct `A list of passwords` {
    @Test(arguments: [1, 2, 7])
    func `is judged line by line in its order, by any number of threads`(threads: Int) throws {
        let samples: [[UInt8]] = [
            Array("Abcdef1!".utf8), Array("Éclair1!".utf8), [], Array("azerty".utf8), [0xC3, 0x28],
            Array("Abcdef1! ".utf8), [UInt8](repeating: 0x61, count: 5_000),
        ]
        // A few megabytes, so that every block comes round more than once.
        let lines = (0..<6_000).map { samples[($0 / 3 + $0) % samples.count] }
        let (output, tally) = try run(Array(lines.joined(separator: [0x0A])), threads: threads)
        #expect(output == (try oneByOne(lines)))
        #expect(tally.lineCount == lines.count)
        let bad = lines.enumerated().filter { $0.element == samples[4] }.map { $0.offset + 1 }
        #expect(tally.malformedCount == bad.count)
        #expect(tally.malformedLines == Array(bad.prefix(10)))
        let accepted = output.split(separator: 0x0A).filter { $0.elementsEqual("accepted".utf8) }
        #expect(tally.acceptedCount == accepted.count)
    }

    @Test func `may end with or without a line feed, and may be empty`() throws {
        #expect(try run([], threads: 2).0 == [])
        #expect(try run([0x0A], threads: 2).1.lineCount == 1)
        #expect(try run(Array("Abcdef1!".utf8), threads: 2).0 == Array("accepted\n".utf8))
        #expect(try run(Array("Abcdef1!\n".utf8), threads: 2).0 == Array("accepted\n".utf8))
    }

    @Test func `keeps its lines where blocks meet`() throws {
        for length in [LineBlocks.blockBytes - 1, LineBlocks.blockBytes, LineBlocks.blockBytes + 1]
        {
            for count in [1, 2] {
                // Short lines up to almost a block, then a line that the block's end may cut.
                let filler = [[UInt8]](
                    repeating: Array("Abcdef1!".utf8), count: (length - 20) / 9 * count)
                let rest = length * count - filler.count * 9
                let lines =
                    filler + [[UInt8](repeating: 0x61, count: rest), Array("Abcdef1!".utf8)]
                let (output, tally) = try run(Array(lines.joined(separator: [0x0A])), threads: 2)
                #expect(output == (try oneByOne(lines)))
                #expect(tally.lineCount == lines.count)
            }
        }
    }

    @Test func `takes a line longer than any block for one`() throws {
        for length in [
            LineBlocks.lineBytesMax, LineBlocks.blockBytes, 3 * LineBlocks.blockBytes + 7,
        ] {
            let long = [UInt8](repeating: 0x61, count: length)
            let input = long + [0x0A] + Array("Abcdef1!\n".utf8) + long
            let (output, tally) = try run(input, threads: 2)
            #expect(tally.lineCount == 3 && tally.acceptedCount == 1)
            #expect(output == Array("refused too_long\naccepted\nrefused too_long\n".utf8))
        }
    }

    @Test func `ends with an error when nobody takes the verdicts`() throws {
        var ends: [Int32] = [0, 0]
        try #require(unsafe pipe(&ends) == 0)
        close(ends[0])
        defer { close(ends[1]) }
        let folder = try TemporaryFolder()
        let path = try folder.file("in", String(repeating: "Abcdef1!\n", count: 200_000))
        let from = unsafe open(path, O_RDONLY | O_CLOEXEC)
        defer { close(from) }
        // A broken pipe is an error to us and not the end of the process.
        signal(SIGPIPE, SIG_IGN)
        let bulk = BulkCheck(try check(), threads: 2)
        #expect(throws: StartError.self) { try bulk.run(from: from, to: ends[1]) }
    }
}

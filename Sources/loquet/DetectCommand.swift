import Service

/// `loquet detect replay`: sign-in events on standard input, one JSON object a line, findings on
/// standard output, one JSON object a line.
///
/// A line that is no event is named on standard error and passed over; the exit code is then 1.
func detect(_ words: [String]) throws -> Int32 {
    guard words.first == "replay" else {
        throw UsageError(unknown: words.first, of: "detect", known: ["replay"])
    }
    let arguments = try Arguments(
        Array(words.dropFirst()), values: ["--config"], flags: ["--jsonl"])
    var replay = DetectReplay(try arguments.configuration().detection)
    let isJSON = arguments.flags.contains("--jsonl") || !isTerminal
    var complaints = Complaints()
    var output = OutputBuffer()
    var number = 0
    try forEachLine { bytes in
        number += 1
        guard !bytes.allSatisfy({ $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }) else { return }
        let line: SignInLine
        do throws(SignInLineError) {
            guard bytes.count < lineBytesMax else {
                throw .notJSON("expected less than \(lineBytesMax) bytes")
            }
            line = try SignInLine(bytes)
        } catch {
            complaints.note(error, line: number)
            return
        }
        complaints.noteIgnored(line.ignored, line: number)
        for finding in replay.take(line) {
            try output.append(isJSON ? finding.json : finding.text)
        }
    }
    try output.flush()
    complaints.sumUp(lines: number)
    return complaints.skipped == 0 ? Exit.done : Exit.failed
}

/// What is wrong with the lines, told once each and not without end.
private struct Complaints {
    private(set) var skipped = 0
    private var names: Set<String> = []

    private static let toldMax = 20

    mutating func note(_ error: SignInLineError, line: Int) {
        skipped += 1
        if skipped <= Self.toldMax { complain("line \(line): \(error.text)") }
    }

    mutating func noteIgnored(_ ignored: [String], line: Int) {
        for name in ignored where names.count < Self.toldMax && names.insert(name).inserted {
            let shown = name.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }
            complain(
                "line \(line): \(String(String.UnicodeScalarView(shown.prefix(40)))) is ignored")
        }
    }

    func sumUp(lines: Int) {
        if skipped > 0 { complain("\(skipped) of \(lines) lines were passed over") }
    }
}

extension DetectReplay.Line {
    /// For a person.
    fileprivate var text: String { "\(time)  \(severity)  \(detector)  \(subject)  \(count)" }
}

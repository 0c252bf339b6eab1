import Service

/// `loquet corpus build | check`: files of breached passwords.
func corpus(_ words: [String]) throws -> Int32 {
    switch words.first {
    case "build": return try buildCorpus(Array(words.dropFirst()))
    case "check": return try checkCorpus(Array(words.dropFirst()))
    default:
        throw UsageError(unknown: words.first, of: "corpus", known: ["build", "check"])
    }
}

/// `loquet corpus build --output FILE [--minimum-count N] [--plain] INPUT…|-`
private func buildCorpus(_ words: [String]) throws -> Int32 {
    let arguments = try Arguments(
        words, values: ["--output", "--minimum-count"], flags: ["--plain", "--json"],
        positionals: 1...1_000)
    guard let output = arguments.values["--output"], !output.isEmpty else {
        throw UsageError(text: "loquet corpus build needs --output FILE")
    }
    let isPlain = arguments.flags.contains("--plain")
    var minimumCount: UInt64 = 1
    if let text = arguments.values["--minimum-count"] {
        guard !isPlain else {
            throw UsageError(text: "--minimum-count: a plain list has no counts")
        }
        guard let count = UInt64(text), count >= 1 else {
            throw UsageError(text: "--minimum-count: expected a whole number, 1 or more")
        }
        minimumCount = count
    }
    guard arguments.positionals.filter({ $0 == "-" }).count < 2 else {
        throw UsageError(text: "standard input can be read once")
    }
    var bar = TerminalBar()
    let build = CorpusBuild(
        isPlain ? .passwords : .digests(minimumCount: minimumCount), to: output
    ) { bar.show($0) }
    let outcome: CorpusBuild.Outcome
    do {
        outcome = try build.run(arguments.positionals)
        bar.clear()
    } catch {
        bar.clear()
        throw StartError.refused(
            error.isAboutInput ? error.text : "\(output): \(error.text)")
    }
    if arguments.flags.contains("--json") {
        var value = members(outcome.layout, outcome.version)
        value.append(.init(name: "lines", value: .integer(Int64(outcome.lineCount))))
        value.append(.init(name: "too_rare", value: .integer(Int64(outcome.rareCount))))
        value.append(.init(name: "unusable", value: .integer(Int64(outcome.unusableCount))))
        try printLine(String(decoding: JSONValue.object(value).bytes, as: UTF8.self))
    } else {
        var rows = rows(outcome.layout, outcome.version)
        rows.append(["lines read", "\(outcome.lineCount)"])
        if minimumCount > 1 { rows.append(["seen too rarely", "\(outcome.rareCount)"]) }
        if isPlain { rows.append(["no password at all", "\(outcome.unusableCount)"]) }
        try printLine(table(rows))
    }
    return Exit.done
}

/// `loquet corpus check FILE`: exit 1 unless it is whole.
private func checkCorpus(_ words: [String]) throws -> Int32 {
    let arguments = try Arguments(words, values: [], flags: ["--json"], positionals: 1...1)
    let path = arguments.positionals[0]
    let file: CorpusFile
    do {
        file = try CorpusFile(path)
        try file.checkOrder()
    } catch {
        throw StartError.refused("\(path): \(error.text)")
    }
    if arguments.flags.contains("--json") {
        let value = JSONValue.object(members(file.layout, file.version))
        try printLine(String(decoding: value.bytes, as: UTF8.self))
    } else {
        try printLine(table(rows(file.layout, file.version)))
    }
    return Exit.done
}

private func members(_ layout: CorpusLayout, _ version: String) -> [JSONValue.Member] {
    [
        .init(name: "version", value: .string(version)),
        .init(name: "entries", value: .integer(Int64(layout.entryCount))),
        .init(name: "bytes", value: .integer(Int64(layout.fileBytes))),
        .init(name: "prefix_bits", value: .integer(Int64(layout.prefixBits))),
        .init(name: "false_positive_probability", value: .decimal(layout.falsePositiveProbability)),
    ]
}

private func rows(_ layout: CorpusLayout, _ version: String) -> [[String]] {
    [
        ["version", version],
        ["entries", "\(layout.entryCount)"],
        ["bytes", "\(layout.fileBytes)"],
        ["prefix bits", "\(layout.prefixBits)"],
        ["false positives", "1 in \(UInt64.max / UInt64(layout.entryCount))"],
    ]
}

extension CorpusError {
    /// Whether the file at fault is one that was read, which the text then names.
    fileprivate var isAboutInput: Bool {
        switch self {
        case .line, .input: true
        default: false
        }
    }
}

extension TerminalBar {
    mutating func show(_ progress: CorpusBuild.Progress) {
        switch progress.phase {
        case .reading:
            show(
                progress.bytesRead, of: progress.bytesTotal,
                "\(progress.bytesRead / 1_048_576) MiB read  \(progress.entryCount) entries")
        case .writing: show(0, of: nil, "sorting and writing \(progress.entryCount) entries")
        }
    }
}

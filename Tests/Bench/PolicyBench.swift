import Foundation
import Passwords
import Service

/// `bench policy`: the release program itself over a long list of passwords, without and with a
/// corpus, and the making of that corpus. Rates are by processor time, so that other work on the
/// machine does not show.
func measurePolicy(_ options: PolicyOptions) throws {
    let folder = FileManager.default.temporaryDirectory
        .appendingPathComponent("loquet-bench-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: folder) }
    let list = folder.appendingPathComponent("list").path
    let corpus = folder.appendingPathComponent("corpus").path
    complain("making a list of \(options.lines) passwords")
    try PasswordLines.write(options.lines, to: list)

    let program = try ReleaseProgram()
    var runs: [PolicyRun] = []
    let measured = try program.run(["policy", "check"], inputPath: list)
    runs.append(PolicyRun("check", options.lines, measured))
    complain("making a corpus of \(options.corpusEntries) entries")
    let built = try program.run(
        ["corpus", "build", "--output", corpus, "-"],
        feeding: { try CorpusLines.write(options.corpusEntries, of: options.lines, to: $0) })
    runs.append(PolicyRun("corpus build", options.corpusEntries, built))
    let verified = try program.run(["corpus", "check", corpus])
    runs.append(PolicyRun("corpus check", options.corpusEntries, verified))
    let asked = try program.run(
        ["policy", "check"], inputPath: list, environment: ["LOQUET_CORPUS_FILE": corpus])
    runs.append(PolicyRun("check with corpus", options.lines, asked))
    let probeCount = 100_000
    try compareWithPlainSearch(corpus, options, probes: probeCount)

    print(PolicyRun.table(runs))
    print("\(probeCount) probes agree with a plain search")
    if let path = options.jsonPath {
        let value: JSONValue = [
            "lines": .integer(Int64(options.lines)),
            "corpus_entries": .integer(Int64(options.corpusEntries)),
            "probes_agreeing": .integer(Int64(probeCount)),
            "results": .array(runs.map(\.json)),
        ]
        try Data(value.bytes).write(to: URL(fileURLWithPath: path))
    }
}

struct PolicyOptions {
    static let usage = "[--lines N] [--corpus-entries N] [--json FILE]"

    /// Of the list, 1 000 ... 100_000_000.
    let lines: Int
    /// 1 000 ... 100_000_000.
    let corpusEntries: Int
    let jsonPath: String?

    init(_ words: [String]) throws(OptionError) {
        let words = try OptionWords(words, known: ["--lines", "--corpus-entries", "--json"])
        lines = try words.number("--lines", in: 1_000...100_000_000, unless: 10_000_000)
        corpusEntries = try words.number(
            "--corpus-entries", in: 1_000...100_000_000, unless: 20_000_000)
        jsonPath = words.text("--json")
    }
}

/// One run of the program over so many things.
private struct PolicyRun {
    let name: String
    let count: Int
    let measured: ReleaseProgram.Measured

    init(_ name: String, _ count: Int, _ measured: ReleaseProgram.Measured) {
        (self.name, self.count, self.measured) = (name, count, measured)
    }

    private var perCoreSecond: Double { Double(count) / measured.processorSeconds }

    var json: JSONValue {
        [
            "run": .string(name), "count": .integer(Int64(count)),
            "per_second_per_core": .decimal(perCoreSecond.rounded()),
            "elapsed_seconds": .decimal(measured.elapsedSeconds),
            "processor_seconds": .decimal(measured.processorSeconds),
            "peak_kib": .integer(Int64(measured.peakKiB)),
            "peak_without_files_kib": .integer(Int64(measured.anonymousKiB)),
        ]
    }

    /// Memory without files is what the program holds; a mapped corpus counts in the other as far as it
    /// was touched, and the kernel takes it back when it wants to.
    static func table(_ runs: [PolicyRun]) -> String {
        var rows = [
            ["", "per core second", "elapsed s", "processor s", "peak MiB", "without files"]
        ]
        for run in runs {
            rows.append([
                run.name, String(format: "%.0f", run.perCoreSecond),
                String(format: "%.2f", run.measured.elapsedSeconds),
                String(format: "%.2f", run.measured.processorSeconds),
                String(format: "%.1f", Double(run.measured.peakKiB) / 1_024),
                String(format: "%.1f", Double(run.measured.anonymousKiB) / 1_024),
            ])
        }
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            row.enumerated().map { column, cell in
                let space = String(repeating: " ", count: widths[column] - cell.count)
                return column == 0 ? cell + space : space + cell
            }.joined(separator: "  ")
        }.joined(separator: "\n")
    }
}

/// Half of the probes are entries, the others their neighbours, which are none.
private func compareWithPlainSearch(
    _ path: String, _ options: PolicyOptions, probes: Int
) throws {
    let corpus = try CorpusFile(path)
    var keys = (0..<options.corpusEntries).map { CorpusLines.key($0, of: options.lines) }
    keys.sort()
    for probe in 0..<probes {
        let key = keys[Int(spread(UInt64(probe)) % UInt64(keys.count))] &+ UInt64(probe % 2)
        // A binary search over the plain keys.
        var (low, high) = (0, keys.count)
        while low < high {
            let middle = (low + high) / 2
            if keys[middle] < key { low = middle + 1 } else { high = middle }
        }
        let isEntry = low < keys.count && keys[low] == key
        guard corpus.contains(CorpusKey(bits: key)) == isEntry else {
            throw BenchError(text: "the corpus and a plain search differ")
        }
    }
}

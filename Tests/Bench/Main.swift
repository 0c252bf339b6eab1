import Foundation

@main enum Main {
    static func main() {
        exit(runBench(Array(CommandLine.arguments.dropFirst())))
    }
}

/// Why a measurement is not worth anything.
struct BenchError: Error {
    let text: String
}

/// Something that can be measured.
private struct Bench: Sendable {
    let name: String
    /// Its options as the usage shows them.
    let usage: String
    let run: @Sendable ([String]) throws -> Void
}

private let benches = [
    Bench(name: "storage", usage: LoadOptions.usage) {
        try measureStorage(LoadOptions($0))
    },
    Bench(name: "hashing", usage: HashingOptions.usage) {
        try measureHashing(HashingOptions($0))
    },
    Bench(name: "logins", usage: LoadOptions.usage) { try measureLogins(LoadOptions($0)) },
    Bench(name: "timing", usage: "[--json FILE]") {
        try measureTiming(jsonPath: OptionWords($0, known: ["--json"]).text("--json"))
    },
    Bench(name: "policy", usage: PolicyOptions.usage) { try measurePolicy(PolicyOptions($0)) },
    Bench(name: "detection", usage: "") { _ in try measureDetection() },
    Bench(name: "audit", usage: AuditOptions.usage) { try measureAudit(AuditOptions($0)) },
    Bench(name: "retention", usage: RetentionOptions.usage) {
        try measureRetention(RetentionOptions($0))
    },
    Bench(name: "sinks", usage: LoadOptions.usage) { try measureSinks(LoadOptions($0)) },
]

private func runBench(_ words: [String]) -> Int32 {
    if words.first == NodeProcess.word { return serveNode(Array(words.dropFirst())) }
    guard let bench = benches.first(where: { $0.name == words.first }) else {
        for bench in benches { complain("usage: bench \(bench.name) \(bench.usage)") }
        return 2
    }
    do {
        try bench.run(Array(words.dropFirst()))
        return 0
    } catch let error as OptionError {
        complain("bench: \(error.text)")
        complain("usage: bench \(bench.name) \(bench.usage)")
        return 2
    } catch let error as BenchError {
        complain("bench: \(error.text)")
    } catch {
        complain("bench: \(error)")
    }
    return 1
}

/// What the bench runs as a process beside it.
private func serveNode(_ words: [String]) -> Int32 {
    do {
        try NodeProcess.serve(words)
        return 0
    } catch {
        complain("bench: \(error)")
        return 1
    }
}

func complain(_ text: String) {
    FileHandle.standardError.write(Data("\(text)\n".utf8))
}

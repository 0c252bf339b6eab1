import Service
import Storage

/// `loquet doctor`: one line a check; exit 1 when one failed.
func doctor(_ words: [String]) throws -> Int32 {
    let arguments = try Arguments(words, values: storeOptions, flags: ["--json"])
    let configuration = try arguments.configuration()
    let database = try openStore(configuration)
    defer { database.close() }
    let findings = Doctor(configuration, database, at: systemTime()).findings()
    if arguments.flags.contains("--json") {
        let values = findings.map { finding in
            JSONValue(
                dictionaryLiteral: ("check", .string(finding.check)),
                ("verdict", .string(finding.verdict.rawValue)),
                ("detail", .string(finding.detail)))
        }
        try printLine(String(decoding: JSONValue.array(values).bytes, as: UTF8.self))
    } else {
        try printLine(table(findings.map { [$0.verdict.rawValue, $0.check, $0.detail] }))
    }
    return findings.contains { $0.verdict == .failure } ? Exit.failed : Exit.done
}

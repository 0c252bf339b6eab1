import Accounts
import Service
import Storage

/// `loquet log verify [--checkpoints FILE]`, `loquet log show [--after N] [--count N]`
func auditLog(_ words: [String]) throws -> Int32 {
    let known = ["verify", "show"]
    guard let verb = words.first, known.contains(verb) else {
        throw UsageError(unknown: words.first, of: "log", known: known)
    }
    let arguments = try Arguments(
        Array(words.dropFirst()),
        values: storeOptions + (verb == "verify" ? ["--checkpoints"] : ["--after", "--count"]),
        flags: ["--json"])
    if verb == "verify" {
        return try withNode(arguments) { node throws(StartError) in
            try verify(node, arguments)
        }
    }
    let after = try arguments.number("--after", in: 0...Int.max, unless: 0)
    let count = try arguments.number("--count", in: 1...10_000, unless: 100)
    return try withNode(arguments) { node throws(StartError) in
        try show(node, after: Int64(after), count: count, arguments)
    }
}

/// Exit code 1 when something is wrong with the log; what is wrong, one fault a line.
private func verify(_ node: Node, _ arguments: Arguments) throws(StartError) -> Int32 {
    var verification = try AuditVerification(node)
    if let file = arguments.values["--checkpoints"] { try verification.take(file: file) }
    var bar = TerminalBar()
    let report = try verification.run { done, total in
        bar.show(done, of: total, "\(done) of \(total) records")
    }
    bar.clear()
    try node.conclude(report, by: commandLineActor)
    if arguments.flags.contains("--json") {
        try printLine(String(decoding: report.json.bytes, as: UTF8.self))
    } else {
        for fault in report.faults.listed { try printLine(fault.text) }
        let more = report.faults.count - report.faults.listed.count
        if more > 0 { try printLine("and \(more) more") }
        complain(report.summary)
    }
    return report.isSound ? Exit.done : Exit.failed
}

/// Reading the log is recorded in it before anything is shown.
private func show(
    _ node: Node, after: Int64, count: Int, _ arguments: Arguments
) throws(StartError) -> Int32 {
    let rows = try node.readAuditLog(after: after, count: count, by: commandLineActor)
    if arguments.flags.contains("--json") {
        for row in rows { try printLine(String(decoding: row.json.bytes, as: UTF8.self)) }
    } else if !rows.isEmpty {
        try printLine(
            table(
                rows.map { row in
                    let record = row.record
                    return [
                        "\(record.sequence)", record.at.rfc3339(.milliseconds), record.actor,
                        record.role.isEmpty ? "-" : record.role, record.action, record.object,
                        record.reason,
                    ]
                }))
    }
    if rows.count == count, let last = rows.last {
        complain("more with --after \(last.record.sequence)")
    }
    return Exit.done
}

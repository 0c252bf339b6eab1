import Glibc
import Passwords
import Service

/// `loquet policy check | audit | switch | withdraw | status`.
func policy(_ words: [String]) throws -> Int32 {
    let rest = Array(words.dropFirst())
    switch words.first {
    case "check": return try policyCheck(rest)
    case "audit": return try policyAudit(rest)
    case "switch": return try policySwitch(rest)
    case "withdraw": return try policyWithdraw(rest)
    case "status": return try policyStatus(rest)
    default:
        throw UsageError(
            unknown: words.first, of: "policy",
            known: ["check", "audit", "switch", "withdraw", "status"])
    }
}

/// `loquet policy check`: passwords on standard input, one verdict a line on standard output, and a
/// summary on standard error. Exit 1 when one was refused.
private func policyCheck(_ words: [String]) throws -> Int32 {
    let arguments = try Arguments(
        words, values: storeOptions + ["--policy"], flags: ["--jsonl"])
    let configuration = try arguments.configuration()
    let policy = try PolicyLibrary.policy(arguments.values["--policy"] ?? configuration.policy)
    let check = PolicyCheck(
        policy: policy, context: PasswordContext(serviceName: configuration.serviceName),
        screening: try Screening(configuration), isJSONL: arguments.flags.contains("--jsonl"))
    let total = sizeOfStandardInput()
    var bar = TerminalBar()
    let tally = try BulkCheck(check).run(from: STDIN_FILENO, to: STDOUT_FILENO) { done in
        // Without a total there is nothing to show that the verdicts do not show.
        if let total { bar.show(done, of: total, "\(done / 1_048_576) MiB") }
    }
    bar.clear()
    for line in summary(tally) { complain(line) }
    return tally.acceptedCount == tally.lineCount ? Exit.done : Exit.failed
}

/// Bytes from here to the end of a regular file; `nil` for anything else.
private func sizeOfStandardInput() -> Int64? {
    var status = stat()
    guard unsafe fstat(STDIN_FILENO, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
        return nil
    }
    return Int64(max(0, status.st_size - lseek(STDIN_FILENO, 0, SEEK_CUR)))
}

private func summary(_ tally: BulkCheck.Tally) -> [String] {
    let refusedCount = tally.lineCount - tally.acceptedCount - tally.malformedCount
    var lines = [
        "\(tally.lineCount) lines: \(tally.acceptedCount) accepted, \(refusedCount) refused, "
            + "\(tally.malformedCount) malformed"
    ]
    let broken = zip(PasswordViolation.allCases, tally.violationCounts).filter { $0.1 > 0 }
    if !broken.isEmpty {
        let rows = table(broken.map { ["  \($0.rawValue)", "\($1)"] })
        lines += rows.split(separator: "\n").map(String.init)
    }
    if tally.malformedCount > 0 {
        let named = tally.malformedLines.map(String.init).joined(separator: ", ")
        let rest = tally.malformedCount - tally.malformedLines.count
        lines.append("malformed: line \(named)" + (rest > 0 ? " and \(rest) more" : ""))
    }
    return lines
}

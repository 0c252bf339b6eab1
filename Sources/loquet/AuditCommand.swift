import Accounts
import Foundation
import Passwords
import Service
import Storage

/// `loquet audit`: what is known of the passwords that are set, as numbers; with `--list` as accounts,
/// which is a reading of what concerns people, so it needs `--reason` and is recorded.
func audit(_ words: [String]) throws -> Int32 {
    let arguments = try Arguments(
        words,
        values: storeOptions + ["--format", "--output", "--unused-days", "--list", "--reason"],
        flags: ["--json"])
    let unusedAfter = try unusedAfter(arguments.values["--unused-days"])
    let format = try format(arguments)
    let list = try list(arguments)
    return try withNode(arguments) { node throws(StartError) in
        let command = AuditCommand(
            node: node, actor: commandLineActor, output: arguments.values["--output"])
        do {
            let audit = try PasswordAudit(node, unusedAfter: unusedAfter)
            guard let list else {
                try command.report(audit, as: format)
                return Exit.done
            }
            try command.list(audit, list.selection, reason: list.reason)
            return Exit.done
        } catch let error as StartError {
            throw error
        } catch let error as DatabaseError {
            throw .refused("the database: \(error)")
        } catch {
            throw .refused("\(error)")
        }
    }
}

private enum Format: String, CaseIterable {
    case table, csv, json, html
}

private struct AuditCommand {
    let node: Node
    let actor: String
    /// A file; standard output where it is `nil`.
    let output: String?

    func report(_ audit: PasswordAudit, as format: Format) throws {
        var bar = AuditProgressBar()
        let report = try audit.run(progress: { bar.show($0) })
        bar.end()
        // Before it is shown: nobody gets a report of which nobody knows.
        try AuditRecord(node, actor: actor).made(report)
        switch format {
        case .table: try write(report.table + "\n")
        case .csv: try write(report.csv)
        case .html: try write(report.html)
        case .json: try write(String(decoding: try report.json(), as: UTF8.self) + "\n")
        }
    }

    /// Ids, one a line, as they are found: a list can be as long as all accounts.
    func list(_ audit: PasswordAudit, _ selection: AuditSelection, reason: String) throws {
        try AuditRecord(node, actor: actor).read(selection, reason: reason)
        let file = try output.map { try OutputFile($0) }
        var bar = AuditProgressBar()
        var failure: StartError?
        var lines: [UInt8] = Array("account_id\n".utf8)
        let flush = { (lines: inout [UInt8]) throws(DatabaseError) in
            guard writeAll(lines, to: file?.descriptor ?? STDOUT_FILENO) else {
                failure = .refused("the list cannot be written: \(systemReason())")
                throw .unavailable("the list cannot be written")
            }
            lines.removeAll(keepingCapacity: true)
        }
        do {
            _ = try audit.run(
                progress: { bar.show($0) },
                each: { account, marks throws(DatabaseError) in
                    guard selection.takes(account, marks, in: audit.question) else { return }
                    lines += account.id.text.utf8
                    lines.append(0x0A)
                    if lines.count >= 65_536 { try flush(&lines) }
                })
            try flush(&lines)
        } catch {
            if let failure { throw failure }
            throw error
        }
        bar.end()
    }

    private func write(_ text: String) throws {
        let file = try output.map { try OutputFile($0) }
        guard writeAll(Array(text.utf8), to: file?.descriptor ?? STDOUT_FILENO) else {
            throw StartError.refused("the report cannot be written: \(systemReason())")
        }
        if let output { complain("written to \(output)") }
    }
}

/// A new file that only its owner reads. One that is there is not overwritten.
final class OutputFile {
    let descriptor: Int32

    init(_ path: String) throws(StartError) {
        descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw .configuration("--output: cannot create \(path): \(systemReason())")
        }
    }

    deinit { close(descriptor) }
}

private func unusedAfter(_ text: String?) throws(UsageError) -> Duration {
    guard let text else { return PasswordAudit.unusedAfterDefault }
    guard let days = Int64(text), (1...36_500).contains(days) else {
        throw UsageError(
            text: "--unused-days: expected a whole number of days, 1 ... 36500, got \(text)")
    }
    return .days(days)
}

private func format(_ arguments: Arguments) throws(UsageError) -> Format {
    guard let text = arguments.values["--format"] else {
        return arguments.flags.contains("--json") ? .json : .table
    }
    guard let format = Format(rawValue: text) else {
        throw UsageError(text: "--format: expected table, csv, json or html, got \(text)")
    }
    return format
}

private func list(
    _ arguments: Arguments
) throws(UsageError) -> (selection: AuditSelection, reason: String)? {
    guard let word = arguments.values["--list"] else { return nil }
    guard let selection = AuditSelection(word) else {
        throw UsageError(
            text: "--list: expected one of \(AuditSelection.words.joined(separator: ", ")), "
                + "got \(word)")
    }
    guard let reason = arguments.values["--reason"], !reason.isEmpty else {
        throw UsageError(text: "--list reads what concerns people: say why with --reason TEXT")
    }
    guard reason.utf8.count <= AuditRecord.reasonBytesMax else {
        throw UsageError(text: "--reason: at most \(AuditRecord.reasonBytesMax) bytes")
    }
    return (selection, reason)
}

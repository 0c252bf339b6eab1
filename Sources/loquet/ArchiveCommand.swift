import Accounts
import Glibc
import Service
import Storage

/// `loquet archive export --reason TEXT --ticket TEXT [ACCOUNT|CATEGORY]`, `open --key FILE [FILE]`,
/// `confirm [ANSWER]`
func archive(_ words: [String]) throws -> Int32 {
    let known = ["export", "open", "confirm"]
    let rest = Array(words.dropFirst())
    switch words.first {
    case "export": return try export(rest)
    case "open": return try open(rest)
    case "confirm": return try confirm(rest)
    default: throw UsageError(unknown: words.first, of: "archive", known: known)
    }
}

/// One JSON line a record. Exit 1 also when a record is not the one that the audit log names.
private func export(_ words: [String]) throws -> Int32 {
    let arguments = try Arguments(
        words, values: storeOptions + ["--reason", "--ticket"], flags: ["--json"],
        positionals: 0...1)
    guard
        let grounds = ArchiveExport.Grounds(
            reason: arguments.values["--reason"], ticket: arguments.values["--ticket"])
    else {
        throw UsageError(
            text: "loquet archive export needs --reason and --ticket: "
                + ArchiveExport.Grounds.expected)
    }
    var scope = ArchiveExport.Scope.all
    if let text = arguments.positionals.first {
        guard let narrow = ArchiveExport.Scope(parsing: text) else {
            throw UsageError(
                text: "expected the id of an account, or a category that is sealed, got \(text)")
        }
        scope = narrow
    }
    return try withNode(arguments) { node in
        let export = ArchiveExport(node, scope)
        try refusing { () throws(Problem) in try export.record(grounds, by: commandLineActor) }
        var output = OutputBuffer()
        var last: SealedRecordID?
        var foreign = 0
        while true {
            let after = last
            let page = try refusing { () throws(Problem) in try export.page(after: after) }
            for exported in page {
                if exported.standing == .foreign { foreign += 1 }
                try output.append(String(decoding: exported.value.bytes, as: UTF8.self))
            }
            last = page.last?.record.id
            if page.count < ArchiveExport.pageMax { break }
        }
        try output.flush()
        guard foreign == 0 else {
            complain(
                "\(foreign) records are not those that the audit log names: \"audit\":\"foreign\"")
            return Exit.failed
        }
        return Exit.done
    }
}

/// Opens lines of an export, or a challenge. Needs no store.
private func open(_ words: [String]) throws -> Int32 {
    let arguments = try Arguments(words, values: ["--key"], flags: ["--json"], positionals: 0...1)
    guard let path = arguments.values["--key"] else {
        throw UsageError(text: "loquet archive open needs --key FILE, the archive's private key")
    }
    let opening = try opening(path)
    var number = 0
    var failures = 0
    try forEachLine(of: arguments.positionals.first) { line in
        number += 1
        guard !line.isEmpty else { return }
        do throws(ArchiveOpening.Failure) {
            let value = try opening.open(line: Array(line))
            try printed(value)
        } catch {
            failures += 1
            complain("line \(number): \(error.text)")
        }
    }
    guard number > 0 else {
        complain("there is no line to open")
        return Exit.failed
    }
    return failures == 0 ? Exit.done : Exit.failed
}

private func printed(_ value: JSONValue) throws(ArchiveOpening.Failure) {
    do throws(StartError) {
        try printLine(String(decoding: value.bytes, as: UTF8.self))
    } catch {
        throw .init(text: error.text)
    }
}

private func opening(_ path: String) throws -> ArchiveOpening {
    do {
        return try ArchiveOpening(taking: try readBoundedFile(path, bytesMax: 65_536))
    } catch let error as FileError {
        throw UsageError(text: "--key: cannot read \(path): \(error.reason)")
    } catch let error as ArchiveOpening.Failure {
        throw UsageError(text: "--key: \(error.text)")
    }
}

/// Lines of a file, or of standard input.
private func forEachLine(
    of path: String?, _ body: (ArraySlice<UInt8>) throws -> Void
) throws {
    guard let path else { return try forEachLine(body) }
    let descriptor = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
        throw StartError.refused("cannot read \(path): \(systemReason())")
    }
    dup2(descriptor, STDIN_FILENO)
    close(descriptor)
    try forEachLine(body)
}

/// Without an answer a new challenge; with one the record that it was right.
private func confirm(_ words: [String]) throws -> Int32 {
    let arguments = try Arguments(
        words, values: storeOptions, flags: ["--json"], positionals: 0...1)
    return try withNode(arguments) { node in
        let challenge = ArchiveChallenge(node, actor: commandLineActor)
        guard let answer = arguments.positionals.first else {
            let asked = try challenge.ask()
            try printLine(String(decoding: asked.bytes, as: UTF8.self))
            if isTerminal {
                complain(
                    "give this line to loquet archive open --key FILE where the key is, and its "
                        + "answer to: loquet archive confirm ANSWER")
            }
            return Exit.done
        }
        guard try challenge.accept(answer) else {
            complain(
                "this is not the answer, or its time is over; ask anew: loquet archive confirm")
            return Exit.failed
        }
        return Exit.done
    }
}

private func withNode(_ arguments: Arguments, _ body: (Node) throws -> Int32) throws -> Int32 {
    let configuration = try arguments.configuration()
    let start = try NodeStart(configuration, log: commandLog)
    let database = try openStore(configuration)
    defer { database.close() }
    return try body(try start.commandNode(on: database))
}

private func refusing<Answer>(
    _ body: () throws(Problem) -> Answer
) throws(StartError) -> Answer {
    do {
        return try body()
    } catch {
        throw .refused(error.detail)
    }
}

import Accounts
import Service
import Storage

/// `loquet retention plan | run | hold | release | holds | proofs`
func retention(_ words: [String]) throws -> Int32 {
    let known: [(String, ([String]) throws -> Int32)] = [
        ("plan", retentionPlan), ("run", retentionRun), ("hold", retentionHold),
        ("release", retentionRelease), ("holds", retentionHolds), ("proofs", retentionProofs),
    ]
    guard let command = known.first(where: { $0.0 == words.first }) else {
        throw UsageError(unknown: words.first, of: "retention", known: known.map(\.0))
    }
    return try command.1(Array(words.dropFirst()))
}

/// `loquet retention plan [--until TIME]`: a line for each record, then what goes of logs.
private func retentionPlan(_ words: [String]) throws -> Int32 {
    let arguments = try Arguments(words, values: storeOptions + ["--until"], flags: ["--json"])
    let end = try arguments.time("--until")
    let asJSON = arguments.flags.contains("--json")
    return try withNode(arguments) { node throws(StartError) in
        let plan = RetentionPlan(node, until: end ?? node.clock() + .days(31))
        try plan.lines { line throws(StartError) in try show(line, asJSON: asJSON) }
        for count in try plan.counts() { try show(count, asJSON: asJSON) }
        return Exit.done
    }
}

private func show(_ line: RetentionPlan.Line, asJSON: Bool) throws(StartError) {
    if asJSON {
        try printJSON([
            "account": .string(line.account.text), "category": .string(line.category.rawValue),
            "basis": .string(line.basis), "erase_after": .string(line.eraseAfter.rfc3339()),
            "held": .boolean(line.isHeld),
        ])
        return
    }
    try printLine(
        "\(line.eraseAfter.rfc3339())  \(line.account.text)  \(line.category.rawValue)  "
            + (line.isHeld ? "held  " : "") + line.basis)
}

private func show(_ count: RetentionPlan.Count, asJSON: Bool) throws(StartError) {
    if asJSON {
        try printJSON([
            "rows": .string(count.name), "count": .integer(count.count),
            "category": count.category.map { .string($0.rawValue) } ?? .null,
            "basis": .string(count.basis), "before": .string(count.before.rfc3339()),
            "held": .boolean(count.isHeld),
        ])
        return
    }
    try printLine(
        "\(count.before.rfc3339())  \(count.count) rows of \(count.name) from before  "
            + (count.isHeld ? "held  " : "") + count.basis)
}

/// `loquet retention run`: what is over goes now, with a bar on a terminal.
private func retentionRun(_ words: [String]) throws -> Int32 {
    let arguments = try Arguments(words, values: storeOptions, flags: ["--json"])
    return try withNode(arguments) { node throws(StartError) in
        var run = RetentionRun(node, actor: commandLineActor)
        var bar = TerminalBar()
        defer { bar.clear() }
        do throws(DatabaseError) {
            let total = try run.dueCount()
            while !run.isDone {
                try run.step()
                let done = run.tally.records + run.tally.tombstones
                bar.show(done, of: total, "\(done) of \(total), \(run.tally.accounts) accounts")
            }
            // What was deleted must also leave the database's files.
            if !run.tally.isEmpty { try node.database.scrub() }
        } catch {
            throw StartError(error, path: "the database")
        }
        bar.clear()
        try show(run.tally, arguments)
        return Exit.done
    }
}

private func show(
    _ tally: RetentionRun.Tally, _ arguments: Arguments
) throws(StartError) {
    let counts: [(String, Int64)] = [
        ("sealed_records", tally.records), ("tombstones", tally.tombstones),
        ("consents", tally.consents), ("log_rows", tally.logRows), ("accounts", tally.accounts),
        ("unused_warned", tally.warned), ("unused_closed", tally.closed),
    ]
    if arguments.flags.contains("--json") {
        try printJSON(.object(counts.map { .init(name: $0.0, value: .integer($0.1)) }))
    } else {
        try printLine(table(counts.map { [$0.0, String($0.1)] }))
    }
}

/// `loquet retention hold [--account ID] [--category NAME] --reason TEXT`
private func retentionHold(_ words: [String]) throws -> Int32 {
    let arguments = try Arguments(
        words, values: storeOptions + ["--account", "--category", "--reason"], flags: ["--json"])
    let account = try arguments.account()
    var category: RetentionCategory?
    if let name = arguments.values["--category"] {
        guard let found = RetentionCategory(rawValue: name) else {
            let known = RetentionCategory.allCases.map(\.rawValue).joined(separator: ", ")
            throw UsageError(text: "--category: expected one of \(known), got \(name)")
        }
        category = found
    }
    guard account != nil || category != nil else {
        throw UsageError(text: "loquet retention hold needs --account, --category or both")
    }
    guard let reason = arguments.values["--reason"] else {
        throw UsageError(text: "--reason is missing: which dispute or authority needs the data")
    }
    return try withNode(arguments) { node throws(StartError) in
        let placed: FlagStore.Record
        do throws(Holds.Refusal) {
            placed = try Holds(node, actor: commandLineActor).place(
                .legalHold, account: account, category: category, reason: reason)
        } catch {
            throw error.startError
        }
        try show([placed], arguments)
        return Exit.done
    }
}

/// `loquet retention release HOLD --reason TEXT`
private func retentionRelease(_ words: [String]) throws -> Int32 {
    let arguments = try Arguments(
        words, values: storeOptions + ["--reason"], flags: ["--json"], positionals: 1...1)
    guard let reason = arguments.values["--reason"] else {
        throw UsageError(text: "--reason is missing: why the data is not needed any more")
    }
    return try withNode(arguments) { node throws(StartError) in
        let released: FlagStore.Record
        do throws(Holds.Refusal) {
            released = try Holds(node, actor: commandLineActor).release(
                arguments.positionals[0], reason: reason)
        } catch {
            throw error.startError
        }
        try show([released], arguments)
        return Exit.done
    }
}

/// `loquet retention holds [--account ID] [--all]`: those that stand, or all there were.
private func retentionHolds(_ words: [String]) throws -> Int32 {
    let arguments = try Arguments(
        words, values: storeOptions + ["--account"], flags: ["--json", "--all"])
    let account = try arguments.account()
    return try withNode(arguments) { node throws(StartError) in
        let holds = Holds(node, actor: commandLineActor)
        var after = ""
        while true {
            let page: [FlagStore.Record]
            do throws(DatabaseError) {
                page = try holds.page(
                    after: after, account: account,
                    standingOnly: !arguments.flags.contains("--all"), limit: 500)
            } catch {
                throw StartError(error, path: "the database")
            }
            try show(page, arguments)
            guard page.count == 500, let last = page.last else { return Exit.done }
            after = last.id
        }
    }
}

private func show(
    _ records: [FlagStore.Record], _ arguments: Arguments
) throws(StartError) {
    for record in records {
        if arguments.flags.contains("--json") {
            try printJSON(record.json)
            continue
        }
        let what = [record.account?.text, record.category?.rawValue].compactMap { $0 }
        try printLine(
            "\(record.id)  \(record.placedAt.rfc3339())  \(record.flag.rawValue)  "
                + "\(what.joined(separator: " "))  \(record.reason)"
                + (record.release.map { "  released \($0.at.rfc3339()): \($0.reason)" } ?? ""))
    }
}

/// `loquet retention proofs [--account ID] [--after ID]`: the journal of erasures, a line each.
private func retentionProofs(_ words: [String]) throws -> Int32 {
    let arguments = try Arguments(
        words, values: storeOptions + ["--account", "--after"], flags: ["--json"])
    let account = try arguments.account()
    return try withNode(arguments) { node throws(StartError) in
        let journal = ErasureJournal(node)
        var bad = 0
        try journal.records(after: arguments.values["--after"] ?? "", account: account) {
            record, isGood throws(StartError) in
            if !isGood { bad += 1 }
            if arguments.flags.contains("--json") {
                try printJSON(record.json)
                return
            }
            let erasure = record.erasure
            try printLine(
                "\(erasure.id)  \(erasure.erasedAt.rfc3339())  \(erasure.thing.name)  "
                    + "\(erasure.account?.text ?? erasure.record)  "
                    + (isGood ? "good" : "BAD SIGNATURE"))
        }
        if bad > 0 { complain("\(bad) proofs do not match: the journal was changed") }
        return bad == 0 ? Exit.done : Exit.failed
    }
}

private func printJSON(_ value: JSONValue) throws(StartError) {
    try printLine(String(decoding: value.bytes, as: UTF8.self))
}

extension Arguments {
    fileprivate func account() throws(UsageError) -> AccountID? {
        guard let text = values["--account"] else { return nil }
        guard let id = AccountID(parsing: text) else {
            throw UsageError(text: "--account: expected the id of an account, got \(text)")
        }
        return id
    }

    /// A day alone begins at midnight, UTC.
    fileprivate func time(_ option: String) throws(UsageError) -> Timestamp? {
        guard let text = values[option] else { return nil }
        guard let time = Timestamp(rfc3339: text) ?? Timestamp(rfc3339: text + "T00:00:00Z") else {
            throw UsageError(
                text: "\(option): expected a day or a time such as 2027-01-31T08:00:00Z, "
                    + "got \(text)")
        }
        return time
    }
}

extension Holds.Refusal {
    fileprivate var startError: StartError {
        switch self {
        case .unknownAccount:
            .refused("there is no such account, or nothing is left of it")
        case .standing(let id): .refused("this hold stands already: \(id)")
        case .unknownHold: .refused("no such hold stands")
        case .reason:
            .configuration(
                "--reason: expected \(Holds.reasonLengths.lowerBound) to "
                    + "\(Holds.reasonLengths.upperBound) characters")
        case .database(let error): StartError(error, path: "the database")
        }
    }
}

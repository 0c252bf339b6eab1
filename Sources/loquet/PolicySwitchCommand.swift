import Accounts
import Passwords
import Service
import Storage

/// `loquet policy switch NAME|FILE --stage STAGE [--rules RULE,…] [--after TIME] [--reason TEXT]`
func policySwitch(_ words: [String]) throws -> Int32 {
    let arguments = try Arguments(
        words, values: storeOptions + ["--stage", "--rules", "--after", "--reason"],
        flags: ["--json"], positionals: 1...1)
    let remediation = try remediation(arguments)
    return try withNode(arguments) { node throws(StartError) in
        let record = try PolicySwitching(node, actor: commandLineActor).take(
            arguments.positionals[0], remediation, reason: arguments.values["--reason"] ?? "")
        try show([record], arguments)
        return Exit.done
    }
}

/// `loquet policy withdraw [--reason TEXT]`
func policyWithdraw(_ words: [String]) throws -> Int32 {
    let arguments = try Arguments(
        words, values: storeOptions + ["--reason"], flags: ["--json"])
    return try withNode(arguments) { node throws(StartError) in
        let switching = PolicySwitching(node, actor: commandLineActor)
        guard let record = try switching.withdraw(reason: arguments.values["--reason"] ?? "") else {
            complain("there is nothing to withdraw: the configured policy is the only one")
            return Exit.failed
        }
        try show([record], arguments)
        return Exit.done
    }
}

/// `loquet policy status`: what is in force, what is watched, and the last steps.
func policyStatus(_ words: [String]) throws -> Int32 {
    let arguments = try Arguments(words, values: storeOptions, flags: ["--json"])
    return try withNode(arguments) { node throws(StartError) in
        let switching = PolicySwitching(node, actor: commandLineActor)
        let history = try switching.history(countMax: 20)
        if !arguments.flags.contains("--json") {
            let policies = try switching.policies()
            var rows = [["in force", policies.policy.name, "version \(policies.policy.version)"]]
            rows[0].append(policies.remediation?.stage.rawValue ?? "configured")
            if let candidate = policies.candidate {
                rows.append(["watched", candidate.name, "version \(candidate.version)", "monitor"])
            }
            try printLine(table(rows))
            if history.isEmpty { return Exit.done }
            try printLine("")
        }
        try show(history, arguments)
        return Exit.done
    }
}

private func remediation(_ arguments: Arguments) throws(UsageError) -> Remediation {
    let stages = RemediationStage.allCases.filter { $0 != .withdrawn }
    let known = stages.map(\.rawValue).joined(separator: ", ")
    guard let word = arguments.values["--stage"] else {
        throw UsageError(text: "--stage is missing: one of \(known)")
    }
    guard let stage = stages.first(where: { $0.rawValue == word }) else {
        throw UsageError(text: "--stage: expected one of \(known), got \(word)")
    }
    var after: Timestamp?
    if let text = arguments.values["--after"] {
        // A day alone begins at midnight, UTC.
        guard let time = Timestamp(rfc3339: text) ?? Timestamp(rfc3339: text + "T00:00:00Z") else {
            throw UsageError(
                text: "--after: expected a day or a time such as 2027-01-31T08:00:00Z, got \(text)")
        }
        after = time
    }
    var rules: [PasswordViolation] = []
    for code in (arguments.values["--rules"] ?? "").split(separator: ",") {
        guard let rule = PasswordViolation(rawValue: String(code)), !rules.contains(rule) else {
            let all = PasswordViolation.allCases.map(\.rawValue).joined(separator: ", ")
            throw UsageError(text: "--rules: expected some of \(all), each once, got \(code)")
        }
        rules.append(rule)
    }
    guard let remediation = Remediation(stage, rules: rules, blockAfter: after) else {
        throw UsageError(
            text: stage == .blockAfter
                ? "--after is missing: from when on such passwords open nothing"
                : "--after belongs to --stage block_after")
    }
    return remediation
}

private func show(
    _ records: [PolicySwitchStore.Record], _ arguments: Arguments
) throws(StartError) {
    if arguments.flags.contains("--json") {
        let values = records.map { record -> JSONValue in
            [
                "number": .integer(record.number), "at": .string(record.at.rfc3339()),
                "actor": .string(record.actor), "policy": .string(record.policy),
                "version": .integer(Int64(record.version)),
                "stage": .string(record.stage.rawValue),
                "rules": .array(record.rules.map(JSONValue.string)),
                "block_after": record.blockAfter.map { .string($0.rfc3339()) } ?? .null,
            ]
        }
        try printLine(String(decoding: JSONValue.array(values).bytes, as: UTF8.self))
        return
    }
    let rows = records.map { record in
        [
            record.at.rfc3339(), record.actor, record.policy, "version \(record.version)",
            record.stage.rawValue,
            record.rules.isEmpty ? "all rules" : record.rules.joined(separator: ","),
            record.blockAfter.map { "after \($0.rfc3339())" } ?? "",
        ]
    }
    try printLine(table(rows))
}

/// Runs a command on the store with everything a node knows, and closes it.
func withNode(
    _ arguments: Arguments, _ body: (Node) throws(StartError) -> Int32
) throws -> Int32 {
    let configuration = try arguments.configuration()
    let database = try openStore(configuration)
    defer { database.close() }
    return try body(try NodeStart(configuration, log: commandLog).node(on: database))
}

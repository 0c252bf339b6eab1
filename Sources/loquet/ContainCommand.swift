import Accounts
import Incidents
import Service
import Storage

/// `loquet contain --reason TEXT ACCOUNT… | --incident ID | --since TIME [--until TIME] [--source
/// NETWORK]`, and `loquet contain --status ID`. A running server does the work; without one it waits for the next.
func contain(_ words: [String]) throws -> Int32 {
    let arguments = try Arguments(
        words,
        values: storeOptions + [
            "--reason", "--since", "--until", "--source", "--incident", "--status",
        ],
        flags: ["--json"], positionals: 0...AccountTaskRequest.accountsMax)
    if let id = arguments.values["--status"] {
        return try withNode(arguments) { node throws(StartError) in
            try showProgress(of: id, node, asJSON: arguments.flags.contains("--json"))
        }
    }
    let reason = arguments.values["--reason"] ?? ""
    guard (1...AccountTaskRequest.reasonMax).contains(reason.unicodeScalars.count) else {
        throw UsageError(
            text: "--reason is missing: why, in 1 to \(AccountTaskRequest.reasonMax) characters")
    }
    let now = systemTime()
    let set = try accountSet(arguments, at: now)
    return try withNode(arguments) { node throws(StartError) in
        let request = AccountTaskRequest(
            node, actor: commandLineActor, set: set, task: .containment, reason: reason)
        let id: String
        do throws(AccountTaskRequest.Refusal) {
            id = try request.ask()
        } catch {
            switch error {
            case .unknownAccount(let index):
                throw .refused("there is no account \(arguments.positionals[index])")
            case .unknownIncident:
                throw .refused("there is no incident \(arguments.values["--incident"] ?? "")")
            case .keyReused, .database: throw .refused("nothing was asked for: \(error)")
            }
        }
        try printLine(arguments.flags.contains("--json") ? "{\"id\":\"\(id)\"}" : id)
        return Exit.done
    }
}

private func accountSet(
    _ arguments: Arguments, at now: Timestamp
) throws(UsageError) -> AccountSet {
    let isChosen = ["--since", "--until", "--source"].contains { arguments.values[$0] != nil }
    let incident = arguments.values["--incident"]
    let ways = [isChosen, incident != nil, !arguments.positionals.isEmpty]
    guard ways.count(where: \.self) == 1 else {
        throw UsageError(
            text:
                "give one of: ids of accounts, --incident, --since with --until or --source")
    }
    if let incident {
        guard let id = IncidentID(parsing: incident) else {
            throw UsageError(text: "expected the id of an incident, inc_…, got \(incident)")
        }
        return .affected(by: id)
    }
    guard isChosen else {
        var accounts: [AccountID] = []
        for text in arguments.positionals {
            guard let id = AccountID(parsing: text) else {
                throw UsageError(text: "expected the id of an account, acc_…, got \(text)")
            }
            accounts.append(id)
        }
        return .named(accounts)
    }
    let source = arguments.values["--source"]
    if let source, SourcePrefix(parsing: source) == nil {
        throw UsageError(
            text: "--source: expected an address or a network such as 203.0.113.0/24, got \(source)"
        )
    }
    let time = { (option: String) throws(UsageError) -> Timestamp? in
        guard let text = arguments.values[option] else { return nil }
        // A day alone begins at midnight, UTC.
        guard let time = Timestamp(rfc3339: text) ?? Timestamp(rfc3339: text + "T00:00:00Z") else {
            throw UsageError(
                text:
                    "\(option): expected a day or a time such as 2027-01-31T08:00:00Z, got \(text)")
        }
        return time
    }
    guard let since = try time("--since") else {
        throw UsageError(text: "--since is missing: from when on sign-ins count")
    }
    let until = try time("--until") ?? now
    guard since < until else { throw UsageError(text: "--until: expected a time after --since") }
    return .signedIn(.init(source: source, since: since, until: until))
}

private func showProgress(
    of id: String, _ node: Node, asJSON: Bool
) throws(StartError) -> Int32 {
    let progress: TaskProgress?
    do {
        progress = try node.taskProgress(id)
    } catch {
        throw .refused("the database cannot be read: \(error)")
    }
    guard let progress else {
        complain("there is no task \(id)")
        return Exit.failed
    }
    if asJSON {
        try printLine(String(decoding: progress.json.bytes, as: UTF8.self))
        return Exit.done
    }
    let counts = AccountTaskStore.Outcome.allCases.map {
        "\(progress.accounts[$0] ?? 0) \($0.rawValue)"
    }
    try printLine("\(progress.task.state.rawValue): \(counts.joined(separator: ", "))")
    return Exit.done
}

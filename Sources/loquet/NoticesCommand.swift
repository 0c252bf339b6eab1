import Accounts
import Incidents
import Service
import Storage

/// `loquet notices status | dead | redrive ID|--all`
func notices(_ words: [String]) throws -> Int32 {
    let known = ["status", "dead", "redrive"]
    guard let verb = words.first, known.contains(verb) else {
        throw UsageError(unknown: words.first, of: "notices", known: known)
    }
    let arguments = try Arguments(
        Array(words.dropFirst()), values: storeOptions,
        flags: verb == "redrive" ? ["--all", "--json"] : ["--json"],
        positionals: verb == "redrive" ? 0...1 : 0...0)
    let isAll = arguments.flags.contains("--all")
    guard verb != "redrive" || isAll == arguments.positionals.isEmpty else {
        throw UsageError(text: "notices redrive: give the id of one notice, or --all")
    }
    return try withNode(arguments) { node throws(StartError) in
        let desk = NoticeDesk(node, actor: commandLineActor)
        let asJSON = arguments.flags.contains("--json")
        switch verb {
        case "status": try showStatus(try desk.status(), asJSON: asJSON)
        case "dead": try showDead(try desk.dead(), asJSON: asJSON)
        default:
            let count = try desk.redrive(arguments.positionals.first)
            guard count > 0 || isAll else {
                complain("there is no dead notice \(arguments.positionals[0])")
                return Exit.failed
            }
            try printLine(asJSON ? "{\"redriven\":\(count)}" : "\(count) notices are sent again")
        }
        return Exit.done
    }
}

private func showStatus(
    _ status: (depth: [NoticeDesk.Depth], oldest: Timestamp?), asJSON: Bool
) throws(StartError) {
    if asJSON {
        let rows = status.depth.map { row -> JSONValue in
            [
                "kind": .string(row.kind.rawValue), "state": .string(row.state.rawValue),
                "count": .integer(row.count),
            ]
        }
        let value: JSONValue = [
            "notices": .array(rows),
            "oldest_waiting": status.oldest.map { .string($0.rfc3339()) } ?? .null,
        ]
        return try printLine(String(decoding: value.bytes, as: UTF8.self))
    }
    if status.depth.isEmpty { return try printLine("nothing waits") }
    try printLine(
        table(status.depth.map { [$0.state.rawValue, String($0.count), $0.kind.rawValue] }))
    if let oldest = status.oldest { try printLine("the oldest waits since \(oldest.rfc3339())") }
}

private func showDead(_ dead: [NoticeDesk.Dead], asJSON: Bool) throws(StartError) {
    if asJSON {
        let rows = dead.map { notice, error -> JSONValue in
            [
                "id": .string(notice.id), "kind": .string(notice.kind.rawValue),
                "account": notice.account.map { .string($0.text) } ?? .null,
                "created_at": .string(notice.createdAt.rfc3339()),
                "attempts": .integer(Int64(notice.attempts)), "error": .string(error),
            ]
        }
        return try printLine(String(decoding: JSONValue.array(rows).bytes, as: UTF8.self))
    }
    guard !dead.isEmpty else { return complain("no notice is dead") }
    try printLine(
        table(
            dead.map { notice, error in
                [
                    notice.id, notice.createdAt.rfc3339(), "\(notice.attempts) attempts", error,
                    notice.kind.rawValue, notice.account?.text ?? "",
                ]
            }))
}

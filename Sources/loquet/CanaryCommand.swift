import Accounts
import Service
import Storage

/// `loquet canaries add --email ADDRESS | --domain DOMAIN`, `list`, `remove ID`
func canaries(_ words: [String]) throws -> Int32 {
    let known = ["add", "list", "remove"]
    guard let verb = words.first, known.contains(verb) else {
        throw UsageError(unknown: words.first, of: "canaries", known: known)
    }
    let arguments = try Arguments(
        Array(words.dropFirst()),
        values: storeOptions + (verb == "add" ? ["--email", "--domain"] : []), flags: ["--json"],
        positionals: verb == "remove" ? 1...1 : 0...0)
    let email = verb == "add" ? try address(arguments) : nil
    let configuration = try arguments.configuration()
    let start = try NodeStart(configuration, log: commandLog)
    let database = try openStore(configuration)
    defer { database.close() }
    let canaries = Canaries(try start.commandNode(on: database), actor: commandLineActor)
    let asJSON = arguments.flags.contains("--json")
    if let email {
        try canaries.add(email: email) { planted throws(StartError) in
            try show(planted, asJSON: asJSON)
        }
        return Exit.done
    }
    guard verb == "remove" else {
        try list(try canaries.list(), asJSON: asJSON)
        return Exit.done
    }
    let text = arguments.positionals[0]
    guard let id = AccountID(parsing: text), try canaries.remove(id) else {
        complain("there is no decoy \(text)")
        return Exit.failed
    }
    return Exit.done
}

private func address(_ arguments: Arguments) throws -> EmailAddress {
    switch (arguments.values["--email"], arguments.values["--domain"]) {
    case (let email?, nil):
        do {
            return try EmailAddress(parsing: email)
        } catch {
            throw UsageError(text: "--email: expected an e-mail address")
        }
    case (nil, let domain?): return try Canaries.address(at: domain)
    default: throw UsageError(text: "loquet canaries add needs either --email or --domain")
    }
}

private func show(_ planted: Canaries.Planted, asJSON: Bool) throws(StartError) {
    if asJSON {
        let value: JSONValue = [
            "id": .string(planted.account.text), "email": .string(planted.email),
            "password": .string(planted.password),
        ]
        try printLine(String(decoding: value.bytes, as: UTF8.self))
    } else {
        try printLine("\(planted.account.text)  \(planted.email)  \(planted.password)")
        complain("the password is shown once; plant it where only a thief looks")
    }
}

private func list(_ records: [CanaryStore.Record], asJSON: Bool) throws(StartError) {
    if asJSON {
        let values = records.map { record in
            JSONValue(
                dictionaryLiteral: ("id", .string(record.account.text)),
                ("email", record.email.map(JSONValue.string) ?? .null),
                ("state", .string(record.state.name)),
                ("added_at", .string(record.addedAt.rfc3339())))
        }
        try printLine(String(decoding: JSONValue.array(values).bytes, as: UTF8.self))
        return
    }
    let rows = records.map {
        [$0.account.text, $0.state.name, $0.addedAt.rfc3339(), $0.email ?? "closed"]
    }
    if !rows.isEmpty { try printLine(table(rows)) }
}

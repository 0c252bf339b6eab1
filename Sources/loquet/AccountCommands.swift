import Accounts
import Service
import Storage

private let verbs = [
    "search", "list", "invite", "suspend", "reinstate", "temporary-password", "close", "return",
]

/// `loquet accounts search|list|invite|suspend|reinstate|temporary-password|close|return … --reason TEXT`
func accountAdministration(_ words: [String]) throws -> Int32 {
    guard let verb = words.first, verbs.contains(verb) else {
        throw UsageError(unknown: words.first, of: "accounts", known: ["import"] + verbs)
    }
    let more: [String] =
        switch verb {
        case "invite": ["--application", "--display-name"]
        case "close": ["--closure-reason"]
        case "return": ["--email"]
        case "list": ["--max"]
        default: []
        }
    let arguments = try Arguments(
        Array(words.dropFirst()), values: storeOptions + ["--reason"] + more, flags: ["--json"],
        positionals: 1...1)
    guard let reason = arguments.values["--reason"], isReason(reason) else {
        throw UsageError(
            text: "--reason: expected 1 to 200 characters on one line, for the audit log")
    }
    let configuration = try arguments.configuration()
    let start = try NodeStart(configuration, log: commandLog)
    let database = try openStore(configuration)
    defer { database.close() }
    let node = try start.commandNode(on: database)
    let work = AccountAdministration(node, actor: commandLineActor, reason: reason)
    do {
        try run(verb, arguments, work, node)
        return Exit.done
    } catch let failure as AccountAdministration.Failure {
        complain(failure.text)
        return Exit.failed
    }
}

private func run(
    _ verb: String, _ arguments: Arguments, _ work: AccountAdministration, _ node: Node
) throws {
    let argument = arguments.positionals[0]
    let asJSON = arguments.flags.contains("--json")
    switch verb {
    case "search":
        let found = try work.search(
            AccountID(parsing: argument).map { .id($0) } ?? .identifier(.ofAttempt(argument)))
        try show(found, asJSON: asJSON)
        guard !found.isEmpty else { throw AccountAdministration.Failure.notFound }
    case "list":
        let countMax = try arguments.number(
            "--max", in: 1...AccountAdministration.pageMax, unless: AccountAdministration.pageMax)
        try show(try list(argument, countMax, work), asJSON: asJSON)
    case "invite":
        guard let application = arguments.values["--application"] else {
            throw UsageError(text: "--application is missing: an id of loquet apps list")
        }
        let name = try arguments.values["--display-name"].map(displayName)
        try show(
            [
                try work.invite(
                    try address(argument, "the address"), displayName: name,
                    application: application)
            ], asJSON: asJSON)
    case "temporary-password":
        try setTemporaryPassword(try account(argument), work, node, asJSON: asJSON)
    case "close":
        let word = arguments.values["--closure-reason"] ?? ClosureReason.other.rawValue
        guard let closure = ClosureReason(rawValue: word) else {
            let known = ClosureReason.allCases.map(\.rawValue).joined(separator: ", ")
            throw UsageError(text: "--closure-reason: expected one of \(known), got \(word)")
        }
        try show([try work.close(try account(argument), for: closure)], asJSON: asJSON)
    case "return":
        guard let email = arguments.values["--email"] else {
            throw UsageError(text: "--email is missing: the address that was the owner's")
        }
        try show(
            [try work.takeBack(try account(argument), as: try address(email, "--email"))],
            asJSON: asJSON)
    case "suspend": try show([try work.suspend(try account(argument))], asJSON: asJSON)
    default: try show([try work.reinstate(try account(argument))], asJSON: asJSON)
    }
}

private func list(
    _ state: String, _ countMax: Int, _ work: AccountAdministration
) throws -> [AccountStore.Record] {
    let states = ["invited", "active", "suspended", "closed", "erased"]
    guard states.contains(state) else {
        throw UsageError(text: "expected one of \(states.joined(separator: ", ")), got \(state)")
    }
    return try work.search(
        .state(state, from: .epoch, until: Timestamp(microseconds: .max), after: nil),
        countMax: countMax)
}

/// Shown once it is set; who did not see it sets another.
private func setTemporaryPassword(
    _ id: AccountID, _ work: AccountAdministration, _ node: Node, asJSON: Bool
) throws {
    guard let account = try work.search(.id(id)).first else {
        throw AccountAdministration.Failure.notFound
    }
    let password = try node.newTemporaryPassword(
        email: account.profile?.email, displayName: account.profile?.displayName)
    let hash = try node.hashTemporaryPassword(password)
    _ = try work.setTemporaryPassword(of: id, hash)
    if asJSON {
        let value: JSONValue = ["id": .string(id.text), "password": .string(password)]
        try printLine(String(decoding: value.bytes, as: UTF8.self))
    } else {
        try printLine("\(id.text)  \(password)")
        complain("the password is shown once; its owner can only change it")
    }
}

private func account(_ text: String) throws -> AccountID {
    guard let id = AccountID(parsing: text) else {
        throw UsageError(text: "expected an account's id, as acc_…, got \(text)")
    }
    return id
}

private func address(_ text: String, _ name: String) throws -> EmailAddress {
    do {
        return try EmailAddress(parsing: text)
    } catch {
        throw UsageError(text: "\(name): expected an e-mail address")
    }
}

private func displayName(_ text: String) throws -> DisplayName {
    do {
        return try DisplayName(text)
    } catch {
        throw UsageError(
            text: "--display-name: expected 1 to \(DisplayName.scalarsMax) characters, none control"
        )
    }
}

private func show(_ accounts: [AccountStore.Record], asJSON: Bool) throws(StartError) {
    if asJSON {
        let values = accounts.map { account in
            JSONValue(
                dictionaryLiteral: ("id", .string(account.id.text)),
                ("state", .string(account.state.name)),
                ("created_at", .string(account.createdAt.rfc3339())),
                ("email", account.profile.map { .string($0.email) } ?? .null))
        }
        try printLine(String(decoding: JSONValue.array(values).bytes, as: UTF8.self))
        return
    }
    let rows = accounts.map {
        [$0.id.text, $0.state.name, $0.createdAt.rfc3339(), $0.profile?.email ?? "-"]
    }
    if !rows.isEmpty { try printLine(table(rows)) }
}

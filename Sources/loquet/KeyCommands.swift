import Accounts
import Service
import Storage

/// `loquet apps add NAME | list | revoke ID`
func applications(_ words: [String]) throws -> Int32 {
    try keyCommand(words, "apps", .application, options: []) { keys, _, name, show in
        try keys.add(application: name, show: show)
    }
}

/// `loquet admins add NAME --role ROLE [--expires DAYS] | list | revoke ID | rotate ID …`
func administrators(_ words: [String]) throws -> Int32 {
    if words.first == "rotate" { return try rotate(Array(words.dropFirst())) }
    return try keyCommand(
        words, "admins", .administrator, options: ["--role", "--expires"]
    ) { keys, arguments, name, show in
        try keys.add(
            administrator: name, roles: try roles(arguments.values["--role"]),
            lifetime: try lifetime(arguments.values["--expires"]), show: show)
    }
}

/// `loquet admins rotate ID [--overlap MINUTES] [--expires DAYS]`
private func rotate(_ words: [String]) throws -> Int32 {
    let arguments = try Arguments(
        words, values: storeOptions + ["--overlap", "--expires"], flags: ["--json"],
        positionals: 1...1)
    // A week: an overlap is for changing over, not for two keys.
    let minutes = try arguments.number("--overlap", in: 0...10_080, unless: 0)
    let lifetime = try lifetime(arguments.values["--expires"])
    let database = try openStore(try arguments.configuration())
    defer { database.close() }
    try APIKeys(database, actor: commandLineActor).rotate(
        administrator: arguments.positionals[0], overlap: .seconds(minutes * 60),
        lifetime: lifetime
    ) { id, key throws(StartError) in
        try show(id: id, key: key, asJSON: arguments.flags.contains("--json"))
    }
    return Exit.done
}

private func keyCommand(
    _ words: [String], _ command: String, _ kind: APIKeyStore.Kind, options: [String],
    add: (APIKeys, Arguments, String, APIKeys.Show) throws -> Void
) throws -> Int32 {
    let known = ["add", "list", "revoke"] + (kind == .administrator ? ["rotate"] : [])
    guard let verb = words.first, known.contains(verb) else {
        throw UsageError(unknown: words.first, of: command, known: known)
    }
    let arguments = try Arguments(
        Array(words.dropFirst()), values: storeOptions + (verb == "add" ? options : []),
        flags: ["--json"], positionals: verb == "list" ? 0...0 : 1...1)
    let database = try openStore(try arguments.configuration())
    defer { database.close() }
    let keys = APIKeys(database, actor: commandLineActor)
    let asJSON = arguments.flags.contains("--json")
    switch verb {
    case "add":
        try add(keys, arguments, arguments.positionals[0]) { id, key throws(StartError) in
            try show(id: id, key: key, asJSON: asJSON)
        }
    case "revoke":
        let id = arguments.positionals[0]
        guard try keys.revoke(id: id, kind) else {
            complain("there is no valid key \(id)")
            return Exit.failed
        }
    default: try list(try keys.list(kind), asJSON: asJSON)
    }
    return Exit.done
}

private func show(id: String, key: String, asJSON: Bool) throws(StartError) {
    if asJSON {
        let value: JSONValue = ["id": .string(id), "key": .string(key)]
        try printLine(String(decoding: value.bytes, as: UTF8.self))
    } else {
        try printLine("\(id)  \(key)")
        complain("the key is shown once; keep it")
    }
}

private func list(_ records: [APIKeyStore.Record], asJSON: Bool) throws(StartError) {
    let now = systemTime()
    if asJSON {
        let values = records.map { record in
            JSONValue(
                dictionaryLiteral: ("id", .string(record.id)),
                ("name", .string(record.name)),
                ("roles", .array(record.roles.map(JSONValue.string))),
                ("created_at", .string(record.createdAt.rfc3339())),
                ("expires_at", time(record.expiresAt)),
                ("revoked_at", time(record.revokedAt)),
                ("valid", .boolean(record.isValid(at: now))))
        }
        try printLine(String(decoding: JSONValue.array(values).bytes, as: UTF8.self))
        return
    }
    let rows = records.map { record in
        [
            record.id, record.isValid(at: now) ? "valid" : "invalid", record.createdAt.rfc3339(),
            record.expiresAt.map { "expires \($0.rfc3339())" } ?? "does not expire",
            record.roles.joined(separator: ","), record.name,
        ]
    }
    if !rows.isEmpty { try printLine(table(rows)) }
}

private func time(_ time: Timestamp?) -> JSONValue {
    time.map { .string($0.rfc3339()) } ?? .null
}

/// Roles separated by commas.
private func roles(_ text: String?) throws(UsageError) -> [Role] {
    let known = Role.allCases.map(\.rawValue).joined(separator: ", ")
    guard let text else { throw UsageError(text: "--role is missing: one or more of \(known)") }
    var roles: [Role] = []
    for word in text.split(separator: ",", omittingEmptySubsequences: false) {
        guard let role = Role(rawValue: String(word)) else {
            throw UsageError(text: "--role: expected one or more of \(known), got \(word)")
        }
        if !roles.contains(role) { roles.append(role) }
    }
    return roles
}

/// Administrators' keys always end; 90 days unless asked otherwise.
private func lifetime(_ text: String?) throws(UsageError) -> Duration {
    guard let text else { return .days(90) }
    guard let days = Int64(text), (1...366).contains(days) else {
        throw UsageError(text: "--expires: expected a whole number of days, 1 ... 366, got \(text)")
    }
    return .days(days)
}

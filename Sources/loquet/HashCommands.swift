import Accounts
import Service
import Storage

/// `loquet hashes status [--json]`
func hashes(_ words: [String]) throws -> Int32 {
    guard words.first == "status" else {
        throw UsageError(unknown: words.first, of: "hashes", known: ["status"])
    }
    let arguments = try Arguments(
        Array(words.dropFirst()), values: storeOptions, flags: ["--json"])
    let configuration = try arguments.configuration()
    let database = try openStore(configuration)
    defer { database.close() }
    let status = try HashesStatus(configuration, database)
    guard !arguments.flags.contains("--json") else {
        try printLine(String(decoding: json(status).bytes, as: UTF8.self))
        return Exit.done
    }
    if !status.schemes.isEmpty {
        try printLine(
            table(
                status.schemes.map {
                    ["\($0.count)", $0.needsRehash ? "to be renewed" : "good", $0.text]
                }))
    }
    for pepper in status.peppers {
        let state = pepper.isCurrent ? "current" : "old"
        try printLine("pepper \(pepper.id), \(state): \(pepper.hashes) hashes")
    }
    try printLine("without a pepper: \(status.unpeppered) hashes")
    if status.unreadable > 0 { complain("\(status.unreadable) rows hold no hash that can be read") }
    complain(
        "\(status.needingRehash) of \(status.total) hashes are renewed when their owners sign in; "
            + "today's: \(status.today)")
    return Exit.done
}

private func json(_ status: HashesStatus) -> JSONValue {
    [
        "today": .string(status.today), "total": .integer(status.total),
        "needs_rehash": .integer(status.needingRehash),
        "unreadable": .integer(status.unreadable),
        "schemes": .array(
            status.schemes.map { scheme in
                [
                    "scheme": .string(scheme.text), "count": .integer(scheme.count),
                    "needs_rehash": .boolean(scheme.needsRehash),
                ]
            }),
        "peppers": .array(
            status.peppers.map { pepper in
                [
                    "id": .string(pepper.id), "current": .boolean(pepper.isCurrent),
                    "hashes": .integer(pepper.hashes),
                ]
            }),
        "without_pepper": .integer(status.unpeppered),
    ]
}

/// `loquet keys list | add PURPOSE | use ID | retire ID`
func serviceKeys(_ words: [String]) throws -> Int32 {
    let known = ["list", "add", "use", "retire"]
    guard let verb = words.first, known.contains(verb) else {
        throw UsageError(unknown: words.first, of: "keys", known: known)
    }
    let arguments = try Arguments(
        Array(words.dropFirst()), values: storeOptions, flags: ["--json"],
        positionals: verb == "list" ? 0...0 : 1...1)
    let configuration = try arguments.configuration()
    let database = try openStore(configuration)
    defer { database.close() }
    let keys = KeyRotation(
        database, dataDirectory: configuration.data, actor: commandLineActor)
    let asJSON = arguments.flags.contains("--json")
    switch verb {
    case "add":
        let (id, path) = try keys.add(purpose: arguments.positionals[0])
        let value: JSONValue = ["id": .string(id), "file": .string(path)]
        try printLine(asJSON ? String(decoding: value.bytes, as: UTF8.self) : id)
        complain(
            "copy \(path) to keys/ of every node, with its mode, and into the backup; a minute later: "
                + "loquet keys use \(id)")
    case "use":
        try keys.use(id: arguments.positionals[0])
        complain(
            "it is used within a minute: new hashes are made with it and old ones renewed at sign-in, "
                + "or its signature comes first")
    case "retire":
        let hadFile = try keys.retire(id: arguments.positionals[0])
        complain(
            hadFile
                ? "the key and its file are gone; delete the file on the other nodes too"
                : "the key is gone; its file was not here")
    default: try show(try keys.list(), asJSON: asJSON)
    }
    return Exit.done
}

private func show(_ keys: [KeyRotation.Listed], asJSON: Bool) throws(StartError) {
    if asJSON {
        let values = keys.map { key -> JSONValue in
            [
                "id": .string(key.id), "purpose": .string(key.purpose),
                "current": .boolean(key.isCurrent), "here": .boolean(key.isHeld),
                "created_at": key.createdAt.map { .string($0.rfc3339()) } ?? .null,
                "hashes": key.hashes.map(JSONValue.integer) ?? .null,
            ]
        }
        try printLine(String(decoding: JSONValue.array(values).bytes, as: UTF8.self))
        return
    }
    try printLine(
        table(
            keys.map { key in
                [
                    key.id, key.purpose, key.isCurrent ? "current" : "not current",
                    key.isHeld ? "here" : "NOT HERE", key.createdAt?.rfc3339() ?? "",
                    key.hashes.map { "\($0) hashes" } ?? "",
                ]
            }))
}

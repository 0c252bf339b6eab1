import Service
import Storage

/// `loquet migrate [--plan]`: the schema's next steps, shown or applied. Servers of the version before
/// may run meanwhile: migrations only add.
func migrate(_ words: [String]) throws -> Int32 {
    let arguments = try Arguments(words, values: storeOptions, flags: ["--plan", "--json"])
    let directory = try DataDirectory(try arguments.configuration())
    let isPlan = arguments.flags.contains("--plan")
    let migrations =
        isPlan
        ? try directory.plan(onFatal: stopOnFatal) : try directory.migrate(onFatal: stopOnFatal)
    if arguments.flags.contains("--json") {
        let steps = migrations.map { migration -> JSONValue in
            [
                "number": .integer(Int64(migration.number)),
                "name": .string(migration.name.description),
            ]
        }
        let value: JSONValue = [isPlan ? "planned" : "applied": .array(steps)]
        try printLine(String(decoding: value.bytes, as: UTF8.self))
    } else if migrations.isEmpty {
        try printLine("the schema is up to date")
    } else {
        let verb = isPlan ? "would apply" : "applied"
        try printLine(table(migrations.map { [verb, "\($0.number)", $0.name.description] }))
    }
    return Exit.done
}

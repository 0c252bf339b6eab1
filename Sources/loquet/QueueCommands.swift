import Accounts
import Incidents
import Service
import Storage

/// `loquet queue status | tail | dead | redrive | pause | resume | webhook-key`
func queue(_ words: [String]) throws -> Int32 {
    guard let verb = words.first, let command = verbs[verb] else {
        throw UsageError(unknown: words.first, of: "queue", known: verbs.keys.sorted())
    }
    let arguments = try Arguments(
        Array(words.dropFirst()), values: storeOptions + command.options, flags: ["--json"],
        positionals: command.positionals)
    let configuration = try arguments.configuration()
    let database = try openStore(configuration)
    defer { database.close() }
    do {
        return try command.run(
            QueueCommand(arguments: arguments, configuration: configuration, database: database))
    } catch let error as DatabaseError {
        throw StartError.refused("the database: \(error)")
    }
}

private struct Verb: Sendable {
    let positionals: ClosedRange<Int>
    var options: [String] = []
    let run: @Sendable (QueueCommand) throws -> Int32
}

private let verbs: [String: Verb] = [
    "status": Verb(positionals: 0...0) { try $0.status() },
    "tail": Verb(positionals: 0...0, options: ["--count"]) { try $0.tail() },
    "dead": Verb(positionals: 0...1, options: ["--count"]) { try $0.dead() },
    "redrive": Verb(positionals: 1...1_000) { try $0.redrive() },
    "pause": Verb(positionals: 1...1, options: ["--reason"]) { try $0.pause() },
    "resume": Verb(positionals: 1...1) { try $0.resume() },
    "webhook-key": Verb(positionals: 0...0) { try $0.webhookKeys() },
]

private struct QueueCommand {
    let arguments: Arguments
    let configuration: Configuration
    let database: any Database

    private static let countRange = 1...10_000
    private static let countDefault = 20

    private var asJSON: Bool { arguments.flags.contains("--json") }
    private var control: QueueControl { QueueControl(actor: commandLineActor, at: systemTime()) }

    func status() throws -> Int32 {
        let all = try database.read { reader throws(DatabaseError) in
            try SinkStatus.all(configured: configuration.sinks.configured, reader)
        }
        guard !asJSON else { return try printJSON(.array(all.map(\.json))) }
        let now = systemTime()
        try printLine(
            table(
                [["sink", "ready", "leased", "dead", "oldest waits", "state"]]
                    + all.map { status in
                        [
                            status.sink.rawValue, "\(status.ready)", "\(status.leased)",
                            "\(status.dead)",
                            status.oldest.map { "\((now - $0).components.seconds) s" } ?? "-",
                            state(status),
                        ]
                    }))
        return Exit.done
    }

    /// The latest events, the newest last; with `--json` the events themselves, one a line.
    func tail() throws -> Int32 {
        let count = try count()
        let events = try database.read { reader throws(DatabaseError) in
            try IncidentQueue.latest(countMax: count, reader)
        }.reversed()
        if asJSON {
            for event in events { try printLine(String(decoding: event.body, as: UTF8.self)) }
        } else if !events.isEmpty {
            try printLine(
                table(events.map { [$0.at.rfc3339(.milliseconds), $0.id, $0.type] }))
        }
        return Exit.done
    }

    func dead() throws -> Int32 {
        let sink = try arguments.positionals.first.map(sink)
        let count = try count()
        let letters = try database.read { reader throws(DatabaseError) in
            try IncidentQueue.dead(in: sink, countMax: count, reader)
        }
        if asJSON {
            return try printJSON(
                .array(
                    letters.map { letter in
                        [
                            "event_id": .string(letter.eventID), "sink": .string(letter.sink),
                            "type": .string(letter.type),
                            "attempts": .integer(Int64(letter.attempts)),
                            "last_error": letter.lastError.map(JSONValue.string) ?? .null,
                            "enqueued_at": .string(letter.enqueuedAt.rfc3339()),
                        ]
                    }))
        }
        let rows = letters.map { letter in
            [
                letter.enqueuedAt.rfc3339(), letter.sink, letter.eventID, letter.type,
                "\(letter.attempts) attempts", letter.lastError ?? "no reason given",
            ]
        }
        if !rows.isEmpty { try printLine(table(rows)) }
        return Exit.done
    }

    func redrive() throws -> Int32 {
        let sink = try sink(arguments.positionals[0])
        let ids = Array(arguments.positionals.dropFirst())
        let count = try control.redrive(sink, eventIDs: ids.isEmpty ? nil : ids, on: database)
        if asJSON { return try printJSON(["redriven": .integer(Int64(count))]) }
        complain("\(count) dead letters of \(sink.rawValue) are ready again")
        guard ids.isEmpty || count == ids.count else {
            complain("\(ids.count - count) of the ids are no dead letters of \(sink.rawValue)")
            return Exit.failed
        }
        return Exit.done
    }

    func pause() throws -> Int32 {
        let sink = try sink(arguments.positionals[0])
        let control = control
        let reason = arguments.values["--reason"] ?? "paused on the command line"
        let isNew = try database.transaction { transaction throws(DatabaseError) in
            try control.pause(sink, reason: reason, transaction)
        }
        complain(
            isNew
                ? "\(sink.rawValue) is paused; events wait for it"
                : "\(sink.rawValue) was paused already")
        return Exit.done
    }

    func resume() throws -> Int32 {
        let sink = try sink(arguments.positionals[0])
        let control = control
        let wasPaused = try database.transaction { transaction throws(DatabaseError) in
            try control.resume(sink, transaction)
        }
        complain(wasPaused ? "\(sink.rawValue) goes on" : "\(sink.rawValue) was not paused")
        return Exit.done
    }

    /// What receivers verify signatures with.
    func webhookKeys() throws -> Int32 {
        let records = try database.read { reader throws(DatabaseError) in
            try KeyStore.all(reader)
        }
        let keys: [(id: String, text: String)]
        do {
            keys = try WebhookKeys(
                KeyDirectory(dataDirectory: configuration.data), records: records
            ).publicKeys()
        } catch let error as KeyError {
            throw StartError.refused(error.text)
        }
        if asJSON {
            return try printJSON(
                .array(
                    keys.map { key in
                        ["id": .string(key.id), "public_key": .string(key.text)]
                    }))
        }
        guard !keys.isEmpty else {
            complain("there is no key yet; make one with: loquet keys add webhook-signing")
            return Exit.failed
        }
        try printLine(table(keys.map { [$0.id, $0.text] }))
        return Exit.done
    }

    private func state(_ status: SinkStatus) -> String {
        if let pause = status.pause {
            return "paused by \(pause.by) since \(pause.since.rfc3339()): \(pause.reason)"
        }
        return status.isConfigured ? "on" : "not configured"
    }

    private func sink(_ name: String) throws(UsageError) -> Sink {
        guard let sink = Sink(rawValue: name) else {
            let known = Sink.allCases.map(\.rawValue).joined(separator: ", ")
            throw UsageError(text: "expected a sink, one of \(known), got \(name)")
        }
        return sink
    }

    private func count() throws(UsageError) -> Int {
        guard let text = arguments.values["--count"] else { return Self.countDefault }
        guard let count = Int(text), Self.countRange.contains(count) else {
            throw UsageError(
                text: "--count: expected a whole number, 1 ... \(Self.countRange.upperBound), got "
                    + text)
        }
        return count
    }

    private func printJSON(_ value: JSONValue) throws -> Int32 {
        try printLine(String(decoding: value.bytes, as: UTF8.self))
        return Exit.done
    }
}

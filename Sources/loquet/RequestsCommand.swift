import Accounts
import Service
import Storage

/// `loquet requests …`: what people ask about their data, by hand.
func requests(_ words: [String]) throws -> Int32 {
    guard let word = words.first, let verb = verbs[word] else {
        throw UsageError(unknown: words.first, of: "requests", known: verbs.keys.sorted())
    }
    let arguments = try Arguments(
        Array(words.dropFirst()), values: storeOptions + verb.options,
        flags: ["--json"] + verb.flags, positionals: verb.positionals)
    let run = try verb.prepare(arguments)
    return try withNode(arguments) { node throws(StartError) in
        let answer: Answer
        do throws(RightsBook.Failure) {
            answer = try run(RightsBook(node, actor: commandLineActor))
        } catch {
            throw .refused(error.text)
        }
        try show(answer, at: node.clock(), arguments)
        return Exit.done
    }
}

private enum Answer: Sendable {
    case requests([RightsRequest])
    case file(RightsBook.File)
    case export([UInt8], path: String)
}

private typealias Run = (RightsBook) throws(RightsBook.Failure) -> Answer

private struct Verb: Sendable {
    let positionals: ClosedRange<Int>
    var options: [String] = []
    var flags: [String] = []
    /// Reads the command line before anything is opened.
    let prepare: @Sendable (Arguments) throws -> Run
}

private let verbs: [String: Verb] = [
    "add": Verb(
        positionals: 0...0,
        options: ["--right", "--channel", "--received", "--account", "--contact", "--detail"],
        prepare: add),
    "list": Verb(
        positionals: 0...0, options: ["--after", "--max"], flags: ["--all"], prepare: list),
    "show": Verb(positionals: 1...1) { arguments in
        let id = try id(arguments)
        return { book throws(RightsBook.Failure) in .file(try book.file(id)) }
    },
    "doubt": Verb(positionals: 1...1, options: ["--reason"]) { arguments in
        let (id, reason) = (try id(arguments), try arguments.remark("--reason"))
        return { book throws(RightsBook.Failure) in
            .requests([try book.doubt(id, because: reason)])
        }
    },
    "verify": Verb(positionals: 1...1, options: ["--reason"]) { arguments in
        let (id, reason) = (try id(arguments), try arguments.remark("--reason"))
        return { book throws(RightsBook.Failure) in .requests([try book.verify(id, how: reason)]) }
    },
    "extend": Verb(positionals: 1...1, options: ["--reason"]) { arguments in
        let (id, reason) = (try id(arguments), try arguments.remark("--reason"))
        return { book throws(RightsBook.Failure) in
            .requests([try book.extend(id, because: reason)])
        }
    },
    "decide": Verb(
        positionals: 1...1, options: ["--outcome", "--reason"], prepare: decide),
    "export": Verb(positionals: 1...1, options: ["--format", "--output"], prepare: export),
]

private func add(_ arguments: Arguments) throws -> Run {
    let fields = try arguments.fields([
        "--right": "right", "--channel": "channel", "--received": "received_at",
        "--account": "account_id", "--contact": "contact", "--detail": "detail",
    ])
    let wish = try usage { () throws(Problem) in
        try RequestWish(
            byHand: Fields(body: fields, allowed: RequestWish.fieldsByHand), at: systemTime())
    }
    return { book throws(RightsBook.Failure) in .requests([try book.take(wish).request]) }
}

private func list(_ arguments: Arguments) throws -> Run {
    var last: RightsRequestID?
    if let text = arguments.values["--after"] {
        last = RightsRequestID(parsing: text)
        guard last != nil else { throw UsageError(text: "--after: expected a request's id, req_…") }
    }
    let limit = try arguments.number(
        "--max", in: RightsBook.pageRange, unless: RightsBook.pageDefault)
    let isOpen: Bool? = arguments.flags.contains("--all") ? nil : true
    return { [last] book throws(RightsBook.Failure) in
        .requests(try book.list(after: last, isOpen: isOpen, limit: limit))
    }
}

private func decide(_ arguments: Arguments) throws -> Run {
    let id = try id(arguments)
    let fields = try arguments.fields(["--outcome": "outcome", "--reason": "reason"])
    let wish = try usage { () throws(Problem) in
        try DecisionWish(Fields(body: fields, allowed: DecisionWish.fields))
    }
    return { book throws(RightsBook.Failure) in .requests([try book.decide(id, wish)]) }
}

private func export(_ arguments: Arguments) throws -> Run {
    let id = try id(arguments)
    let word = arguments.values["--format"] ?? "json"
    guard let format = RightsBook.ExportFormat(rawValue: word) else {
        throw UsageError(text: "--format: expected json or csv, got \(word)")
    }
    guard let path = arguments.values["--output"] else {
        throw UsageError(text: "--output is missing: a new file that only you will read")
    }
    return { book throws(RightsBook.Failure) in
        .export(try book.export(id, as: format), path: path)
    }
}

private func id(_ arguments: Arguments) throws(UsageError) -> RightsRequestID {
    guard let id = RightsRequestID(parsing: arguments.positionals[0]) else {
        throw UsageError(text: "expected a request's id, req_…, got \(arguments.positionals[0])")
    }
    return id
}

private func show(
    _ answer: Answer, at now: Timestamp, _ arguments: Arguments
) throws(StartError) {
    let isJSON = arguments.flags.contains("--json")
    switch answer {
    case .export(let bytes, let path):
        let file = try OutputFile(path)
        guard writeAll(bytes, to: file.descriptor) else {
            throw .refused("the export cannot be written")
        }
        complain("written to \(path)")
    case .requests(let requests) where isJSON:
        try printJSON(.array(requests.map { encode($0, at: now) }))
    case .requests(let requests):
        if !requests.isEmpty { try printLine(table(requests.map { row($0, at: now) })) }
    case .file(let file) where isJSON: try printJSON(encode(file, at: now))
    case .file(let file):
        try printLine(table([row(file.request, at: now)]))
        let lines = [
            file.request.contact.map { ["contact", $0.text] },
            file.request.detail.map { ["detail", $0.text] },
            file.request.decision?.reason.map { ["outcome", $0.text] },
        ].compactMap(\.self)
        if !lines.isEmpty { try printLine(table(lines)) }
        try printLine(
            table(file.steps.map { [$0.at.rfc3339(), $0.actor, $0.step, $0.text] }))
    }
}

private func row(_ request: RightsRequest, at now: Timestamp) -> [String] {
    let clock = request.clock
    let stand =
        if let decision = request.decision {
            "\(decision.outcome.rawValue) at \(decision.at.rfc3339())"
        } else if clock.suspendedSince != nil {
            "the clock stands"
        } else {
            (clock.isOverdue(at: now) ? "OVERDUE since " : "due ")
                + (clock.dueAt?.rfc3339() ?? "")
        }
    return [
        request.id.text, request.right.rawValue, request.channel.rawValue,
        "received \(clock.receivedAt.rfc3339())", request.identity.rawValue,
        request.account?.text ?? "no account", stand,
    ]
}

import Accounts
import Service
import Storage

/// `loquet disclosures …`: what authorities were given, and the notice to the people concerned.
func disclosures(_ words: [String]) throws -> Int32 {
    guard let word = words.first, let verb = verbs[word] else {
        throw UsageError(unknown: words.first, of: "disclosures", known: verbs.keys.sorted())
    }
    let arguments = try Arguments(
        Array(words.dropFirst()), values: storeOptions + verb.options,
        flags: ["--json"] + verb.flags, positionals: verb.positionals)
    let run = try verb.prepare(arguments)
    return try withNode(arguments) { node throws(StartError) in
        let answer: Answer
        do throws(DisclosureLog.Failure) {
            answer = try run(DisclosureLog(node, actor: commandLineActor))
        } catch {
            throw .refused(error.text)
        }
        return try show(answer, arguments)
    }
}

private enum Answer: Sendable {
    case entries([Disclosure])
    case file(DisclosureLog.File)
    case noted(Int)
}

private typealias Run = (DisclosureLog) throws(DisclosureLog.Failure) -> Answer

private struct Verb: Sendable {
    let positionals: ClosedRange<Int>
    var options: [String] = []
    var flags: [String] = []
    let prepare: @Sendable (Arguments) throws -> Run
}

private let verbs: [String: Verb] = [
    "add": Verb(
        positionals: 1...DisclosureLog.peopleMax,
        options: [
            "--authority", "--legal-basis", "--scope", "--reference", "--received", "--disclosed",
            "--silent",
        ], prepare: add),
    "list": Verb(
        positionals: 0...0, options: ["--after", "--max"], flags: ["--open"], prepare: list),
    "show": Verb(positionals: 1...1) { arguments in
        let id = try id(arguments)
        return { log throws(DisclosureLog.Failure) in .file(try log.file(id)) }
    },
    "told": Verb(positionals: 1...1, options: ["--how", "--account"]) { arguments in
        try note(arguments, .told(how: try arguments.remark("--how")))
    },
    "silent": Verb(positionals: 1...1, options: ["--reason", "--account"]) { arguments in
        try note(arguments, .silent(because: try arguments.remark("--reason")))
    },
]

private func add(_ arguments: Arguments) throws -> Run {
    let names = [
        "--authority": "authority", "--legal-basis": "legal_basis", "--scope": "scope",
        "--reference": "reference", "--received": "received_at", "--disclosed": "disclosed_at",
        "--silent": "silent_because",
    ]
    var members = names.sorted { $0.key < $1.key }.compactMap { option, name in
        arguments.values[option].map { JSONValue.Member(name: name, value: .string($0)) }
    }
    members.append(
        .init(name: "account_ids", value: .array(arguments.positionals.map(JSONValue.string))))
    let wish = try usage { [members] () throws(Problem) in
        try DisclosureWish(
            Fields(body: JSONValue.object(members).bytes, allowed: DisclosureWish.fields),
            at: systemTime())
    }
    return { log throws(DisclosureLog.Failure) in .file(try log.add(wish)) }
}

private func list(_ arguments: Arguments) throws -> Run {
    var last: DisclosureID?
    if let text = arguments.values["--after"] {
        last = DisclosureID(parsing: text)
        guard last != nil else {
            throw UsageError(text: "--after: expected a disclosure's id, dis_…")
        }
    }
    let limit = try arguments.number(
        "--max", in: DisclosureLog.pageRange, unless: DisclosureLog.pageDefault)
    let isOpen = arguments.flags.contains("--open")
    return { [last] log throws(DisclosureLog.Failure) in
        .entries(try log.list(after: last, isOpen: isOpen, limit: limit))
    }
}

private func note(_ arguments: Arguments, _ what: NoticeWish.What) throws -> Run {
    let id = try id(arguments)
    var account: AccountID?
    if let text = arguments.values["--account"] {
        account = AccountID(parsing: text)
        guard account != nil else {
            throw UsageError(text: "--account: expected an account's id, acc_…")
        }
    }
    let wish = NoticeWish(what, account: account)
    return { log throws(DisclosureLog.Failure) in .noted(try log.note(wish, on: id)) }
}

private func id(_ arguments: Arguments) throws(UsageError) -> DisclosureID {
    guard let id = DisclosureID(parsing: arguments.positionals[0]) else {
        throw UsageError(
            text: "expected a disclosure's id, dis_…, got \(arguments.positionals[0])")
    }
    return id
}

private func show(_ answer: Answer, _ arguments: Arguments) throws(StartError) -> Int32 {
    let isJSON = arguments.flags.contains("--json")
    switch answer {
    case .entries(let entries) where isJSON: try printJSON(.array(entries.map(encode)))
    case .entries(let entries):
        if !entries.isEmpty { try printLine(table(entries.map(row))) }
    case .file(let file) where isJSON: try printJSON(encode(file))
    case .file(let file):
        try printLine(table([row(file.entry)]))
        try printLine(table(file.people.map { [$0.account.text] + words($0.notice) }))
    case .noted(let count) where isJSON: try printJSON(["people": .integer(Int64(count))])
    case .noted(let count):
        complain("written down for \(count) people")
        return count > 0 ? Exit.done : Exit.failed
    }
    return Exit.done
}

private func row(_ entry: Disclosure) -> [String] {
    [
        entry.id.text, entry.disclosedAt.rfc3339(), entry.authority.text, entry.legalBasis.text,
        entry.scope.text, entry.reference.text,
    ]
}

private func words(_ notice: DisclosureNotice) -> [String] {
    switch notice {
    case .open: ["NOT TOLD, AND NO REASON"]
    case .silent(let reason): ["not told yet", reason.text]
    case .told(let at, let how): ["told \(at.rfc3339())", how.text]
    }
}

import Accounts
import Service
import Storage

/// `loquet privacy-policy add VERSION LOCALE=FILE… --effective DAY | list | show VERSION LOCALE
/// | accepted VERSION --reason TEXT`
func privacyPolicy(_ words: [String]) throws -> Int32 {
    guard let verb = words.first, let command = verbs[verb] else {
        throw UsageError(unknown: words.first, of: "privacy-policy", known: verbs.keys.sorted())
    }
    let arguments = try Arguments(
        Array(words.dropFirst()), values: storeOptions + command.options, flags: ["--json"],
        positionals: command.positionals)
    let prepared = try command.prepare(arguments)
    return try withNode(arguments) { node throws(StartError) in
        let result: Result<Int32, StartError>
        do throws(DatabaseError) {
            result = try prepared(PrivacyPolicies(node, actor: commandLineActor))
        } catch {
            throw .refused("the database: \(error)")
        }
        return try result.get()
    }
}

/// What a verb does once the store is open; the inner error is a refusal.
private typealias Run =
    (PrivacyPolicies) throws(DatabaseError) -> Result<Int32, StartError>

private struct Verb: Sendable {
    let positionals: ClosedRange<Int>
    var options: [String] = []
    /// Reads the command line and files before anything is opened.
    let prepare: @Sendable (Arguments) throws -> Run
}

private let verbs: [String: Verb] = [
    "add": Verb(
        positionals: 2...(1 + PrivacyPolicies.textsMax), options: ["--effective"], prepare: add),
    "list": Verb(positionals: 0...0, prepare: list),
    "show": Verb(positionals: 2...2, prepare: show),
    "accepted": Verb(positionals: 1...1, options: ["--reason"], prepare: accepted),
]

private func add(_ arguments: Arguments) throws -> Run {
    let version = try version(arguments.positionals[0])
    guard let text = arguments.values["--effective"], let effect = Timestamp(dayOrTime: text)
    else {
        throw UsageError(
            text:
                "--effective: expected the day or time from which on it counts, such as 2027-01-31")
    }
    var texts: [PrivacyPolicies.NewText] = []
    for argument in arguments.positionals.dropFirst() {
        let halves = argument.split(separator: "=", maxSplits: 1).map(String.init)
        guard halves.count == 2, let locale = LanguageTag(halves[0]),
            !texts.contains(where: { $0.locale == locale })
        else {
            throw UsageError(
                text:
                    "expected a language and its file, each language once, such as fr=policy.txt, "
                    + "got \(argument)")
        }
        let content: [UInt8]
        do {
            content = [UInt8](
                try readBoundedFile(halves[1], bytesMax: PrivacyPolicies.textBytesMax))
        } catch {
            throw UsageError(text: "cannot read \(halves[1]): \(error.reason)")
        }
        guard let new = PrivacyPolicies.NewText(locale: locale, content: content) else {
            throw UsageError(text: "\(halves[1]): expected a text in UTF-8 that is not empty")
        }
        texts.append(new)
    }
    return { [texts] policies throws(DatabaseError) in
        switch try policies.add(version, effectiveAt: effect, texts: texts) {
        case .added(let record), .isThere(let record):
            return written { () throws(StartError) in try show([record], nil, arguments) }
        case .isAnother:
            return .failure(
                .refused(
                    "\(version.text) is there with another text or date, and versions never change; "
                        + "give what has changed another version"))
        case .tooMany:
            return .failure(.refused("there are \(PrivacyPolicies.versionsMax) versions already"))
        }
    }
}

private func list(_ arguments: Arguments) throws -> Run {
    { policies throws(DatabaseError) in
        let all = try policies.all()
        return written { () throws(StartError) in
            try show(all.versions, all.current?.version, arguments)
        }
    }
}

private func show(_ arguments: Arguments) throws -> Run {
    let version = try version(arguments.positionals[0])
    guard let locale = LanguageTag(arguments.positionals[1]) else {
        throw UsageError(
            text: "expected \(LanguageTag.expected), got \(arguments.positionals[1])")
    }
    return { policies throws(DatabaseError) in
        guard let content = try policies.content(of: version, in: locale) else {
            return .failure(.refused("there is no \(version.text) in \(locale.text)"))
        }
        return written { () throws(StartError) in
            guard writeAll(content, to: 1) else {
                throw .refused("standard output cannot be written")
            }
        }
    }
}

private func accepted(_ arguments: Arguments) throws -> Run {
    let version = try version(arguments.positionals[0])
    guard let reason = arguments.values["--reason"].flatMap(Remark.init) else {
        throw UsageError(text: "--reason: expected why this is read: \(Remark.expected)")
    }
    return { policies throws(DatabaseError) in
        var last: AccountID?
        while true {
            let page = try policies.acceptances(
                of: version, after: last, countMax: PrivacyPolicies.pageMax, reason: reason)
            guard let page else {
                return .failure(.refused("there is no privacy policy \(version.text)"))
            }
            let shown = written { () throws(StartError) in try show(page, arguments) }
            guard case .success = shown, page.count == PrivacyPolicies.pageMax else { return shown }
            last = page.last?.account
        }
    }
}

private func version(_ text: String) throws(UsageError) -> PolicyVersion {
    guard let version = PolicyVersion(text) else {
        throw UsageError(text: "expected \(PolicyVersion.expected), got \(text)")
    }
    return version
}

private func written(_ body: () throws(StartError) -> Void) -> Result<Int32, StartError> {
    do throws(StartError) {
        try body()
        return .success(Exit.done)
    } catch {
        return .failure(error)
    }
}

private func show(
    _ records: [PrivacyPolicyStore.Record], _ current: PolicyVersion?, _ arguments: Arguments
) throws(StartError) {
    if arguments.flags.contains("--json") {
        let values = records.map { encode($0, isCurrent: $0.version == current) }
        return try printLine(String(decoding: JSONValue.array(values).bytes, as: UTF8.self))
    }
    let rows = records.flatMap { record in
        record.texts.map { text in
            [
                record.version.text, "from \(record.effectiveAt.rfc3339())", text.locale.text,
                hexadecimal(text.digest),
                record.version == current ? "in effect" : "",
            ]
        }
    }
    if !rows.isEmpty { try printLine(table(rows)) }
}

/// One a line, in both forms: a version is accepted by as many people as there are.
private func show(
    _ page: [PrivacyPolicyStore.Acceptance], _ arguments: Arguments
) throws(StartError) {
    for acceptance in page {
        try printLine(
            arguments.flags.contains("--json")
                ? String(decoding: encode(acceptance).bytes, as: UTF8.self)
                : table([
                    [
                        acceptance.account.text, acceptance.at.rfc3339(), acceptance.locale.text,
                        acceptance.channel.rawValue, acceptance.evidence?.text ?? "",
                    ]
                ]))
    }
}

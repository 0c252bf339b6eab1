import Accounts
import Glibc
import Incidents
import Service
import Storage

/// `loquet incidents …`: the register, what people do with an incident, its dossier and whose accounts
/// it concerns. Every step is audited; what reads accounts asks for a reason.
func incidents(_ words: [String]) throws -> Int32 {
    let known = IncidentVerb.allCases.map(\.rawValue)
    guard let word = words.first, let verb = IncidentVerb(rawValue: word) else {
        throw UsageError(unknown: words.first, of: "incidents", known: known)
    }
    let arguments = try Arguments(
        Array(words.dropFirst()), values: storeOptions + verb.options,
        flags: ["--json"] + verb.flags, positionals: verb.positionals)
    let request = try IncidentRequest(verb, arguments)
    return try withNode(arguments) { node throws(StartError) in
        let book = IncidentBook(node, actor: commandLineActor)
        let answer: IncidentAnswer
        do throws(IncidentBook.Failure) {
            answer = try request.run(book)
        } catch {
            throw .refused(error.text)
        }
        let isJSON = arguments.flags.contains("--json")
        let text =
            isJSON || request.isForPrograms
            ? String(decoding: answer.json.bytes, as: UTF8.self)
            : answer.text(at: node.clock())
        guard let output = arguments.values["--output"] else {
            if !text.isEmpty { try printLine(text) }
            return Exit.done
        }
        let file = try OutputFile(output)
        guard writeAll(Array((text + "\n").utf8), to: file.descriptor) else {
            throw .refused("the dossier cannot be written: \(systemReason())")
        }
        complain("written to \(output)")
        return Exit.done
    }
}

enum IncidentVerb: String, CaseIterable, Sendable {
    case list, show, report, confirm, dismiss, notified, close, note, dossier, affected

    var options: [String] {
        switch self {
        case .list: ["--state", "--after", "--max"]
        case .report: ["--processor", "--at"]
        case .confirm: ["--reason", "--at"]
        case .dismiss, .close: ["--reason"]
        case .notified: ["--audience", "--at", "--reason"]
        case .dossier: ["--format", "--version", "--output"]
        case .affected: ["--reason", "--after", "--max"]
        case .show, .note: []
        }
    }

    var flags: [String] {
        switch self {
        case .notified: ["--waived"]
        case .dossier: ["--save", "--versions"]
        default: []
        }
    }

    var positionals: ClosedRange<Int> {
        switch self {
        case .list: 0...0
        case .note: 3...3
        default: 1...1
        }
    }
}

/// What was asked for, already right.
enum IncidentRequest: Sendable {
    case list(state: IncidentState?, after: IncidentID?, max: Int)
    case show(IncidentID)
    case report(String, processor: String, since: Timestamp?)
    /// The step is made from the present.
    case step(IncidentID, @Sendable (Timestamp) -> IncidentStep, reason: String)
    case note(IncidentID, DossierField, String?)
    case dossier(IncidentID, version: Int64?, isPage: Bool)
    case save(IncidentID)
    case versions(IncidentID)
    case affected(IncidentID, after: AccountID?, max: Int, reason: String)

    /// Whether it is shown as JSON without being asked.
    var isForPrograms: Bool {
        if case .dossier(_, _, let isPage) = self { !isPage } else { false }
    }

    init(_ verb: IncidentVerb, _ arguments: Arguments) throws(UsageError) {
        if verb == .list {
            self = .list(
                state: try arguments.state(), after: try arguments.incident("--after"),
                max: try arguments.number(
                    "--max", in: IncidentBook.pageRange, unless: IncidentBook.pageDefault))
            return
        }
        if verb == .report {
            let text = arguments.positionals[0]
            guard let summary = DossierField.description.value(parsing: text) else {
                throw UsageError(
                    text: "the report: expected \(DossierField.description.expected)")
            }
            self = .report(
                summary, processor: try arguments.short("--processor") ?? "",
                since: try arguments.time("--at"))
            return
        }
        let text = arguments.positionals[0]
        guard let id = IncidentID(parsing: text) else {
            throw UsageError(text: "expected the id of an incident, inc_…, got \(text)")
        }
        self = try Self.about(id, verb, arguments)
    }

    private static func about(
        _ id: IncidentID, _ verb: IncidentVerb, _ arguments: Arguments
    ) throws(UsageError) -> IncidentRequest {
        switch verb {
        case .list, .report, .show: return .show(id)
        case .confirm:
            let at = try arguments.time("--at")
            return .step(
                id, { .confirmed(awareAt: at ?? $0) }, reason: try arguments.reason())
        case .dismiss: return .step(id, { _ in .dismissed }, reason: try arguments.reason())
        case .close: return .step(id, { _ in .closed }, reason: try arguments.reason())
        case .notified: return try notified(id, arguments)
        case .note: return try note(id, arguments)
        case .dossier: return try dossier(id, arguments)
        case .affected:
            var after: AccountID?
            if let text = arguments.values["--after"] {
                after = AccountID(parsing: text)
                guard after != nil else {
                    throw UsageError(text: "--after: expected the id of an account, acc_…")
                }
            }
            return .affected(
                id, after: after,
                max: try arguments.number(
                    "--max", in: IncidentBook.accountsRange, unless: IncidentBook.accountsDefault),
                reason: try arguments.reason())
        }
    }

    private static func notified(
        _ id: IncidentID, _ arguments: Arguments
    ) throws(UsageError) -> IncidentRequest {
        let word = arguments.values["--audience"] ?? ""
        let at = try arguments.time("--at")
        let audience = IncidentAudience(rawValue: word)
        if arguments.flags.contains("--waived") {
            guard let audience else {
                throw UsageError(text: "--audience: expected authority or people with --waived")
            }
            return .step(id, { _ in .waived(audience) }, reason: try arguments.reason())
        }
        let reason = try arguments.short("--reason") ?? ""
        if let audience { return .step(id, { .told(audience, at: at ?? $0) }, reason: reason) }
        guard word == "processor" else {
            throw UsageError(
                text: "--audience: expected authority, people, or processor for a processor that "
                    + "told us")
        }
        return .step(id, { .processorTold(at: at ?? $0) }, reason: reason)
    }

    private static func note(
        _ id: IncidentID, _ arguments: Arguments
    ) throws(UsageError) -> IncidentRequest {
        let name = arguments.positionals[1]
        let text = arguments.positionals[2]
        guard let field = DossierField(rawValue: name) else {
            let known = DossierField.allCases.map(\.rawValue)
            let guess = nearest(to: name, in: known).map { "; did you mean \($0)?" } ?? ""
            throw UsageError(
                text: "there is no field \(name)\(guess); expected one of "
                    + known.joined(separator: ", "))
        }
        if text.isEmpty { return .note(id, field, nil) }
        guard let value = field.value(parsing: text) else {
            throw UsageError(text: "\(name): expected \(field.expected)")
        }
        return .note(id, field, value)
    }

    private static func dossier(
        _ id: IncidentID, _ arguments: Arguments
    ) throws(UsageError) -> IncidentRequest {
        if arguments.flags.contains("--save") { return .save(id) }
        if arguments.flags.contains("--versions") { return .versions(id) }
        let format = arguments.values["--format"] ?? "json"
        guard ["json", "html"].contains(format) else {
            throw UsageError(text: "--format: expected json or html, got \(format)")
        }
        let version = arguments.values["--version"].map { Int64($0) }
        if let version, version.map({ $0 < 1 }) ?? true {
            throw UsageError(text: "--version: expected the number of a version")
        }
        return .dossier(id, version: version.flatMap { $0 }, isPage: format == "html")
    }

    func run(_ book: IncidentBook) throws(IncidentBook.Failure) -> IncidentAnswer {
        switch self {
        case .list(let state, let after, let max):
            return .list(try book.list(state: state, after: after, limit: max))
        case .show(let id): return .file(try book.file(id))
        case .report(let summary, let processor, let since):
            return .record(try book.report(summary, processor: processor, since: since))
        case .step(let id, let step, let reason):
            return .record(try book.take(step(book.now), on: id, because: reason))
        case .note(let id, let field, let value):
            try book.note([field: value], on: id)
            return .done
        case .dossier(let id, let version?, let isPage):
            return .dossier(try book.dossier(id, version: version), isPage: isPage)
        case .dossier(let id, nil, let isPage):
            return .dossier(try book.dossier(id), isPage: isPage)
        case .save(let id): return .versions([try book.saveDossier(id)])
        case .versions(let id): return .versions(try book.versions(of: id))
        case .affected(let id, let after, let max, let reason):
            return .affected(
                try book.affected(id, after: after, limit: max, because: reason))
        }
    }
}

extension Arguments {
    fileprivate func state() throws(UsageError) -> IncidentState? {
        guard let text = values["--state"] else { return nil }
        guard let state = IncidentState(rawValue: text) else {
            let known = IncidentState.allCases.map(\.rawValue).joined(separator: ", ")
            throw UsageError(text: "--state: expected one of \(known), got \(text)")
        }
        return state
    }

    fileprivate func incident(_ option: String) throws(UsageError) -> IncidentID? {
        guard let text = values[option] else { return nil }
        guard let id = IncidentID(parsing: text) else {
            throw UsageError(text: "\(option): expected the id of an incident, inc_…, got \(text)")
        }
        return id
    }

    fileprivate func time(_ option: String) throws(UsageError) -> Timestamp? {
        guard let text = values[option] else { return nil }
        guard let time = Timestamp(rfc3339: text) else {
            throw UsageError(
                text: "\(option): expected a time as 2026-11-22T22:04:31Z, got \(text)")
        }
        return time
    }

    fileprivate func short(_ option: String) throws(UsageError) -> String? {
        guard let text = values[option] else { return nil }
        guard let short = IncidentBook.reason(parsing: text) else {
            throw UsageError(
                text: "\(option): expected at most \(IncidentBook.reasonMax) characters on one line"
            )
        }
        return short
    }

    fileprivate func reason() throws(UsageError) -> String {
        guard let reason = try short("--reason"), !reason.isEmpty else {
            throw UsageError(text: "say why with --reason TEXT")
        }
        return reason
    }
}

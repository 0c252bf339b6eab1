import Glibc
import Service
import Storage

/// `loquet accounts import FILE [--dry-run] [--errors FILE] [--application ID] [--memory-kib N] [--json]`:
/// exit 1 when a line was refused.
func accounts(_ words: [String]) throws -> Int32 {
    guard words.first == "import" else { return try accountAdministration(words) }
    let arguments = try Arguments(
        Array(words.dropFirst()),
        values: storeOptions + ["--errors", "--application", "--memory-kib"],
        flags: ["--dry-run", "--json"], positionals: 1...1)
    let path = arguments.positionals[0]
    let memoryKiB = try memory(arguments.values["--memory-kib"])
    let file: LineFile
    do {
        file = try LineFile(path, lineBytesMax: ImportLine.bytesMax)
    } catch {
        throw UsageError(text: "cannot read \(path): \(error.reason)")
    }
    var errors = try LineErrors(arguments.values["--errors"], besides: file)
    let configuration = try arguments.configuration()
    let database = try openStore(configuration)
    defer { database.close() }
    let isDryRun = arguments.flags.contains("--dry-run")
    let work = try AccountImport(
        database, dataDirectory: configuration.data, actor: commandLineActor,
        rules: .init(
            application: try application(arguments.values["--application"], database),
            memoryKiBMax: try AccountImport.memoryKiBMax(
                asked: memoryKiB, configuration, database), isDryRun: isDryRun))
    var bar = TerminalBar()
    defer { bar.clear() }
    let outcome = try work.run(
        file,
        refuse: { number, error throws(StartError) in try errors.add(number, error) },
        progress: { progress in
            bar.show(
                Int64(progress.bytesDone), of: Int64(progress.bytesTotal),
                "\(progress.lines) lines")
        })
    bar.clear()
    if arguments.flags.contains("--json") {
        try printLine(String(decoding: json(outcome, isDryRun).bytes, as: UTF8.self))
    } else {
        let families = outcome.families.sorted { $0.key < $1.key }
            .map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        try printLine(
            "\(isDryRun ? "would import" : "imported") \(outcome.imported) of \(outcome.lines) lines"
                + (families.isEmpty ? "" : " (\(families))")
                + "; \(outcome.present) were there, \(outcome.refused) are refused")
    }
    errors.end()
    return outcome.refused == 0 ? Exit.done : Exit.failed
}

/// Where no application is named and there is one alone, it is meant.
private func application(
    _ id: String?, _ database: any Database
) throws(StartError) -> String? {
    if let id { return id }
    let now = systemTime()
    let valid = try APIKeys(database, actor: commandLineActor).list(.application)
        .filter { $0.isValid(at: now) }
    return valid.count == 1 ? valid[0].id : nil
}

private func memory(_ text: String?) throws(UsageError) -> UInt32? {
    guard let text else { return nil }
    guard let number = UInt32(text), (8...1_048_576).contains(number) else {
        throw UsageError(
            text: "--memory-kib: expected a whole number of KiB, 8 ... 1048576, got \(text)")
    }
    return number
}

private func json(_ outcome: AccountImport.Outcome, _ isDryRun: Bool) -> JSONValue {
    [
        "dry_run": .boolean(isDryRun), "lines": .integer(Int64(outcome.lines)),
        "imported": .integer(Int64(outcome.imported)),
        "present": .integer(Int64(outcome.present)),
        "refused": .integer(Int64(outcome.refused)),
        "schemes": .object(
            outcome.families.sorted { $0.key < $1.key }.map {
                .init(name: $0.key, value: .integer(Int64($0.value)))
            }),
    ]
}

/// Refused lines: all of them in a file, one JSON object a line, or the first few on standard error.
private struct LineErrors: ~Copyable {
    /// Kept in the file; the rest is counted. By then the file is another one than was meant.
    private static let keptMax = 100_000
    /// Shown where there is no file.
    private static let shownMax = 20

    private let path: String?
    private let descriptor: Int32
    private var count = 0

    /// - Throws: when the file cannot be written, or is the one that is imported.
    init(_ path: String?, besides input: LineFile) throws(UsageError) {
        self.path = path
        guard let path else {
            descriptor = -1
            return
        }
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw UsageError(text: "--errors: cannot write \(path): \(systemReason())")
        }
        // Emptied only now: it must not be what is to be read.
        guard !input.isSame(as: descriptor), ftruncate(descriptor, 0) == 0 else {
            close(descriptor)
            throw UsageError(text: "--errors: expected another file than the one that is imported")
        }
        self.descriptor = descriptor
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    mutating func add(_ number: Int, _ error: ImportLineError) throws(StartError) {
        count += 1
        guard descriptor >= 0 else {
            if count <= Self.shownMax {
                complain("line \(number): \(error.field): expected \(error.expected)")
            }
            return
        }
        guard count <= Self.keptMax else { return }
        let value: JSONValue = [
            "line": .integer(Int64(number)), "field": .string(error.field),
            "expected": .string(error.expected),
        ]
        guard writeAll(value.bytes + [0x0A], to: descriptor) else {
            throw .refused("--errors: \(systemReason())")
        }
    }

    func end() {
        if let path {
            if count > Self.keptMax {
                complain("\(path) holds the first \(Self.keptMax) of \(count) refused lines")
            }
        } else if count > Self.shownMax {
            complain("\(count - Self.shownMax) more; --errors FILE keeps them")
        }
    }
}

import Accounts
import Foundation
import Incidents
import Passwords
import Secrets
import Service
import Storage

/// How fast the detectors fold, what they hold at worst, and what a sign-in costs the detection worker
/// beside its hash.
func measureDetection() throws {
    let count = 1_000_000
    // The worst first: memory that was given back would be taken again unseen.
    for (name, make) in [("the worst", worst), ("a flood", flood), ("a usual day", usual)] {
        let moments = (0..<count).map(make)
        let before = memoryMiB()
        var detectors = Detectors()
        var findings = 0
        let folding = ContinuousClock().measure {
            for moment in moments {
                findings += detectors.observe(moment.attempt, at: moment.at).count
            }
        }
        let held = memoryMiB() - before
        print(
            String(
                format: "%@ fold    %9.0f events/s  %6d findings%@", padded(name) as NSString,
                Double(count) / (folding / .seconds(1)), findings,
                (held > 1 ? String(format: "  %.0f MiB", held) : "") as NSString))
        try replay(name, moments)
    }
    try measureWorker()
}

private typealias Moment = (at: Timestamp, attempt: SignInAttempt)

/// Nine in ten sign in, from 65 536 addresses, at twenty a second.
private func usual(_ index: Int) -> Moment {
    var random = SplitMix(UInt64(index))
    let person = Int(random.next() % 100_000)
    let isSuccess = random.next() % 10 > 0
    return moment(
        index, every: .milliseconds(50), isSuccess ? .success : .failure, account: person,
        place: Int(random.next() % 65_536), tag: isSuccess ? nil : random.next())
}

/// A million accounts from a million addresses, each with a password of its own.
private func flood(_ index: Int) -> Moment {
    var random = SplitMix(UInt64(index))
    return moment(
        index, every: .milliseconds(20), index % 2 == 0 ? .failure : .unknownAccount,
        account: index, place: Int(random.next() % 0xE000_0000), tag: UInt64(index))
}

/// Fills every table with as much as each of its entries may hold, all of it flagged: 20 000 accounts
/// with 50 passwords, 16 384 passwords on 60 accounts, 8 192 sources with 100 accounts.
private func worst(_ index: Int) -> Moment {
    let source = index / 100 % 8_192
    return moment(
        index, every: .milliseconds(3), .failure, account: index % 20_000,
        place: 0x0A00_0000 + source / 2 * 256 + source % 2, tag: UInt64(index % 16_384))
}

private func moment(
    _ index: Int, every interval: Duration, _ outcome: SignInOutcome, account: Int, place: Int,
    tag: UInt64?
) -> Moment {
    let digest = Digest.sha256(of: Array("\(account)".utf8))
    let tags = tag.flatMap { PasswordTag(stored: Int64($0 % PasswordTag.valuesMax)) }
    return (
        Timestamp(seconds: 1_800_000_000) + interval * index,
        SignInAttempt(
            outcome: outcome,
            account: outcome == .unknownAccount
                ? .unknown(UnknownID(locator: digest))
                : .known(AccountID(bytes: Array(digest.bytes[..<16]))),
            source: SourceAddress(bits: 0xFFFF << 32 | UInt128(place)),
            tags: tags.map { [PasswordTags(current: $0, previous: $0)] } ?? [])
    )
}

/// The same as lines of a file.
private func replay(_ name: String, _ moments: [Moment]) throws {
    let lines = moments.map { moment in
        let account = String(moment.attempt.account.bits, radix: 36)
        let tag =
            moment.attempt.tags.first.map { ",\"password_tag\":\"\($0.current.value)\"" } ?? ""
        return Array(
            """
            {"time":"\(moment.at.rfc3339(.milliseconds))",\
            "outcome":"\(moment.attempt.outcome.rawValue)","account":"\(account)",\
            "source":"\(moment.attempt.source?.text ?? "")"\(tag)}
            """.utf8)
    }
    var replay = DetectReplay(.standard)
    let elapsed = try ContinuousClock().measure {
        for line in lines { _ = replay.take(try SignInLine(line[...])) }
    }
    print(
        String(
            format: "%@ replay  %9.0f events/s", padded(name) as NSString,
            Double(lines.count) / (elapsed / .seconds(1))))
}

/// What the worker does for one row: read, fold, mark, commit with others; on SQLite.
private func measureWorker() throws {
    let folder = FileManager.default.temporaryDirectory
        .appendingPathComponent("loquet-bench-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    var configuration = Configuration()
    configuration.listen = "127.0.0.1:0"
    configuration.metricsListen = nil
    configuration.data = folder.path
    let log = Log(clock: systemTime)
    let directory = try DataDirectory(configuration)
    try directory.prepare()
    let database = try directory.openMigrating(log: log, onFatal: { fatalError($0) })
    try Initialisation(directory: directory, database: database, actor: "cli:0")
        .run(archiveCertificate: nil) { _ in }
    let rows = 20_000
    try database.transaction { transaction throws(DatabaseError) in
        for index in 0..<rows {
            let moment = usual(index)
            let id = EventID(at: moment.at, random: SystemRandom.bytes(count: 10)).text
            try SignInStore.append(
                moment.attempt, id: id, application: "bench", at: moment.at, transaction)
        }
    }
    let began = ContinuousClock.now
    let daemon = try NodeStart(configuration, log: log).start(on: database)
    var left: Int64? = Int64(rows)
    while left != 0 {
        usleep(5_000)
        left = try database.read { reader throws(DatabaseError) in
            try reader.first("SELECT count(*) FROM sign_in WHERE folded < attempts") {
                row throws(DatabaseError) in try row.int64(0)
            }
        }
    }
    // The worker's first round comes after its pause of a second.
    let perRow = max(.zero, ContinuousClock.now - began - .seconds(1)) / rows
    daemon.stop()
    let hash = try hashTime(configuration)
    print(
        String(
            format: "worker        %.3f ms a sign-in, %.2f %% of the %.0f ms of its hash",
            perRow / .milliseconds(1), 100 * (perRow / hash), hash / .milliseconds(1)))
}

private func hashTime(_ configuration: Configuration) throws -> Duration {
    let cost = try HashCost(
        memoryKiB: configuration.hashing.memoryKiB, passes: configuration.hashing.passes,
        parallelism: configuration.hashing.parallelism)
    var arena = try Argon2Arena(for: cost)
    let engine = try Argon2Engine.chosen(configuration.hashing.engine)
    let password = Array("Un-Cheval-1815".utf8)
    let salt = SystemRandom.bytes(count: 16)
    let clock = ContinuousClock()
    return try (0..<5).map { _ in
        try clock.measure {
            _ = try Argon2id.hash(
                password: password.span, salt: salt.span, secret: salt.span,
                associatedData: [UInt8]().span, cost: cost, tagCount: 32, by: engine, in: &arena)
        }
    }.min() ?? .zero
}

private func padded(_ name: String) -> String {
    name.padding(toLength: 13, withPad: " ", startingAt: 0)
}

/// Resident memory.
private func memoryMiB() -> Double {
    let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
    let pages = text.split(separator: " ").dropFirst().first.flatMap { Double($0) } ?? 0
    return pages * Double(sysconf(Int32(_SC_PAGESIZE))) / 1_048_576
}

/// SplitMix64, so that every run folds the same.
private struct SplitMix {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}

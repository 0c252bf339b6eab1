import Accounts
import Foundation
import Passwords
import Secrets
import Service
import Storage

struct RetentionOptions {
    static let usage = "[--accounts N] [--closures N]"

    /// Closed accounts whose time is over, 1 ... 10_000_000.
    let accounts: Int
    /// Accounts that nobody used and that were warned, 0 ... 10_000_000.
    let closures: Int

    init(_ words: [String]) throws(OptionError) {
        let words = try OptionWords(words, known: ["--accounts", "--closures"])
        accounts = try words.number("--accounts", in: 1...10_000_000, unless: 1_000_000)
        closures = try words.number("--closures", in: 0...10_000_000, unless: 100_000)
    }
}

/// Retention on SQLite, as `loquet retention run` does it: closes what nobody uses, and erases closed
/// accounts, each with a sealed record, a tombstone, three proofs and an event. How quick, and how much
/// memory.
func measureRetention(_ options: RetentionOptions) throws {
    try withNewStore { try measureRetention(on: $0, options) }
}

private func measureRetention(on node: Node, _ options: RetentionOptions) throws {
    let filler = RetentionFiller(node: node)

    complain("writing \(options.closures) accounts that nobody used")
    try filler.write(options.closures, from: 0, filler.unused)
    let closing = try timed(node, "closed") { $0.closed }
    guard closing.tally.closed == options.closures else {
        throw BenchError(text: "\(closing.tally.closed) of \(options.closures) were closed")
    }
    complain("writing \(options.accounts) closed accounts whose time is over")
    try filler.write(options.accounts, from: options.closures, filler.closed)
    let erasing = try timed(node, "erased") { $0.accounts }
    guard erasing.tally.accounts == options.accounts else {
        throw BenchError(text: "\(erasing.tally.accounts) of \(options.accounts) were erased")
    }
    print("            accounts   seconds   a second   resident MiB before, at most")
    for (name, count, run) in [
        ("closed", options.closures, closing), ("erased", options.accounts, erasing),
    ] {
        print(
            "\(name)  \(String(format: "%12d %9.1f %10.0f", count, run.seconds, Double(count) / run.seconds))"
                + "   \(run.before / 1_048_576), \(run.peak / 1_048_576)")
    }
}

private struct Timed {
    let tally: RetentionRun.Tally
    let seconds: Double
    /// Bytes resident.
    let before: Int
    let peak: Int
}

private func timed(
    _ node: Node, _ word: String, _ count: (RetentionRun.Tally) -> Int64
) throws -> Timed {
    let before = residentBytes()
    var peak = before
    let start = ContinuousClock.now
    var run = RetentionRun(node, actor: "bench")
    var steps = 0
    while !run.isDone {
        try run.step()
        steps += 1
        peak = max(peak, residentBytes())
        if steps % 200 == 0 { complain("\(count(run.tally)) \(word)") }
    }
    let elapsed = ContinuousClock.now - start
    return Timed(
        tally: run.tally, seconds: elapsed / .seconds(1), before: before, peak: peak)
}

/// Writes accounts by arithmetic on their number, without hashing or sealing anything.
private struct RetentionFiller {
    let node: Node

    typealias Writer = (Int, AccountID, Digest, borrowing Transaction) throws(DatabaseError) -> Void

    func write(_ count: Int, from first: Int, _ writer: Writer) throws {
        for begin in stride(from: first, to: first + count, by: 2_000) {
            try node.database.transaction { transaction throws(DatabaseError) in
                for number in begin..<min(first + count, begin + 2_000) {
                    let digest = Digest.sha256(of: Array("account \(number)".utf8))
                    let id = AccountID(bytes: Array(digest.bytes.prefix(16)))
                    try writer(number, id, digest, transaction)
                }
            }
        }
    }

    /// Last used two and a half years ago, warned two months ago.
    func unused(
        _ number: Int, _ id: AccountID, _ locator: Digest, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        let now = node.clock()
        let used = now - .days(913)
        try transaction.execute(
            """
            INSERT INTO account (id, state, version, application, created_at_us, changed_at_us,
                used_at_us, warned_at_us)
            VALUES (\(id), 'active', 1, 'bench', \(used), \(used), \(used), \(now - .days(60)))
            """)
        try transaction.execute(
            """
            INSERT INTO identifier (locator, key_id, account_id, is_live)
            VALUES (\(locator), \(node.keys.current(.identifier).id.text), \(id), TRUE)
            """)
        try transaction.execute(
            """
            INSERT INTO profile (account_id, email, display_name)
            VALUES (\(id), \("p\(number)@example.com"), NULL)
            """)
    }

    /// Closed more than five years ago.
    func closed(
        _ number: Int, _ id: AccountID, _ locator: Digest, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        let closed = node.clock() - .days(2_000) - .seconds(Int64(number % 86_400))
        let rule = node.retention.rule(for: .civilClaims, at: closed)
        try transaction.execute(
            """
            INSERT INTO account (id, state, state_time_us, version, application, created_at_us,
                changed_at_us)
            VALUES (\(id), 'closed', \(closed), 2, 'bench', \(closed), \(closed))
            """)
        try transaction.execute(
            """
            INSERT INTO identifier (locator, key_id, account_id, is_live, erase_after_us)
            VALUES (\(locator), \(node.keys.current(.identifier).id.text), \(id), FALSE,
                \(closed.adding(months: 36)))
            """)
        try transaction.execute(
            """
            INSERT INTO sealed_record (id, account_id, category, basis, erase_after_us, sealed,
                digest, archive_key, sealed_at_us)
            SELECT \(SealedRecordID(bytes: Array(locator.bytes.suffix(16)))), \(id), \(rule.name),
                \(rule.basis), \(rule.eraseAfter(closedAt: closed)), \([UInt8](repeating: 7, count: 900)),
                \(locator), fingerprint, \(closed)
            FROM archive_certificate LIMIT 1
            """)
    }
}

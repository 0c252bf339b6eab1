import Accounts
import Foundation
import Passwords
import Secrets
import Service
import Storage

struct AuditOptions {
    static let usage = "[--accounts N] [--html FILE]"

    /// 1 ... 10_000_000.
    let accounts: Int
    /// Where the report goes as a page, to be looked at.
    let htmlPath: String?

    init(_ words: [String]) throws(OptionError) {
        let words = try OptionWords(words, known: ["--accounts", "--html"])
        accounts = try words.number("--accounts", in: 1...10_000_000, unless: 1_000_000)
        htmlPath = words.text("--html")
    }
}

/// An audit of a million accounts on SQLite: how long, how much memory, and whether every number of the
/// report is the one that a query counts.
///
/// Verdicts are sealed, so no query can count them: what is sealed is also written in clear, into a
/// table that the program does not know, and that is what the queries count.
func measureAudit(_ options: AuditOptions) throws {
    try withNewStore { try measureAudit(on: $0, options) }
}

private func measureAudit(on node: Node, _ options: AuditOptions) throws {
    let count = options.accounts
    complain("writing \(count) accounts")
    try fill(node, count)
    let before = residentBytes()
    var peak = before
    let start = ContinuousClock.now
    var pages = 0
    let report = try PasswordAudit(node).run(progress: { _ in
        pages += 1
        if pages % 50 == 0 { peak = max(peak, residentBytes()) }
    })
    let elapsed = ContinuousClock.now - start
    peak = max(peak, residentBytes())
    if let path = options.htmlPath {
        try Data(report.html.utf8).write(to: URL(fileURLWithPath: path))
    }
    let differences = try compared(report, node.database)
    let perSecond = Double(count) / (elapsed / .seconds(1))
    print(
        """
        accounts            \(count)
        seconds             \(String(format: "%.1f", elapsed / .seconds(1)))
        accounts a second   \(Int(perSecond))
        resident MiB        \(before / 1_048_576) before, \(peak / 1_048_576) at most during the audit
        numbers compared    \(differences.compared), different: \(differences.wrong.count)
        """)
    guard differences.wrong.isEmpty else {
        throw BenchError(text: differences.wrong.prefix(10).joined(separator: "; "))
    }
}

/// Accounts of every kind that a report tells apart, by arithmetic on their number.
private func fill(_ node: Node, _ count: Int) throws {
    let tag = String(repeating: "A", count: 43)
    let salt = String(repeating: "A", count: 22)
    let pepper = try node.database.read { reader throws(DatabaseError) in
        try reader.first(
            "SELECT id FROM service_key WHERE purpose = 'pepper' AND is_current"
        ) { row throws(DatabaseError) in try row.text(0) } ?? ""
    }
    guard let pepperID = PepperID(bytes: Array(KeyID(text: pepper)?.bytes ?? [])) else {
        throw BenchError(text: "the store names no pepper")
    }
    let today = try StoredHash.decoy(
        cost: node.cost,
        pepper: Pepper(id: pepperID, key: .init(copying: [UInt8](repeating: 0, count: 32)))
    ).text
    let old = "$argon2id$v=19$m=19456,t=2,p=1$\(salt)$\(tag)"
    _ = try node.database.transaction { transaction throws(DatabaseError) in
        try transaction.execute(
            """
            CREATE TABLE bench_plain (
                account_id TEXT NOT NULL PRIMARY KEY, judged BIGINT NOT NULL, bits BIGINT NOT NULL,
                listed BIGINT NOT NULL
            )
            """)
    }
    let now = systemTime()
    for start in stride(from: 0, to: count, by: 5_000) {
        try node.database.transaction { transaction throws(DatabaseError) in
            for number in start..<min(count, start + 5_000) {
                try insert(
                    number, phc: number % 7 == 0 ? old : today, at: now, node, transaction)
            }
        }
    }
}

private func insert(
    _ number: Int, phc: String, at now: Timestamp, _ node: Node,
    _ transaction: borrowing Transaction
) throws(DatabaseError) {
    // Spread over the key space, as random ids are.
    let mixed = UInt64(number) &* 0x9E37_79B9_7F4A_7C15
    let bytes = (0..<8).map { UInt8(truncatingIfNeeded: mixed >> UInt64(56 - 8 * $0)) }
    let id = AccountID(bytes: bytes + bytes)
    let registered = now - .days(Int64(number % 1_500))
    let application = "app_\(number % 12)"
    try transaction.execute(
        """
        INSERT INTO account (id, state, version, application, created_at_us, changed_at_us)
        VALUES (\(id), 'active', 1, \(application), \(registered), \(registered))
        """)
    try transaction.execute(
        """
        INSERT INTO password (account_id, phc, memory_kib, version, must_change, set_at_us)
        VALUES (\(id), \(phc), 65536, 1, \(number % 31 == 0), \(registered))
        """)
    guard number % 10 != 0 else { return }
    let broken = PasswordViolation.allCases.enumerated().compactMap { place, rule in
        number % (place + 13) == 0 ? rule : nil
    }
    let isJudged = number % 9 != 0
    let isListed = number % 17 == 0
    let vector = VerdictVector(
        time: registered,
        inForce: RuleVerdict(
            policy: node.policy.name, version: isJudged ? node.policy.version : 900,
            broken: broken),
        candidate: nil, corpus: VerdictVector.Corpus(version: "bench", isListed: isListed))
    do {
        try VerdictStore.save(
            try node.verdictSeals.seal(vector, of: id), of: id, transaction)
    } catch let error as DatabaseError {
        throw error
    } catch {
        throw .refused("a verdict cannot be sealed")
    }
    let bits = broken.reduce(0) { bits, rule in
        bits | 1 << (PasswordViolation.allCases.firstIndex(of: rule) ?? 0)
    }
    try transaction.execute(
        """
        INSERT INTO bench_plain (account_id, judged, bits, listed)
        VALUES (\(id), \(isJudged ? 1 : 0), \(bits), \(isListed ? 1 : 0))
        """)
}

/// Every number of overview, reasons, rules and applications against its query.
private func compared(
    _ report: AuditReport, _ database: any Database
) throws -> (compared: Int, wrong: [String]) {
    var wrong: [String] = []
    var compared = 0
    let check = { (name: String, value: Int, sql: SQL) in
        let found = try database.read { reader throws(DatabaseError) in
            try reader.first(sql) { row throws(DatabaseError) in try row.int64(0) }
        }
        compared += 1
        if found != Int64(value) { wrong.append("\(name): \(value), SQL \(found ?? -1)") }
    }
    let unusedBefore = systemTime() - PasswordAudit.unusedAfterDefault
    try check("accounts", report.accounts.accounts, "SELECT count(*) FROM account")
    try check(
        "compliant", report.accounts.compliant,
        "SELECT count(*) FROM bench_plain WHERE judged = 1 AND bits = 0")
    try check(
        "non_compliant", report.accounts.nonCompliant,
        "SELECT count(*) FROM bench_plain WHERE judged = 1 AND bits <> 0")
    try check(
        "unknown", report.accounts.unknown,
        """
        SELECT count(*) FROM account a WHERE NOT EXISTS (
            SELECT 1 FROM bench_plain b WHERE b.account_id = a.id AND b.judged = 1)
        """)
    try check(
        "below_cost", report.accounts.belowCost,
        "SELECT count(*) FROM password WHERE phc LIKE '%m=19456%'")
    try check(
        "breached", report.accounts.breached,
        "SELECT count(*) FROM bench_plain WHERE listed = 1")
    try check(
        "unused", report.accounts.unused,
        "SELECT count(*) FROM account WHERE created_at_us <= \(unusedBefore)")
    try check(
        "without_verdict", report.withoutVerdict,
        "SELECT (SELECT count(*) FROM account) - (SELECT count(*) FROM verdict)")
    try check(
        "judged_by_another", report.judgedByAnother,
        "SELECT count(*) FROM bench_plain WHERE judged = 0")
    try check(
        "must_change", report.mustChange, "SELECT count(*) FROM password WHERE must_change")
    for (index, rule) in report.rules.enumerated() {
        try check(
            rule.code, rule.accounts,
            "SELECT count(*) FROM bench_plain WHERE judged = 1 AND (bits & \(1 << index)) <> 0")
    }
    for group in report.applications {
        try check(
            group.key, group.counts.accounts,
            "SELECT count(*) FROM account WHERE application = \(group.key)")
        try check(
            "\(group.key) breaking", group.counts.nonCompliant,
            """
            SELECT count(*) FROM bench_plain b JOIN account a ON a.id = b.account_id
            WHERE a.application = \(group.key) AND b.judged = 1 AND b.bits <> 0
            """)
    }
    for group in report.registered {
        try check(
            group.key, group.counts.accounts,
            """
            SELECT count(*) FROM account
            WHERE strftime('%Y-%m', created_at_us / 1000000, 'unixepoch') = \(group.key)
            """)
    }
    return (compared, wrong)
}

/// What the kernel says this process has in memory.
func residentBytes() -> Int {
    guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else {
        return 0
    }
    let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
}

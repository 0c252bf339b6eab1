import Accounts
import Foundation
import Passwords
import Service
import Storage
import Testing

/// Accounts of every kind that a report tells apart. Verdicts are sealed, so no query can count them: what
/// is sealed also stands in clear in a table that the program does not know, and queries count that.
private struct AuditedPopulation {
    static let count = 600

    let node: Node
    let policy: PasswordPolicy
    let candidate: PasswordPolicy
    let now: Timestamp

    func write() throws(DatabaseError) {
        _ = try node.database.transaction { transaction throws(DatabaseError) in
            try transaction.execute(
                """
                CREATE TABLE plain (
                    account_id TEXT NOT NULL PRIMARY KEY, registered TEXT NOT NULL, set_in TEXT,
                    judged_in TEXT, judged_us BIGINT, policy TEXT, version BIGINT,
                    broken BIGINT NOT NULL, watched BIGINT NOT NULL, listed BIGINT NOT NULL
                )
                """)
            for number in 0..<Self.count { try insert(number, transaction) }
            try Self.view(transaction)
        }
    }

    /// What the queries count: a row for each account that is not closed.
    private static func view(_ transaction: borrowing Transaction) throws(DatabaseError) {
        try transaction.execute(
            """
            CREATE VIEW audited AS
            SELECT a.id, a.application, b.registered, b.judged_in, b.policy, b.version, b.broken,
                b.watched, b.listed, w.must_change, w.phc,
                CASE WHEN v.sealed IS NOT NULL THEN 1 ELSE 0 END AS has_row,
                COALESCE(b.judged_in, b.set_in, b.registered) AS unknown_since,
                COALESCE(
                    CASE WHEN b.judged_us > w.set_at_us THEN b.judged_us END,
                    CASE WHEN v.sealed IS NULL THEN (
                        SELECT MAX(s.at_us) FROM sign_in s
                        WHERE s.subject = a.id AND s.outcome = 'success') END,
                    w.set_at_us, b.judged_us, a.created_at_us) AS used_us
            FROM account a
            JOIN plain b ON b.account_id = a.id
            LEFT JOIN password w ON w.account_id = a.id
            LEFT JOIN verdict v ON v.account_id = a.id
            WHERE a.state IN ('active', 'suspended', 'invited')
            """)
    }

    private func insert(
        _ number: Int, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        // Spread over the key space, as random ids are.
        let mixed = UInt64(number) &* 0x9E37_79B9_7F4A_7C15
        let bytes = (0..<8).map { UInt8(truncatingIfNeeded: mixed >> UInt64(56 - 8 * $0)) }
        let id = AccountID(bytes: bytes + bytes)
        let registered = now - .days(Int64(number * 3))
        let setAt = registered + .days(Int64(number % 40))
        let judged = setAt + .days(Int64(number % 400))
        let isInvited = number % 23 == 0
        let states = ["active", "active", "suspended", "active", "closed"]
        let state = isInvited ? "invited" : states[number % 5]
        try transaction.execute(
            """
            INSERT INTO account (id, state, version, application, created_at_us, changed_at_us)
            VALUES (\(id), \(state), 1, \("app_\(number % 4)"), \(registered), \(registered))
            """)
        if !isInvited {
            try transaction.execute(
                """
                INSERT INTO password (account_id, phc, memory_kib, version, must_change, set_at_us)
                VALUES (\(id), \(hash(number)), 32, 1, \(number % 31 == 0), \(setAt))
                """)
        }
        let kind = isInvited ? 0 : number % 6
        if kind == 1 { try signIn(id, number, at: setAt + .days(1), transaction) }
        if kind == 2 {
            try VerdictStore.save(.init(keyID: "k", sealed: [1]), of: id, transaction)
        }
        let vector = kind >= 3 ? vector(number, at: judged) : nil
        if let vector { try seal(vector, of: id, transaction) }
        let watched: Int64 =
            switch vector?.candidate {
            case nil: -1
            case let verdict?: Int64(bits(verdict.broken))
            }
        let listed: Int64 = vector?.corpus.map { $0.isListed ? 1 : 0 } ?? -1
        try transaction.execute(
            """
            INSERT INTO plain (
                account_id, registered, set_in, judged_in, judged_us, policy, version, broken,
                watched, listed)
            VALUES (
                \(id), \(month(registered)), \(isInvited ? nil : month(setAt)),
                \(vector.map { month($0.time) }), \(vector?.time), \(vector?.inForce.policy),
                \((vector?.inForce.version).map(Int64.init)),
                \(Int64(bits(vector?.inForce.broken ?? []))), \(watched), \(listed))
            """)
    }

    private func hash(_ number: Int) -> String {
        let today = StoredHash.decoy(cost: node.cost, pepper: node.peppers.current).text
        return switch number % 7 {
        case 0: today.replacing("m=32", with: "m=16")
        case 1: "$2b$04$abcdefghijklmnopqrstuuUro8N19.MeQg58lgJQONA0DBB/nN7A."
        default: today
        }
    }

    private func vector(_ number: Int, at time: Timestamp) -> VerdictVector {
        let broken = { (step: Int) in
            PasswordViolation.allCases.enumerated().compactMap { place, rule in
                number % (place + step) == 0 ? rule : nil
            }
        }
        return VerdictVector(
            time: time,
            inForce: RuleVerdict(
                policy: number % 5 == 2 ? "another" : policy.name,
                version: number % 11 == 0 ? policy.version + 1 : policy.version,
                broken: broken(11)),
            candidate: number % 3 == 0
                ? nil : RuleVerdict(policy: candidate, broken: number % 2 == 0 ? broken(5) : []),
            corpus: number % 4 == 0
                ? nil : VerdictVector.Corpus(version: "c1", isListed: number % 9 == 0))
    }

    private func seal(
        _ vector: VerdictVector, of id: AccountID, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        let record: VerdictStore.Record
        do {
            record = try node.verdictSeals.seal(vector, of: id)
        } catch {
            throw .refused("a verdict cannot be sealed")
        }
        try VerdictStore.save(record, of: id, transaction)
    }

    private func signIn(
        _ id: AccountID, _ number: Int, at time: Timestamp, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try SignInStore.append(
            SignInAttempt(outcome: .success, account: .known(id), source: nil, tags: []),
            id: "s\(number)", application: "app_1", at: time, transaction)
    }

    private func month(_ time: Timestamp) -> String { String(time.rfc3339().prefix(7)) }

    private func bits(_ rules: [PasswordViolation]) -> Int {
        rules.reduce(0) { $0 | 1 << (PasswordViolation.allCases.firstIndex(of: $1) ?? 0) }
    }
}

/// One number of a report, by where it stands.
private struct AuditNumber {
    let section: String
    let key: String
    let column: String

    /// What is counted: the column where rows are groups, else the row.
    private var measure: String {
        switch section {
        case "by_application", "by_registration", "by_verdict": column
        case "unknown_since": "unknown"
        case "candidate": "candidate_" + (rule == nil ? key : "rule")
        case "rules": "rule"
        default: key
        }
    }

    private var rule: Int64? {
        PasswordViolation(rawValue: key)
            .flatMap { PasswordViolation.allCases.firstIndex(of: $0) }.map { 1 << Int64($0) }
    }

    /// Which group is counted; all accounts where it is `all`.
    private var group: String {
        ["overview", "unknown", "rules", "candidate"].contains(section) ? "all" : section
    }

    func query(
        _ policy: PasswordPolicy, today: String, unusedBefore: Timestamp
    ) -> SQL {
        """
        SELECT count(*) FROM (
            SELECT audited.*,
                CASE WHEN policy = \(policy.name) AND version = \(Int64(policy.version))
                    THEN 1 ELSE 0 END AS known
            FROM audited
        ) a WHERE (\(group) = 'all'
            OR (\(group) = 'by_application' AND application = \(key))
            OR (\(group) = 'by_registration' AND registered = \(key))
            OR (\(group) = 'by_verdict' AND judged_in = \(key))
            OR (\(group) = 'unknown_since' AND unknown_since = \(key)))
        AND (\(measure) = 'accounts'
            OR (\(measure) = 'compliant' AND known = 1 AND broken = 0)
            OR (\(measure) = 'non_compliant' AND known = 1 AND broken <> 0)
            OR (\(measure) = 'unknown' AND known = 0)
            OR (\(measure) = 'below_cost' AND phc IS NOT NULL AND phc <> \(today))
            OR (\(measure) = 'breached' AND listed = 1)
            OR (\(measure) = 'unused' AND used_us <= \(unusedBefore))
            OR (\(measure) = 'must_change' AND must_change)
            OR (\(measure) = 'without_verdict' AND has_row = 0)
            OR (\(measure) = 'judged_by_another' AND policy IS NOT NULL AND known = 0)
            OR (\(measure) = 'unreadable' AND has_row = 1 AND policy IS NULL)
            OR (\(measure) = 'corpus_unknown' AND listed < 0)
            OR (\(measure) = 'rule' AND known = 1 AND (broken & \(rule ?? 0)) <> 0)
            OR (\(measure) = 'candidate_compliant' AND watched = 0)
            OR (\(measure) = 'candidate_non_compliant' AND watched > 0)
            OR (\(measure) = 'candidate_unknown' AND watched < 0)
            OR (\(measure) = 'candidate_newly_breaking' AND watched > 0
                AND known = 1 AND broken = 0)
            OR (\(measure) = 'candidate_rule' AND watched > 0 AND (watched & \(rule ?? 0)) <> 0))
        """
    }
}

@Suite struct `The numbers of a password audit` {
    @Test(arguments: TestDatabase.all)
    func `are those that separate queries count, every one of them`(_ test: TestDatabase) throws {
        let folder = try TemporaryFolder()
        let now = Timestamp(seconds: 1_795_000_000)
        var configuration = Configuration()
        configuration.data = folder.path("data")
        try Store.with(test) { store in
            let directory = try DataDirectory(configuration)
            try directory.prepare()
            try Initialisation(directory: directory, database: store.database, actor: "cli:0")
                .run(archiveCertificate: nil) { _ in }
            let node = try NodeStart(configuration, log: Log(descriptor: -1, clock: systemTime))
                .node(
                    on: store.database, cost: try HashCost(memoryKiB: 32, passes: 1), clock: { now }
                )
            let watching = try #require(Remediation(.monitor))
            _ = try PolicySwitching(node, actor: "cli:0").take("anssi-15", watching, reason: "")
            let policy = try PolicyLibrary.policy("cnil-8x4")
            try AuditedPopulation(
                node: node, policy: policy, candidate: try PolicyLibrary.policy("anssi-15"),
                now: now
            ).write()

            let report = try PasswordAudit(node).run()
            let today = StoredHash.decoy(cost: node.cost, pepper: node.peppers.current).text
            let unusedBefore = now - PasswordAudit.unusedAfterDefault
            var (compared, zeros) = (0, 0)
            for section in report.sections {
                for row in section.rows {
                    for (column, value) in zip(section.columns, row.values) {
                        let number = AuditNumber(
                            section: section.id, key: row.key, column: column)
                        let counted = try store.number(
                            number.query(policy, today: today, unusedBefore: unusedBefore))
                        #expect(counted == value, "\(section.id), \(row.key), \(column)")
                        compared += 1
                        if value == 0 { zeros += 1 }
                    }
                }
            }
            #expect(report.accounts.accounts > 450 && report.accounts.unknown > 100)
            #expect(compared > 500 && zeros < compared / 2, "\(compared) compared, \(zeros) zero")
        }
    }
}

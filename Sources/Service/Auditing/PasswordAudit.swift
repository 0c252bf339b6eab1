package import Accounts
import Passwords
package import Storage

/// An audit of the passwords that are set, as far as they are known: pages of accounts, opened, judged
/// and counted, with one page in memory at a time. Each page is one consistent state; what changes
/// while the audit runs may be seen or not.
package struct PasswordAudit: Sendable {
    private let node: Node
    package let question: AuditQuestion
    private let policies: PoliciesInForce

    /// Accounts in one page: some hundreds of KiB.
    private static let pageRows = 1_000
    /// DOMAIN: unused accounts are closed after two years (the CNIL's practice).
    package static let unusedAfterDefault = Duration.days(730)

    /// Asks about the policies of this moment.
    package init(
        _ node: Node, unusedAfter: Duration = unusedAfterDefault
    ) throws(DatabaseError) {
        self.node = node
        policies = try node.database.read { reader throws(DatabaseError) in
            try node.policies.current(reader)
        }
        question = AuditQuestion(
            policy: policies.policy, candidate: policies.candidate, now: node.clock(),
            unusedAfter: unusedAfter)
    }

    package struct Progress: Equatable, Sendable {
        package let done: Int64
        /// When it was counted, at the start.
        package let total: Int64
    }

    /// - Parameters:
    ///   - progress: after every page. What it throws ends the audit.
    ///   - each: every account with its marks, in the order of ids.
    package func run(
        progress: (Progress) throws(DatabaseError) -> Void = { _ in },
        each: (AuditedAccount, Set<AuditQuestion.Mark>) throws(DatabaseError) -> Void = { _, _ in }
    ) throws(DatabaseError) -> AuditReport {
        let (total, applications) = try node.database.read { reader throws(DatabaseError) in
            (
                try VerdictStore.countLiving(reader),
                try APIKeyStore.all(.application, reader)
            )
        }
        var tally = AuditTally(question)
        var done: Int64 = 0
        var last: AccountID?
        while true {
            let page = try node.database.read { reader throws(DatabaseError) in
                try VerdictStore.page(after: last, rowsMax: Self.pageRows, reader)
            }
            for row in page {
                let account = audited(row)
                tally.count(account)
                try each(account, question.marks(of: account))
            }
            done += Int64(page.count)
            try progress(Progress(done: done, total: max(total, done)))
            guard page.count == Self.pageRows else { break }
            last = page.last?.id
        }
        return tally.report(
            policy: .init(
                policies.policy, stage: policies.remediation?.stage.rawValue ?? "configured",
                blockAfter: policies.remediation?.blockAfter),
            candidate: policies.candidate.map {
                .init($0, stage: RemediationStage.monitor.rawValue)
            },
            hashCost: "m=\(node.cost.memoryKiB) KiB, t=\(node.cost.passes), "
                + "p=\(node.cost.parallelism)",
            names: Dictionary(
                applications.map { ($0.id, $0.name) }, uniquingKeysWith: { first, _ in first }))
    }

    private func audited(_ row: VerdictStore.Audited) -> AuditedAccount {
        let verdict: AuditedAccount.Verdict =
            if let record = row.verdict {
                node.verdictSeals.open(record, of: row.id).map { .known($0) } ?? .unreadable
            } else { .none }
        let password = row.password.map {
            AuditedAccount.Password(
                setAt: $0.setAt, isBelowCost: isBelowCost($0.phc), mustChange: $0.mustChange)
        }
        var lastUsed = [row.signedInAt, password?.setAt].compactMap(\.self).max()
        if case .known(let vector) = verdict {
            lastUsed = max(lastUsed ?? vector.time, vector.time)
        }
        return AuditedAccount(
            id: row.id, application: row.application, registeredAt: row.createdAt,
            password: password, verdict: verdict, lastUsedAt: lastUsed)
    }

    /// A hash that this program cannot read as today's kind is below it.
    private func isBelowCost(_ phc: String) -> Bool {
        do {
            return try PHCString(phc).needsRehash(
                today: node.cost, pepper: node.peppers.current.id)
        } catch {
            return true
        }
    }
}

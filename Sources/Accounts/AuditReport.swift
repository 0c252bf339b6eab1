package import Passwords

/// What an audit found: numbers, no accounts. Every way of showing one shows these.
package struct AuditReport: Equatable, Codable, Sendable {
    package let generatedAt: String
    package let policy: Policy
    package let candidate: Policy?
    /// `m=65536 KiB, t=3, p=1`
    package let hashCost: String
    package let unusedAfterDays: Int
    package let accounts: Counts
    /// Of those unknown: no verdict at all.
    package let withoutVerdict: Int
    /// Of those unknown: judged by another policy or another version.
    package let judgedByAnother: Int
    /// Of those unknown: a verdict that this service did not write.
    package let unreadable: Int
    /// Not judged against any corpus.
    package let corpusUnknown: Int
    package let mustChange: Int
    /// Accounts that break each rule of the policy, in the order of the rules, zeros included.
    package let rules: [Rule]
    package let candidateRules: [Rule]
    package let candidateCounts: CandidateCounts?
    package let applications: [Group]
    /// By month of registration.
    package let registered: [Group]
    /// By month of the last verdict.
    package let judged: [Group]
    /// By month since which nothing is known; only unknown ones.
    package let unknownSince: [Group]

    package struct Policy: Equatable, Codable, Sendable {
        package let name: String
        package let version: Int
        package let title: String
        package let cnilCase: Int
        /// The CNIL's example that the rules reach.
        package let cnilExample: String
        /// `configured`, or a stage of remediation.
        package let stage: String
        package let blockAfter: String?

        package init(_ policy: PasswordPolicy, stage: String, blockAfter: Timestamp? = nil) {
            name = policy.name
            version = policy.version
            title = policy.title
            cnilCase = policy.cnilCase.rawValue
            cnilExample = policy.cnilExample?.text ?? ""
            self.stage = stage
            self.blockAfter = blockAfter?.rfc3339()
        }
    }

    package struct Counts: Equatable, Codable, Sendable {
        package fileprivate(set) var accounts = 0
        package fileprivate(set) var compliant = 0
        package fileprivate(set) var nonCompliant = 0
        package fileprivate(set) var unknown = 0
        package fileprivate(set) var belowCost = 0
        package fileprivate(set) var breached = 0
        package fileprivate(set) var unused = 0

        package init() {}

        mutating func count(_ marks: Set<AuditQuestion.Mark>) {
            accounts += 1
            if marks.contains(.compliant) { compliant += 1 }
            if marks.contains(.nonCompliant) { nonCompliant += 1 }
            if marks.contains(.unknown) { unknown += 1 }
            if marks.contains(.belowCost) { belowCost += 1 }
            if marks.contains(.breached) { breached += 1 }
            if marks.contains(.unused) { unused += 1 }
        }

        /// Each number with the name that every output uses.
        package var named: [(name: String, value: Int)] {
            [
                ("accounts", accounts), ("compliant", compliant),
                ("non_compliant", nonCompliant), ("unknown", unknown),
                ("below_cost", belowCost), ("breached", breached), ("unused", unused),
            ]
        }
    }

    package struct CandidateCounts: Equatable, Codable, Sendable {
        package fileprivate(set) var compliant = 0
        package fileprivate(set) var nonCompliant = 0
        package fileprivate(set) var unknown = 0
        /// Comply with the policy in force and break the candidate: what enforcing it would add.
        package fileprivate(set) var newlyBreaking = 0
    }

    package struct Rule: Equatable, Codable, Sendable {
        package let code: String
        package let accounts: Int
    }

    package struct Group: Equatable, Codable, Sendable {
        /// An application's id, or a month as `2026-11`.
        package let key: String
        /// What people call it.
        package let name: String
        package let counts: Counts
    }
}

/// Counts accounts one by one, in memory that does not grow with their number.
package struct AuditTally: Sendable {
    private let question: AuditQuestion
    private var total = AuditReport.Counts()
    private var withoutVerdict = 0
    private var unreadable = 0
    private var corpusUnknown = 0
    private var mustChange = 0
    private var rules = [Int](repeating: 0, count: PasswordViolation.allCases.count)
    private var candidateRules = [Int](repeating: 0, count: PasswordViolation.allCases.count)
    private var candidate = AuditReport.CandidateCounts()
    private var applications = Groups()
    private var registered = Groups()
    private var judged = Groups()
    private var unknownSince = Groups()

    package init(_ question: AuditQuestion) {
        self.question = question
    }

    package mutating func count(_ account: AuditedAccount) {
        let marks = question.marks(of: account)
        total.count(marks)
        applications.count(account.application, marks)
        registered.count(month(account.registeredAt), marks)
        if marks.contains(.unknown) { unknownSince.count(month(account.unknownSince), marks) }
        if marks.contains(.withoutVerdict) { withoutVerdict += 1 }
        if marks.contains(.unreadable) { unreadable += 1 }
        if marks.contains(.mustChange) { mustChange += 1 }
        if account.vector?.corpus == nil { corpusUnknown += 1 }
        if let vector = account.vector { judged.count(month(vector.time), marks) }
        let verdict = question.verdict(on: account, question.policy)
        note(verdict, in: &rules)
        guard let watched = question.candidate else { return }
        let other = question.verdict(on: account, watched)
        note(other, in: &candidateRules)
        switch other?.isCompliant {
        case nil: candidate.unknown += 1
        case true?: candidate.compliant += 1
        case false?:
            candidate.nonCompliant += 1
            if verdict?.isCompliant == true { candidate.newlyBreaking += 1 }
        }
    }

    /// - Parameter names: what applications are called, by id.
    package func report(
        policy: AuditReport.Policy, candidate watched: AuditReport.Policy?, hashCost: String,
        names: [String: String]
    ) -> AuditReport {
        AuditReport(
            generatedAt: question.now.rfc3339(), policy: policy, candidate: watched,
            hashCost: hashCost,
            unusedAfterDays: Int(question.unusedAfter.components.seconds / 86_400),
            accounts: total, withoutVerdict: withoutVerdict,
            judgedByAnother: total.unknown - withoutVerdict - unreadable, unreadable: unreadable,
            corpusUnknown: corpusUnknown, mustChange: mustChange, rules: named(rules),
            candidateRules: watched == nil ? [] : named(candidateRules),
            candidateCounts: watched == nil ? nil : candidate,
            applications: applications.list { names[$0] ?? $0 },
            registered: registered.list { $0 }, judged: judged.list { $0 },
            unknownSince: unknownSince.list { $0 })
    }

    private func note(_ verdict: RuleVerdict?, in counts: inout [Int]) {
        guard let verdict else { return }
        for index in counts.indices where verdict.bits >> UInt16(index) & 1 == 1 {
            counts[index] += 1
        }
    }

    private func named(_ counts: [Int]) -> [AuditReport.Rule] {
        zip(PasswordViolation.allCases, counts).map { .init(code: $0.rawValue, accounts: $1) }
    }

    /// `2026-11`
    private func month(_ time: Timestamp) -> String { String(time.rfc3339().prefix(7)) }
}

/// Counts by a key, for so many keys and no more.
private struct Groups: Sendable {
    /// A hundred years of months; more applications than one company has.
    private static let keysMax = 1_200
    /// Everything beyond: sorts behind every month and every id.
    private static let others = "~others"

    private var counts: [String: AuditReport.Counts] = [:]

    mutating func count(_ key: String, _ marks: Set<AuditQuestion.Mark>) {
        let isNew = counts[key] == nil
        let place = isNew && counts.count >= Self.keysMax ? Self.others : key
        counts[place, default: AuditReport.Counts()].count(marks)
    }

    /// In the order of the keys.
    func list(_ name: (String) -> String) -> [AuditReport.Group] {
        counts.sorted { $0.key < $1.key }.map { key, counts in
            .init(
                key: key == Self.others ? "others" : key,
                name: key == Self.others ? "others" : name(key), counts: counts)
        }
    }
}

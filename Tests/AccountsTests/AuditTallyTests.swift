import Accounts
import Passwords
import Testing

@Suite struct `An audit's tally` {
    private let now = Timestamp(seconds: 1_700_000_000)

    private func policy(_ name: String = "p", version: Int = 1) throws -> PasswordPolicy {
        let text = """
            {name: "\(name)", version: \(version), title: "T", cnil_case: 1, characters_min: 12,
             required_classes: ["upper", "lower", "digit", "special"]}
            """
        return try PasswordPolicy(json5: Array(text.utf8))
    }

    private func question(
        candidate: PasswordPolicy? = nil, unusedAfter: Duration = .days(730)
    ) throws -> AuditQuestion {
        AuditQuestion(
            policy: try policy(), candidate: candidate, now: now, unusedAfter: unusedAfter)
    }

    private func verdict(
        _ broken: [PasswordViolation] = [], by name: String = "p", version: Int = 1,
        candidate: RuleVerdict? = nil, corpus: VerdictVector.Corpus? = nil
    ) -> AuditedAccount.Verdict {
        .known(
            VerdictVector(
                time: now, inForce: .init(policy: name, version: version, broken: broken),
                candidate: candidate, corpus: corpus))
    }

    private func account(
        _ verdict: AuditedAccount.Verdict, usedAt: Timestamp? = nil, isBelowCost: Bool = false,
        mustChange: Bool = false, registeredAt: Timestamp? = nil
    ) -> AuditedAccount {
        AuditedAccount(
            id: AccountID(bytes: [UInt8](repeating: 1, count: 16)), application: "app",
            registeredAt: registeredAt ?? now,
            password: .init(setAt: now, isBelowCost: isBelowCost, mustChange: mustChange),
            verdict: verdict, lastUsedAt: usedAt ?? now)
    }

    private func marks(
        _ account: AuditedAccount, _ question: AuditQuestion? = nil
    ) throws -> Set<AuditQuestion.Mark> {
        try (question ?? self.question()).marks(of: account)
    }

    @Test func `knows who complies, who does not, and of whom nothing is known`() throws {
        #expect(try marks(account(verdict())) == [.compliant])
        #expect(try marks(account(verdict([.tooShort]))) == [.nonCompliant])
        #expect(try marks(account(.none)) == [.unknown, .withoutVerdict])
        #expect(try marks(account(.unreadable)) == [.unknown, .unreadable])
    }

    @Test func `takes a verdict by another version or policy for none`() throws {
        #expect(try marks(account(verdict(version: 2))) == [.unknown])
        #expect(try marks(account(verdict(by: "q"))) == [.unknown])
    }

    @Test func `takes what was watched for a verdict once it is in force`() throws {
        let watched = RuleVerdict(policy: "p", version: 1, broken: [.tooShort])
        #expect(try marks(account(verdict(by: "q", candidate: watched))) == [.nonCompliant])
    }

    @Test func `marks what stands beside compliance`() throws {
        let listed = VerdictVector.Corpus(version: "1", isListed: true)
        let clean = VerdictVector.Corpus(version: "1", isListed: false)
        #expect(try marks(account(verdict(corpus: listed))) == [.compliant, .breached])
        #expect(try marks(account(verdict(corpus: clean))) == [.compliant])
        #expect(
            try marks(account(verdict(), isBelowCost: true, mustChange: true)) == [
                .compliant, .belowCost, .mustChange,
            ])
    }

    @Test func `calls unused what was not used for the whole time`() throws {
        let question = try question(unusedAfter: .days(30))
        let edge = now - .days(30)
        #expect(try marks(account(verdict(), usedAt: edge), question).contains(.unused))
        #expect(
            try !marks(account(verdict(), usedAt: edge + .microseconds(1)), question)
                .contains(.unused))
    }

    @Test func `says what enforcing the candidate would do`() throws {
        let next = try policy("next")
        let question = try question(candidate: next)
        let breaks = RuleVerdict(policy: next, broken: [.tooShort, .missingDigit])
        let complies = RuleVerdict(policy: next, broken: [])
        var tally = AuditTally(question)
        let accounts = [
            account(verdict(candidate: breaks)), account(verdict([.tooShort], candidate: breaks)),
            account(verdict(candidate: complies)), account(verdict()), account(.none),
        ]
        for account in accounts { tally.count(account) }
        let report = tally.report(
            policy: .init(question.policy, stage: "configured"),
            candidate: .init(next, stage: "monitor"), hashCost: "", names: [:])
        let counts = try #require(report.candidateCounts)
        #expect(counts.compliant == 1 && counts.nonCompliant == 2)
        #expect(counts.unknown == 2 && counts.newlyBreaking == 1)
        let byRule = Dictionary(
            uniqueKeysWithValues: report.candidateRules.map { ($0.code, $0.accounts) })
        #expect(byRule["too_short"] == 2 && byRule["missing_digit"] == 2)
        #expect(report.rules.first { $0.code == "too_short" }?.accounts == 1)
        #expect(try marks(accounts[0], question).contains(.candidateBreaks))
        #expect(try !marks(accounts[2], question).contains(.candidateBreaks))
    }

    @Test func `has groups that add up, and so many and no more`() throws {
        let question = try question()
        var tally = AuditTally(question)
        for index in 0..<3_000 {
            tally.count(
                AuditedAccount(
                    id: AccountID(bytes: [UInt8](repeating: 1, count: 16)),
                    application: "app_\(index)", registeredAt: now - .days(Int64(index * 31)),
                    password: nil, verdict: index % 3 == 0 ? .none : verdict(), lastUsedAt: nil))
        }
        let report = tally.report(
            policy: .init(question.policy, stage: "configured"), candidate: nil, hashCost: "",
            names: ["app_1": "the shop"])
        #expect(report.accounts.accounts == 3_000)
        #expect(report.accounts.unknown == 1_000 && report.accounts.compliant == 2_000)
        #expect(report.withoutVerdict == 1_000 && report.judgedByAnother == 0)
        for groups in [report.applications, report.registered] {
            #expect(groups.count == 1_201)
            #expect(groups.map(\.counts.accounts).reduce(0, +) == 3_000)
            #expect(groups.map(\.counts.unknown).reduce(0, +) == 1_000)
            #expect(groups.last?.key == "others")
        }
        #expect(report.applications.contains { $0.key == "app_1" && $0.name == "the shop" })
        #expect(report.unknownSince.map(\.counts.accounts).reduce(0, +) == 1_000)
        #expect(report.judged.map(\.counts.accounts).reduce(0, +) == 2_000)
    }
}

package import Passwords

/// One living account, as far as an audit of passwords looks at it.
package struct AuditedAccount: Sendable {
    package let id: AccountID
    /// The application's id.
    package let application: String
    package let registeredAt: Timestamp
    /// `nil` for an account that was invited and has none yet.
    package let password: Password?
    package let verdict: Verdict
    /// The last time that the right password was given, as far as it is known: to a day where there is
    /// a verdict.
    package let lastUsedAt: Timestamp?

    package struct Password: Equatable, Sendable {
        package let setAt: Timestamp
        /// Something about its hash is below today's setting.
        package let isBelowCost: Bool
        package let mustChange: Bool

        package init(setAt: Timestamp, isBelowCost: Bool, mustChange: Bool) {
            self.setAt = setAt
            self.isBelowCost = isBelowCost
            self.mustChange = mustChange
        }
    }

    package enum Verdict: Equatable, Sendable {
        case none
        /// There is one that this service did not write, or not for this account.
        case unreadable
        case known(VerdictVector)
    }

    package init(
        id: AccountID, application: String, registeredAt: Timestamp, password: Password?,
        verdict: Verdict, lastUsedAt: Timestamp?
    ) {
        self.id = id
        self.application = application
        self.registeredAt = registeredAt
        self.password = password
        self.verdict = verdict
        self.lastUsedAt = lastUsedAt
    }

    var vector: VerdictVector? {
        if case .known(let vector) = verdict { vector } else { nil }
    }

    /// Since when nothing is known under the policy asked about, where nothing is.
    var unknownSince: Timestamp { vector?.time ?? password?.setAt ?? registeredAt }
}

/// What an audit asks.
package struct AuditQuestion: Equatable, Sendable {
    package let policy: PasswordPolicy
    /// A policy that is only watched: what would enforcing it do?
    package let candidate: PasswordPolicy?
    package let now: Timestamp
    /// An account whose password was not used for so long is unused.
    package let unusedAfter: Duration

    package init(
        policy: PasswordPolicy, candidate: PasswordPolicy?, now: Timestamp, unusedAfter: Duration
    ) {
        self.policy = policy
        self.candidate = candidate
        self.now = now
        self.unusedAfter = unusedAfter
    }

    /// An account can have several. The raw value is what lists are asked for by.
    package enum Mark: String, CaseIterable, Sendable {
        case compliant
        case nonCompliant = "non_compliant"
        /// Nothing is known under this policy's version.
        case unknown
        /// Nothing is known at all.
        case withoutVerdict = "without_verdict"
        case unreadable
        case belowCost = "below_cost"
        /// In a corpus of breached passwords.
        case breached
        case unused
        case mustChange = "must_change"
        /// Breaks the candidate.
        case candidateBreaks = "candidate_breaks"
    }

    package func marks(of account: AuditedAccount) -> Set<Mark> {
        var marks: Set<Mark> = []
        switch verdict(on: account, policy) {
        case nil: marks.insert(.unknown)
        case let verdict?: marks.insert(verdict.isCompliant ? .compliant : .nonCompliant)
        }
        switch account.verdict {
        case .none: marks.insert(.withoutVerdict)
        case .unreadable: marks.insert(.unreadable)
        case .known: break
        }
        if let password = account.password {
            if password.isBelowCost { marks.insert(.belowCost) }
            if password.mustChange { marks.insert(.mustChange) }
        }
        if account.vector?.corpus?.isListed == true { marks.insert(.breached) }
        if now - (account.lastUsedAt ?? account.registeredAt) >= unusedAfter {
            marks.insert(.unused)
        }
        if let candidate, verdict(on: account, candidate)?.isCompliant == false {
            marks.insert(.candidateBreaks)
        }
        return marks
    }

    package func verdict(on account: AuditedAccount, _ policy: PasswordPolicy) -> RuleVerdict? {
        account.vector?.verdict(on: policy.name, version: policy.version)
    }
}

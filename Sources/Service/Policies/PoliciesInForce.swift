package import Accounts
package import Passwords

/// The rules of one moment: what new passwords must follow, what becomes of older ones, and what is
/// only watched yet.
package struct PoliciesInForce: Sendable {
    package let policy: PasswordPolicy
    /// `nil` where the policy is the configuration's and no switch brought it in.
    package let remediation: Remediation?
    /// A policy in the stage `monitor`.
    package let candidate: PasswordPolicy?
    /// The number of the last recorded step; 0 before the first.
    package let step: Int64

    package init(
        policy: PasswordPolicy, remediation: Remediation? = nil, candidate: PasswordPolicy? = nil,
        step: Int64 = 0
    ) {
        self.policy = policy
        self.remediation = remediation
        self.candidate = candidate
        self.step = step
    }

    func consequence(of verdict: RuleVerdict, at now: Timestamp) -> Remediation.Consequence {
        remediation?.consequence(ofBreaking: verdict.broken, at: now) ?? .none
    }
}

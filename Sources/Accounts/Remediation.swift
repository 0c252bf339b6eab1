package import Passwords

/// How far a policy that was switched to has come, each step a recorded act.
package enum RemediationStage: String, CaseIterable, Sendable {
    /// Passwords are judged by it and counted. Nothing else changes.
    case monitor
    /// It is the rule for new passwords. Who has an older one is listed, and may go on.
    case notify
    /// The next sign-in with a password that breaks it may only change it.
    case changeAtNextLogin = "change_at_next_login"
    /// As before, and from a moment on such a password opens nothing.
    case blockAfter = "block_after"
    /// The configuration's policy is the only one again.
    case withdrawn

    /// Whether new passwords must follow it.
    package var isInForce: Bool {
        switch self {
        case .monitor, .withdrawn: false
        case .notify, .changeAtNextLogin, .blockAfter: true
        }
    }
}

/// What becomes of a right password that breaks the policy in force.
package struct Remediation: Equatable, Sendable {
    package let stage: RemediationStage
    /// The rules whose breach has consequences; empty means every one of them.
    package let rules: [PasswordViolation]
    /// There exactly in the last stage.
    package let blockAfter: Timestamp?

    /// - Returns: `nil` when a date is missing where there must be one, or given where none can be.
    package init?(
        _ stage: RemediationStage, rules: [PasswordViolation] = [], blockAfter: Timestamp? = nil
    ) {
        guard (stage == .blockAfter) == (blockAfter != nil) else { return nil }
        self.stage = stage
        self.rules = rules
        self.blockAfter = blockAfter
    }

    package enum Consequence: Equatable, Sendable {
        case none
        /// The session may only change the password.
        case changeRequired
        /// No session.
        case blocked
    }

    /// - Parameter broken: what the policy in force says of the password.
    package func consequence(
        ofBreaking broken: [PasswordViolation], at now: Timestamp
    ) -> Consequence {
        guard broken.contains(where: { rules.isEmpty || rules.contains($0) }) else { return .none }
        switch stage {
        case .monitor, .notify, .withdrawn: return .none
        case .changeAtNextLogin: return .changeRequired
        case .blockAfter:
            guard let blockAfter, now >= blockAfter else { return .changeRequired }
            return .blocked
        }
    }
}

/// One step by which a policy is brought in, or taken back. Made from a policy that was read, so its
/// name is a plain word.
package struct PolicyStep: Hashable, Sendable {
    package let policy: String
    package let version: Int
    package let stage: RemediationStage
    package let blockAfter: Timestamp?

    package init(_ policy: PasswordPolicy, _ remediation: Remediation) {
        self.policy = policy.name
        version = policy.version
        stage = remediation.stage
        blockAfter = remediation.blockAfter
    }
}

package import Secrets

/// How a sign-in ended, as the log and the detectors know it. The client hears "success" or one
/// and the same refusal.
package enum SignInOutcome: String, CaseIterable, Hashable, Sendable {
    case success
    /// A wrong password, or the right one for an account that may not sign in.
    case failure
    case unknownAccount = "unknown_account"
    /// Refused before the password was looked at.
    case throttled
}

/// Whom an attempt was for.
package enum AttemptedAccount: Hashable, Sendable {
    case known(AccountID)
    /// An identifier without an account: counts the distinct ones, names none.
    case unknown(UnknownID)

    package var isKnown: Bool {
        if case .known = self { true } else { false }
    }

    /// 64 bits for counting distinct ones. They come from a random id or a keyed digest, so nobody
    /// outside can choose two that agree.
    package var bits: UInt64 {
        switch self {
        case .known(let id): id.bits
        case .unknown(let id): id.bits
        }
    }
}

extension UnknownID {
    /// The same for the same identifier on every node, from its locator. As long as an account's id, so
    /// that writing it takes as long.
    package init(locator: Digest) {
        self.init(bytes: Array(locator.bytes.prefix(16)))
    }
}

/// One sign-in, or one minute of throttled ones that the log keeps in one row. When it happened
/// goes beside it as `at:`.
package struct SignInAttempt: Hashable, Sendable {
    package let outcome: SignInOutcome
    package let account: AttemptedAccount
    /// `nil` when the application named no address.
    package let source: SourceAddress?
    /// The tags of the distinct passwords tried: one, or for a row of throttled attempts up to 16;
    /// none once they were nulled.
    package let tags: [PasswordTags]
    /// At least 1; more than 1 only for a row of throttled attempts.
    package let count: Int
    /// Whether the password that was right stands in a corpus of leaked ones.
    package let isBreached: Bool
    /// Whether the account is a decoy.
    package let isCanary: Bool

    /// A throttled row keeps so many distinct tags, enough for a detector to see guessing.
    package static let tagsMax = 16

    package init(
        outcome: SignInOutcome, account: AttemptedAccount, source: SourceAddress?,
        tags: [PasswordTags], count: Int = 1, isBreached: Bool = false, isCanary: Bool = false
    ) {
        precondition(count >= 1 && tags.count <= Self.tagsMax)
        self.outcome = outcome
        self.account = account
        self.source = source
        self.tags = tags
        self.count = count
        self.isBreached = isBreached
        self.isCanary = isCanary
    }
}

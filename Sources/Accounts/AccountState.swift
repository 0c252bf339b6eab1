/// The whole life cycle. A cell names the next state, or the error that refuses the event.
///
/// | state     | passwordSet | suspended   | reinstated   | closed   | erased    | returned  |
/// |-----------|-------------|-------------|--------------|----------|-----------|-----------|
/// | invited   | active (1)  | !invitation | !unsuspended | closed   | !open     | !open     |
/// | active    | active      | suspended   | !unsuspended | closed   | !open     | !open     |
/// | suspended | !suspended  | !suspended  | active       | closed   | !open     | !open     |
/// | closed    | !closed     | !closed     | !closed      | !closed  | erased    | invited   |
/// | erased    | !erased     | !erased     | !erased      | !erased  | unchanged | !erased   |
///
/// `flagged` and `unflagged` leave every state as it is, but `erased`, of which nothing remains that a
/// flag could protect: `!erased`. A flag blocks `erased` alone: see ``AccountLife``.
///
/// (1) while the invitation holds, else `invitationExpired`. The refusals: `!invitation` is
/// `invitationOpen`, `!unsuspended` `notSuspended`, `!open` `notClosed`, and `!suspended`,
/// `!closed`, `!erased` are `accountSuspended`, `accountClosed`, `accountErased`.
///
/// A returned owner is *invited*, not active: closure destroyed the password, so whoever comes back
/// proves control of the mailbox and sets a new one. Erasing twice is no error, because the
/// retention worker repeats after a crash; it keeps the first time. An invitation cannot be
/// suspended (reinstating it would make an account without a password active): close it instead.
package enum AccountState: Hashable, Sendable {
    /// Made by an administrator, no password yet. At `until` the invitation no longer holds.
    case invited(until: Timestamp)
    case active
    /// By an administrator. Signs in like an unknown account.
    case suspended
    /// Deactivated, no longer online. Only what the law asks to keep remains, sealed.
    case closed(at: Timestamp)
    /// Nothing remains but the proof of erasure.
    case erased(at: Timestamp)
}

package enum AccountEvent: Hashable, Sendable {
    case passwordSet
    case suspended
    case reinstated
    case closed
    case erased
    /// An administrator's recorded decision that the same owner comes back.
    case returned(invitedUntil: Timestamp)
    case flagged(AccountFlag)
    case unflagged(AccountFlag)
}

package enum LifecycleError: String, Error, CaseIterable, Sendable {
    case invitationExpired = "invitation_expired"
    case invitationOpen = "invitation_open"
    case accountSuspended = "account_suspended"
    case notSuspended = "not_suspended"
    case accountClosed = "account_closed"
    case notClosed = "not_closed"
    case accountErased = "account_erased"
    case erasureBlocked = "erasure_blocked"
}

extension AccountState {
    /// Rows are states, columns events; see the table at the head of this file.
    package func after(
        _ event: AccountEvent, at now: Timestamp
    ) throws(LifecycleError) -> AccountState {
        switch (self, event) {
        case (.erased, .erased): return self
        case (.erased, _): throw .accountErased
        case (_, .flagged), (_, .unflagged): return self
        case (.invited(let until), .passwordSet) where now >= until: throw .invitationExpired
        case (.invited, .passwordSet), (.active, .passwordSet): return .active
        case (.suspended, .passwordSet), (.suspended, .suspended): throw .accountSuspended
        case (.invited, .suspended): throw .invitationOpen
        case (.active, .suspended): return .suspended
        case (.suspended, .reinstated): return .active
        case (.invited, .reinstated), (.active, .reinstated): throw .notSuspended
        case (.invited, .closed), (.active, .closed), (.suspended, .closed):
            return .closed(at: now)
        case (.invited, .erased), (.active, .erased), (.suspended, .erased),
            (.invited, .returned), (.active, .returned), (.suspended, .returned):
            throw .notClosed
        case (.closed, .erased): return .erased(at: now)
        case (.closed, .returned(let until)): return .invited(until: until)
        case (.closed, _): throw .accountClosed
        }
    }

    /// Neither closed nor erased.
    package var isLiving: Bool {
        switch self {
        case .invited, .active, .suspended: true
        case .closed, .erased: false
        }
    }

    /// Whether the right password signs in.
    package var allowsSignIn: Bool { self == .active }
}

/// How a state is stored and shown: a word and, for some, a time.
extension AccountState {
    /// `invited`, `active`, `suspended`, `closed`, `erased`; in the database and in the API.
    package var name: String {
        switch self {
        case .invited: "invited"
        case .active: "active"
        case .suspended: "suspended"
        case .closed: "closed"
        case .erased: "erased"
        }
    }

    /// The end of an invitation, or when the account was closed or erased.
    package var time: Timestamp? {
        switch self {
        case .invited(let time), .closed(let time), .erased(let time): time
        case .active, .suspended: nil
        }
    }

    /// - Returns: `nil` for a word that no version wrote, or a time missing or superfluous.
    package init?(name: String, time: Timestamp?) {
        switch (name, time) {
        case ("invited", let until?): self = .invited(until: until)
        case ("active", nil): self = .active
        case ("suspended", nil): self = .suspended
        case ("closed", let time?): self = .closed(at: time)
        case ("erased", let time?): self = .erased(at: time)
        default: return nil
        }
    }
}

/// Why an account was closed. The raw value is the API's and the database's.
package enum ClosureReason: String, CaseIterable, Hashable, Sendable {
    case ownerRequest = "owner_request"
    /// Not used for two years, after a warning.
    case unused
    case misuse
    case other
}

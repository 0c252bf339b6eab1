/// What protects an account's data from erasure. It never blocks a sign-in and never a closure. The
/// raw value is the database's.
package enum AccountFlag: String, CaseIterable, Hashable, Sendable {
    /// The person asked that data be kept and not used (article 18 GDPR).
    case restricted
    /// A dispute or an authority needs the data (article 17(3)(e) GDPR).
    case legalHold = "legal_hold"
}

/// A state and its flags: everything that decides what may happen to an account.
package struct AccountLife: Hashable, Sendable {
    package let state: AccountState
    package let flags: Set<AccountFlag>

    package init(_ state: AccountState, flags: Set<AccountFlag> = []) {
        self.state = state
        self.flags = flags
    }

    /// The table of ``AccountState`` with the flags: they change by their own events alone, and while
    /// there is one, a closed account is not erased (`erasureBlocked`). An owner who returns finds them.
    package func after(
        _ event: AccountEvent, at now: Timestamp
    ) throws(LifecycleError) -> AccountLife {
        let next = try state.after(event, at: now)
        switch event {
        case .erased where next != state && !flags.isEmpty: throw .erasureBlocked
        case .flagged(let flag): return AccountLife(next, flags: flags.union([flag]))
        case .unflagged(let flag): return AccountLife(next, flags: flags.subtracting([flag]))
        default: return AccountLife(next, flags: flags)
        }
    }

    /// What a job that was planned for one closure may do now. It asks in the transaction in which it
    /// acts: between the plan and the act an owner may have returned, even closed again.
    ///
    /// - Parameters:
    ///   - closure: when the account was closed that the job is about.
    ///   - due: when the last of what is kept of it is over.
    package func erasure(
        ofClosure closure: Timestamp, due: Timestamp, at now: Timestamp
    ) -> ErasureVerdict {
        switch state {
        case .erased: .done
        case .invited, .active, .suspended: .superseded
        case .closed(let time) where time != closure: .superseded
        case .closed where now < due: .early
        case .closed: flags.isEmpty ? .due : .blocked(flags)
        }
    }
}

/// What an erasure that was planned may do now.
package enum ErasureVerdict: Equatable, Sendable {
    case due
    case early
    case blocked(Set<AccountFlag>)
    /// The owner has returned since: another life, in which this plan has no say.
    case superseded
    /// Erased already.
    case done
}

package import Accounts
import Incidents
package import Passwords
import Secrets
package import Storage

/// What an administrator does to accounts, over HTTP and from the command line. Every read and every
/// change names its reason, which the audit log keeps with it.
package struct AccountAdministration: Sendable {
    let node: Node
    /// An administrator's key, or `cli:<uid>`.
    let actor: String
    let reason: String

    /// Days that an invitation holds.
    package static let invitation = Duration.days(7)

    /// - Parameter reason: one that ``isReason(_:)`` takes.
    package init(_ node: Node, actor: String, reason: String) {
        self.node = node
        self.actor = actor
        self.reason = reason
    }

    package enum Failure: Error, Equatable, Sendable {
        case notFound
        /// The life cycle does not allow it.
        case refused(LifecycleError)
        /// The identifier belongs to a living or a closed account.
        case taken
        /// The identifier named for a return is not the one this account had, or its tombstone is over.
        case notTheOwner
        /// Somebody else changed the account at the same time.
        case conflict
        case database(DatabaseError)
        /// What a closure met: nothing to seal to, or no database.
        case problem(Problem)
    }

    // MARK: Reading

    package enum Question: Sendable {
        case id(AccountID)
        /// Exact, in any spelling that is the same identifier.
        case identifier(Identifier)
        case state(String, from: Timestamp, until: Timestamp, after: AccountAdminStore.Place?)
    }

    package static let pageMax = 100

    /// The accounts that a question finds, living or closed; what was read is in the audit log before
    /// anybody sees it.
    package func search(
        _ question: Question, countMax: Int = pageMax
    ) throws(Failure) -> [AccountStore.Record] {
        let now = node.clock()
        return try inTransaction { transaction throws(Attempt) in
            let found = try found(by: question, countMax, transaction)
            for account in found {
                try audit("account.read", account.id.text, at: now, transaction)
            }
            if found.isEmpty { try audit("account.searched", "none", at: now, transaction) }
            return found
        }
    }

    private func found(
        by question: Question, _ countMax: Int, _ transaction: borrowing Transaction
    ) throws(Attempt) -> [AccountStore.Record] {
        try database { () throws(DatabaseError) in
            switch question {
            case .id(let id): return try [AccountStore.find(id, transaction)].compactMap { $0 }
            case .identifier(let identifier):
                let locators = node.locators(of: identifier)
                var id = try AccountStore.id(locators: locators, transaction)
                if id == nil {
                    id = try AccountAdminStore.closedOwner(of: locators, transaction)
                }
                guard let id else { return [] }
                return try [AccountStore.find(id, transaction)].compactMap { $0 }
            case .state(let state, let from, let until, let place):
                return try AccountAdminStore.page(
                    state: state, from: from, until: until, after: place, countMax: countMax,
                    transaction)
            }
        }
    }

    // MARK: Changing

    /// Makes an account that has no password yet.
    package func invite(
        _ email: EmailAddress, displayName: DisplayName?, application: String
    ) throws(Failure) -> AccountStore.Record {
        let now = node.clock()
        let id = AccountID(bytes: SystemRandom.bytes(count: 16))
        let locators = node.locators(of: email.canonical)
        let keyID = node.keys.current(.identifier).id.text
        return try change(.registered) { transaction throws(Attempt) in
            try database { () throws(DatabaseError) in
                if try AccountStore.isTaken(locators: locators, transaction) {
                    throw .uniqueViolation
                }
                try AccountAdminStore.insertInvited(
                    id, locator: locators[0], keyID: keyID,
                    profile: .init(email: email.spelling, displayName: displayName?.text),
                    application: application, until: now + Self.invitation, at: now, transaction)
            }
            return id
        }
    }

    /// Every session ends, and the right password is answered like a wrong one.
    package func suspend(_ id: AccountID) throws(Failure) -> AccountStore.Record {
        try move(id, .suspended, change: .suspended)
    }

    package func reinstate(_ id: AccountID) throws(Failure) -> AccountStore.Record {
        try move(id, .reinstated, change: .reinstated)
    }

    /// The owner may use it for one thing: choosing another. An invited account becomes active.
    package func setTemporaryPassword(
        of id: AccountID, _ phc: PHCString
    ) throws(Failure) -> AccountStore.Record {
        let now = node.clock()
        return try change(.passwordChanged) { transaction throws(Attempt) in
            let account = try account(id, transaction)
            let next = try next(account, .passwordSet, at: now)
            try database { () throws(DatabaseError) in
                try AccountAdminStore.setPassword(of: account, phc: phc, at: now, transaction)
                try AccountAdminStore.move(account, to: next, at: now, transaction)
                try VerdictStore.delete(of: id, transaction)
                try endSessions(of: id, transaction)
            }
            return id
        }
    }

    /// The same as an owner's closure, without their password.
    package func close(
        _ id: AccountID, for closure: ClosureReason
    ) throws(Failure) -> AccountStore.Record {
        let now = node.clock()
        _ = try inTransaction { transaction throws(Attempt) in
            try next(try account(id, transaction), .closed, at: now)
        }
        let closed: AccountStore.Record?
        do throws(Problem) {
            let outcome = try node.closeAccount(id, closure, by: actor, because: reason)
            closed = outcome == nil ? nil : try node.account(id)
        } catch {
            throw .problem(error)
        }
        guard let closed else { throw .conflict }
        return closed
    }

    /// The same owner comes back, under the identifier they had, and chooses a password like somebody
    /// who was invited.
    ///
    /// - Parameter email: what the person says was theirs. Its keyed digest must be the account's tombstone.
    package func takeBack(
        _ id: AccountID, as email: EmailAddress
    ) throws(Failure) -> AccountStore.Record {
        let now = node.clock()
        let locators = node.locators(of: email.canonical)
        return try change(.returned) { transaction throws(Attempt) in
            let account = try account(id, transaction)
            let next = try next(
                account, .returned(invitedUntil: now + Self.invitation), at: now)
            let owner = try database { () throws(DatabaseError) in
                try AccountAdminStore.closedOwner(of: locators, transaction)
            }
            guard owner == id else { throw .failed(.notTheOwner) }
            try database { () throws(DatabaseError) in
                try AccountAdminStore.revive(
                    id, profile: .init(email: email.spelling, displayName: nil), transaction)
                try AccountAdminStore.move(account, to: next, at: now, transaction)
            }
            return id
        }
    }

    // MARK: In one transaction

    /// A failure that is ours rolls back like one of the database.
    private enum Attempt: Error {
        case failed(Failure)
        case database(DatabaseError)
    }

    private func move(
        _ id: AccountID, _ event: AccountEvent, change kind: AccountChange
    ) throws(Failure) -> AccountStore.Record {
        let now = node.clock()
        return try change(kind) { transaction throws(Attempt) in
            let account = try account(id, transaction)
            let next = try next(account, event, at: now)
            try database { () throws(DatabaseError) in
                try AccountAdminStore.move(account, to: next, at: now, transaction)
                try endSessions(of: id, transaction)
            }
            return id
        }
    }

    /// Does it, enqueues the event, writes the audit row, and reads what became of the account.
    private func change(
        _ kind: AccountChange,
        _ body: (borrowing Transaction) throws(Attempt) -> AccountID
    ) throws(Failure) -> AccountStore.Record {
        let now = node.clock()
        let changed = try inTransaction { transaction throws(Attempt) in
            let id = try body(transaction)
            let event = Event(
                kind, of: id, id: node.eventID(at: now), deployment: node.deployment, at: now)
            try database { () throws(DatabaseError) in try node.enqueue(event, transaction) }
            try audit("account.\(kind.type.word)", id.text, at: now, transaction)
            return try account(id, transaction)
        }
        node.noteEnqueued(kind.type)
        return changed
    }

    private func inTransaction<Answer>(
        _ body: (borrowing Transaction) throws(Attempt) -> Answer
    ) throws(Failure) -> Answer {
        // The database throws its own errors only; ours is kept beside it.
        var failure: Failure?
        do throws(DatabaseError) {
            return try node.database.transaction { transaction throws(DatabaseError) in
                failure = nil
                do throws(Attempt) {
                    return try body(transaction)
                } catch {
                    switch error {
                    case .failed(let ours):
                        failure = ours
                        throw .conflict
                    case .database(let error): throw error
                    }
                }
            }
        } catch {
            if let failure { throw failure }
            switch error {
            case .uniqueViolation: throw .taken
            case .conflict: throw .conflict
            default: throw .database(error)
            }
        }
    }

    private func database<Answer>(
        _ body: () throws(DatabaseError) -> Answer
    ) throws(Attempt) -> Answer {
        do {
            return try body()
        } catch {
            throw .database(error)
        }
    }

    private func account(
        _ id: AccountID, _ transaction: borrowing Transaction
    ) throws(Attempt) -> AccountStore.Record {
        let found = try database { () throws(DatabaseError) in
            try AccountStore.find(id, transaction)
        }
        guard let found else { throw .failed(.notFound) }
        return found
    }

    private func next(
        _ account: AccountStore.Record, _ event: AccountEvent, at now: Timestamp
    ) throws(Attempt) -> AccountState {
        do {
            return try account.state.after(event, at: now)
        } catch {
            throw .failed(.refused(error))
        }
    }

    private func endSessions(
        of id: AccountID, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try SessionStore.deleteAll(of: id, transaction)
        try DeviceStore.deleteAll(of: id, transaction)
    }

    private func audit(
        _ action: String, _ object: String, at now: Timestamp, _ transaction: borrowing Transaction
    ) throws(Attempt) {
        try database { () throws(DatabaseError) in
            try node.audit(
                action: action, of: object, by: actor, reason: reason, at: now, transaction)
        }
    }
}

extension AccountAdministration {
    static let notTheOwner =
        "This e-mail address is not the one that this account had, or it is nobody's by now."

    /// Why the life cycle does not allow it, for the administrator.
    static func text(of refusal: LifecycleError) -> String {
        switch refusal {
        case .invitationExpired: "The invitation is over: close the account and invite again."
        case .invitationOpen: "The account has no password yet: close it instead."
        case .accountSuspended: "The account is suspended."
        case .notSuspended: "The account is not suspended."
        case .accountClosed: "The account is closed."
        case .notClosed: "The account is not closed."
        case .accountErased: "The account was erased."
        case .erasureBlocked: "The account's data must be kept for now."
        }
    }
}

extension AccountAdministration.Failure {
    /// One line for the command line.
    package var text: String {
        switch self {
        case .notFound: "there is no such account"
        case .refused(let refusal): AccountAdministration.text(of: refusal)
        case .taken: "this e-mail address belongs to an account already"
        case .notTheOwner: AccountAdministration.notTheOwner
        case .conflict: "somebody else changed this account; look again"
        case .database(let error): "the database: \(error)"
        case .problem(let problem): problem.detail
        }
    }
}

import Accounts
import Passwords
import Secrets
import Storage
import Threads

/// One attempt to prove a password, from admission to its end. Login, password change and closure all go
/// through here, so they spend the same budgets and a stolen session is no guessing oracle.
///
/// `admit` (network thread, cheap) → `verify` (lane) → `settle` in the caller's transaction.
struct PasswordProof: Sendable {
    let node: Node
    /// Where the attempt came from: the application, or a session's application.
    let application: String
    let identifier: Identifier
    let client: ClientDescription
    /// `nil` when what was sent cannot be any password; it is then refused like a wrong one.
    let password: HeldPassword?
    /// Whether a right password whose hash is below today's cost is hashed anew.
    let renewsHash: Bool

    /// Kept between the steps.
    struct Admitted: Sendable {
        let sourceReservation: SourceBudgets.Reservation
        let locators: [Digest]
        let tags: PasswordTags?
    }

    /// One attempt as it was counted: in the account's budget and in its source's.
    struct Attempt: Sendable {
        let client: ClientClass
        let reservation: Lockout.Reservation
        let source: SourceBudgets.Reservation
    }

    /// What `verify` found. A wrong password is an answer.
    enum Outcome: Sendable {
        case proven(Proven)
        case refused
        case throttled(retryAfterSeconds: Int)
    }

    /// A password that was right. `settle` must run in the transaction that acts on it.
    struct Proven: Sendable {
        let account: AccountStore.Record
        let stored: AccountStore.StoredPassword
        let attempt: Attempt
        /// The same password at today's cost, when the stored hash is below it.
        let rehashed: PHCString?
    }

    /// Refuses what waits or is over its source's budget, before anything is paid for it.
    ///
    /// - Throws: 429 with the time to wait; the attempt then counts nowhere.
    func admit() throws(Problem) -> Admitted {
        let now = node.clock()
        let locators = node.locators(of: identifier)
        let tags = password.map { held in
            held.password.withBytes { bytes in
                PasswordTags.tags(for: bytes, key: node.keys.current(.tag).secret, at: now)
            }
        }
        let source = client.budgetSource(application)
        if client.address == nil { node.unattributed.note(application) }
        switch node.sources.withLock({ $0.reserve(for: source, at: now) }) {
        case .refused(let until):
            noteRefusal(locators, tags, at: now)
            throw .throttled(retryAfterSeconds: seconds(from: now, to: until))
        case .allowed(let reservation):
            let admitted = Admitted(sourceReservation: reservation, locators: locators, tags: tags)
            do {
                try refuseWhileWaiting(admitted, at: now)
            } catch {
                giveBack(admitted)
                throw error
            }
            return admitted
        }
    }

    /// The attempt was not made: it counts nowhere.
    func giveBack(_ admitted: Admitted) {
        node.sources.withLock { $0.succeed(admitted.sourceReservation) }
    }

    private func refuseWhileWaiting(_ admitted: Admitted, at now: Timestamp) throws(Problem) {
        guard node.configuration.throttling else { return }
        let decision = try node.withProblems { () throws(DatabaseError) in
            try node.database.read { reader throws(DatabaseError) in
                let account = try AccountStore.find(locators: admitted.locators, reader)
                let clientClass = try clientClass(account?.id, at: now, reader)
                var lockout = try loadLockout(admitted.locators, clientClass, reader)
                return lockout.reserve(at: now)
            }
        }
        if case .refused(let until) = decision {
            noteRefusal(admitted.locators, admitted.tags, at: now)
            throw .throttled(retryAfterSeconds: seconds(from: now, to: until))
        }
    }

    func noteRefusal(
        _ locators: [Digest], _ tags: PasswordTags?, at now: Timestamp
    ) {
        node.metrics.add(.signIns, "outcome=\"throttled\"")
        node.refusals.note(
            .init(
                locators: locators, source: client.address, application: application,
                minute: now.seconds / 60),
            tags, at: now)
    }
}

/// Whole seconds to wait, rounded up, at least one.
func seconds(from now: Timestamp, to until: Timestamp) -> Int {
    max(1, Int((until - now).microseconds + 999_999) / 1_000_000)
}

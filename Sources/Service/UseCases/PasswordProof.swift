import Accounts
import HTTP
import Passwords
import Secrets
import Storage
import Threads

/// One attempt to prove a password, from admission to its end. Login, password change and closure all go
/// through here, so they spend the same budgets and a stolen session is no guessing oracle.
///
/// `admit` (cheap, only reads) → `reserve` (desk, commits) → `compare` (lane) → `conclude` (desk), and
/// `settle` in the caller's transaction.
struct PasswordProof: Sendable {
    let node: Node
    /// Where the attempt came from: the application, or a session's application.
    let application: String
    let identifier: Identifier
    let client: ClientDescription
    /// `nil` when what was sent cannot be any password; it is then refused like a wrong one.
    let password: HeldPassword?
    let thenHashes: Hashing

    /// What is hashed once the password was right.
    enum Hashing: Sendable {
        case nothing
        /// The same password, when its stored hash is below today's cost.
        case renewal
        case replacement(HeldPassword)
    }

    /// Kept between the steps.
    struct Admitted: Sendable {
        let sourceReservation: SourceBudgets.Reservation
        let locators: [Digest]
        let tags: PasswordTags?
        /// Whose turn on a lane it takes: an owner's, where a device token showed one.
        let client: HashingLanes.Client
    }

    /// One attempt as it was counted: in the account's budget and in its source's.
    struct Attempt: Sendable {
        let client: ClientClass
        let reservation: Lockout.Reservation
        let source: SourceBudgets.Reservation
    }

    /// An attempt that may be judged, and what it is judged by.
    struct Reserved: Sendable {
        let admitted: Admitted
        let attempt: Attempt
        /// `nil` where there is none.
        let account: AccountStore.Record?
    }

    /// What `compare` found. A wrong password is an answer.
    enum Outcome: Sendable {
        case proven(Proven)
        case refused
        /// It could not be judged: counts nowhere.
        case failed(Problem)
    }

    /// A password that was right. `settle` must run in the transaction that acts on it.
    struct Proven: Sendable {
        let account: AccountStore.Record
        let stored: AccountStore.StoredPassword
        let attempt: Attempt
        /// Of what the proof was told to hash; `nil` where a renewal was not needed.
        let newHash: PHCString?
        /// Whether it is in the corpus of breached passwords.
        let isBreached: Bool
    }

    /// The steps from an admitted attempt to what a right password allows.
    ///
    /// - Parameter finish: acts on it, with ``act(on:at:_:)``, and answers.
    func begin(
        _ admitted: Admitted, finish: @escaping @Sendable (Proven) throws(Problem) -> Response
    ) throws(Problem) -> HashingWork.Begun {
        let reserved = try reserve(admitted)
        return .hash { arena in
            let outcome = compare(reserved, in: &arena)
            return { () throws(Problem) in try finish(try conclude(outcome, of: reserved)) }
        }
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
            do {
                let client = try refuseWhileWaiting(locators, tags, at: now)
                return Admitted(
                    sourceReservation: reservation, locators: locators, tags: tags, client: client)
            } catch {
                giveBack(reservation)
                throw error
            }
        }
    }

    /// The attempt was not made: it counts nowhere.
    func giveBack(_ admitted: Admitted) {
        giveBack(admitted.sourceReservation)
    }

    private func giveBack(_ reservation: SourceBudgets.Reservation) {
        node.sources.withLock { $0.succeed(reservation) }
    }

    private func refuseWhileWaiting(
        _ locators: [Digest], _ tags: PasswordTags?, at now: Timestamp
    ) throws(Problem) -> HashingLanes.Client {
        let (client, decision) = try node.withProblems { () throws(DatabaseError) in
            try node.database.read { reader throws(DatabaseError) in
                let account = try AccountStore.id(locators: locators, reader)
                let clientClass = try clientClass(account, at: now, reader)
                let client: HashingLanes.Client =
                    if let account, clientClass == .device { .owner(account) } else { .stranger }
                guard node.configuration.throttling else {
                    return (client, Lockout.Decision?.none)
                }
                var lockout = try loadLockout(locators, clientClass, reader)
                return (client, lockout.reserve(at: now))
            }
        }
        if case .refused(let until) = decision {
            noteRefusal(locators, tags, at: now)
            throw .throttled(retryAfterSeconds: seconds(from: now, to: until))
        }
        return client
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

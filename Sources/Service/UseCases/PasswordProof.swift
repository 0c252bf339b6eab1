import Accounts
import Incidents
import Passwords
import Secrets
import Storage
import Threads

/// A password on its way through a lane: one owner, wiped when the last step lets go.
final class HeldPassword: Sendable {
    let password: Password

    init(_ password: consuming Password) {
        self.password = password
    }

    /// - Returns: `nil` for a text that no password can be, for want of an encoding or for its length.
    convenience init?(_ text: String) {
        do {
            self.init(try Password(text))
        } catch {
            return nil
        }
    }
}

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
        let clientClass: ClientClass
        let reservation: Lockout.Reservation
        let sourceReservation: SourceBudgets.Reservation
        /// The same password at today's cost, when the stored hash is below it.
        let rehashed: PHCString?
    }

    // MARK: Admission

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

    private func noteRefusal(
        _ locators: [Digest], _ tags: PasswordTags?, at now: Timestamp
    ) {
        node.metrics.add(.signIns, "outcome=\"throttled\"")
        node.refusals.note(
            .init(
                locators: locators, source: client.address, application: application,
                minute: now.seconds / 60),
            tags, at: now)
    }

    // MARK: Verification

    /// Reserves the attempt, then computes one hash, whatever the account is: an unknown, suspended,
    /// closed or malformed one costs what a wrong password costs.
    func verify(
        _ admitted: Admitted, in arena: inout Argon2Arena
    ) throws(Problem) -> Outcome {
        let now = node.clock()
        let reserved = try reserve(admitted, at: now)
        let account: AccountStore.Record?
        let reservation: Lockout.Reservation
        let clientClass: ClientClass
        switch reserved {
        case .refused(let until):
            giveBack(admitted)
            noteRefusal(admitted.locators, admitted.tags, at: now)
            return .throttled(retryAfterSeconds: seconds(from: now, to: until))
        case .allowed(let found, let kind, let made):
            (account, clientClass, reservation) = (found, kind, made)
        }
        let matches = try compare(account, in: &arena)
        guard matches, let account, let stored = account.password, account.state.allowsSignIn else {
            try settleFailure(account?.id, admitted)
            return .refused
        }
        return .proven(
            Proven(
                account: account, stored: stored, clientClass: clientClass,
                reservation: reservation,
                sourceReservation: admitted.sourceReservation,
                rehashed: try rehash(stored, in: &arena)))
    }

    private enum Reserved {
        case allowed(AccountStore.Record?, ClientClass, Lockout.Reservation)
        case refused(until: Timestamp)
    }

    private func reserve(_ admitted: Admitted, at now: Timestamp) throws(Problem) -> Reserved {
        try node.withProblems { () throws(DatabaseError) in
            try node.database.transaction { transaction throws(DatabaseError) in
                let account = try AccountStore.find(locators: admitted.locators, transaction)
                let clientClass = try clientClass(account?.id, at: now, transaction)
                guard node.configuration.throttling else {
                    var free = Lockout(node.schedule, clientClass)
                    guard case .allowed(let reservation) = free.reserve(at: now) else {
                        preconditionFailure("an empty lockout allows")
                    }
                    return .allowed(account, clientClass, reservation)
                }
                var lockout = try loadLockout(admitted.locators, clientClass, transaction)
                let decision = lockout.reserve(at: now)
                try saveLockout(lockout, admitted.locators, at: now, transaction)
                switch decision {
                case .allowed(let reservation): return .allowed(account, clientClass, reservation)
                case .refused(let until): return .refused(until: until)
                }
            }
        }
    }

    private func compare(
        _ account: AccountStore.Record?, in arena: inout Argon2Arena
    ) throws(Problem) -> Bool {
        node.metrics.add(.hashes)
        let decoy = StoredHash.decoy(cost: node.cost, pepper: node.peppers.current)
        do {
            let stored = try account?.password.map { stored in try PHCString(stored.phc) } ?? decoy
            let held: HeldPassword
            if let password { held = password } else { held = HeldPassword(try Password("")) }
            let verification = try StoredHash.verify(
                held.password, against: stored, peppers: node.peppers, in: &arena)
            return verification == .match && password != nil
        } catch {
            node.log.error("a stored hash cannot be verified", .reason(String(describing: error)))
            throw .internalError
        }
    }

    private func rehash(
        _ stored: AccountStore.StoredPassword, in arena: inout Argon2Arena
    ) throws(Problem) -> PHCString? {
        do {
            let phc = try PHCString(stored.phc)
            guard renewsHash, let password,
                phc.needsRehash(today: node.cost, pepper: node.peppers.current.id)
            else { return nil }
            return try node.hash(password, in: &arena)
        } catch {
            node.log.error("a hash could not be renewed", .reason(String(describing: error)))
            throw .internalError
        }
    }

    // MARK: Settlement

    /// Notes the success and frees the client's delay, in the transaction that acts on it.
    ///
    /// - Throws: `.conflict` when the account or its password changed since it was verified.
    func settle(
        _ proven: Proven, at now: Timestamp, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        guard let account = try AccountStore.find(proven.account.id, transaction),
            account.state.allowsSignIn, account.password?.version == proven.stored.version
        else { throw .conflict }
        if node.configuration.throttling {
            let locators = node.locators(of: identifier)
            var lockout = try loadLockout(locators, proven.clientClass, transaction)
            lockout.succeed(proven.reservation, at: now)
            try saveLockout(lockout, locators, at: now, transaction)
        }
        try append(.success, proven.account.id, nil, at: now, transaction)
        if let phc = proven.rehashed {
            try AccountStore.rehash(
                proven.account.id, phc: phc, over: proven.stored.version, transaction)
        }
    }

    /// After the transaction committed: the source's attempt was no failure.
    func settled(_ proven: Proven) {
        node.sources.withLock { $0.succeed(proven.sourceReservation) }
        node.metrics.add(.signIns, "outcome=\"success\"")
    }

    private func settleFailure(
        _ account: AccountID?, _ admitted: Admitted
    ) throws(Problem) {
        let now = node.clock()
        let subject = account.map(AttemptedAccount.known) ?? .unknown(admitted.locators[0])
        let outcome = account == nil ? SignInOutcome.unknownAccount : .failure
        try node.withProblems { () throws(DatabaseError) in
            try node.database.transaction { transaction throws(DatabaseError) in
                try SignInStore.append(
                    SignInAttempt(
                        outcome: outcome, account: subject, source: client.address,
                        tags: admitted.tags.map { [$0] } ?? []),
                    id: node.eventID(at: now).text, application: application, at: now, transaction)
            }
        }
        node.metrics.add(.signIns, "outcome=\"\(outcome.rawValue)\"")
    }

    private func append(
        _ outcome: SignInOutcome, _ account: AccountID, _ tags: PasswordTags?, at now: Timestamp,
        _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try SignInStore.append(
            SignInAttempt(
                outcome: outcome, account: .known(account), source: client.address,
                tags: tags.map { [$0] } ?? []),
            id: node.eventID(at: now).text, application: application, at: now, transaction)
    }

    // MARK: Lockout rows

    private func clientClass(
        _ account: AccountID?, at now: Timestamp, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> ClientClass {
        guard let account, let device = client.device,
            try DeviceStore.isKnown(device.digest, of: account, at: now, reading)
        else { return .stranger }
        return .device
    }

    private func loadLockout(
        _ locators: [Digest], _ clientClass: ClientClass,
        _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> Lockout {
        guard
            let bytes = try ThrottleStore.load(
                locators[0], client: clientClass.rawValue, reading)
        else { return Lockout(node.schedule, clientClass) }
        // A damaged row taken for an empty one would hand out a fresh budget.
        guard let lockout = Lockout(encoded: bytes, node.schedule, clientClass) else {
            throw .unexpectedColumn(position: 0, wanted: .bytes)
        }
        return lockout
    }

    private func saveLockout(
        _ lockout: Lockout, _ locators: [Digest], at now: Timestamp,
        _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try ThrottleStore.save(
            locators[0], client: lockout.client.rawValue, state: lockout.encoded,
            diesAt: lockout.expiresAt ?? now, transaction)
    }
}

extension Node {
    /// A new hash of a password at today's cost.
    func hash(
        _ held: HeldPassword, in arena: inout Argon2Arena
    ) throws(PasswordHashError) -> PHCString {
        metrics.add(.hashes)
        return try StoredHash.make(
            password: held.password, salt: SystemRandom.bytes(count: StoredHash.saltCount),
            pepper: peppers.current, cost: cost, in: &arena)
    }
}

/// Whole seconds to wait, rounded up, at least one.
private func seconds(from now: Timestamp, to until: Timestamp) -> Int {
    max(1, Int((until - now).microseconds + 999_999) / 1_000_000)
}

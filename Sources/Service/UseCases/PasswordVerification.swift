import Accounts
import Incidents
import Passwords
import Secrets
import Storage
import Threads

// What happens to an admitted attempt: counted at the desk, judged on a lane, concluded at the desk.
extension PasswordProof {
    /// Counts the attempt and reads what it will be judged by, in one transaction.
    ///
    /// - Throws: 429 when the account waits; the attempt then counts nowhere.
    func reserve(_ admitted: Admitted) throws(Problem) -> Reserved {
        let now = node.clock()
        do throws(Problem) {
            switch try counted(admitted, at: now) {
            case .allowed(let reserved): return reserved
            case .refused(let until):
                noteRefusal(admitted.locators, admitted.tags, at: now)
                throw Problem.throttled(retryAfterSeconds: seconds(from: now, to: until))
            }
        } catch {
            giveBack(admitted)
            throw error
        }
    }

    /// One hash, whatever the account is: an unknown, suspended, closed or malformed one costs what a
    /// wrong password costs. On a lane; touches no database.
    func compare(_ reserved: Reserved, in arena: inout Argon2Arena) -> Outcome {
        do throws(Problem) {
            let isMatch = try matches(reserved.account, in: &arena)
            guard isMatch, let account = reserved.account, let stored = account.password,
                account.state.allowsSignIn
            else { return .refused }
            return .proven(
                Proven(
                    account: account, stored: stored, attempt: reserved.attempt,
                    newHash: try newHash(stored, in: &arena)))
        } catch {
            return .failed(error)
        }
    }

    /// Writes what a wrong password leaves behind, or hands on what a right one proved.
    ///
    /// - Throws: 401 for a wrong one; 503 or 500, with the attempt taken back, when it could not be
    ///   judged or its end could not be kept.
    func conclude(_ outcome: Outcome, of reserved: Reserved) throws(Problem) -> Proven {
        switch outcome {
        case .proven(let proven): return proven
        case .failed(let problem):
            withdraw(reserved.attempt)
            throw problem
        case .refused:
            do throws(Problem) {
                try settleFailure(reserved)
            } catch {
                withdraw(reserved.attempt)
                throw error
            }
            throw .invalidCredentials
        }
    }

    /// Runs the transaction that acts on a proven password, with `settle` in it.
    ///
    /// - Throws: 401 when the account or its password changed while it was hashed; 503 or 500, with the
    ///   attempt taken back, when nothing was kept.
    func act(
        on proven: Proven, at now: Timestamp,
        _ body: (borrowing Transaction) throws(DatabaseError) -> Void
    ) throws(Problem) {
        do throws(DatabaseError) {
            try node.database.transaction { transaction throws(DatabaseError) in
                try settle(proven, at: now, transaction)
                try body(transaction)
            }
        } catch .conflict {
            throw .invalidCredentials
        } catch {
            withdraw(proven.attempt)
            throw node.problem(of: error)
        }
        node.sources.withLock { $0.succeed(proven.attempt.source) }
        node.metrics.add(.signIns, "outcome=\"success\"")
    }

    /// The password was not judged, or its judgement could not be kept: the attempt counts nowhere.
    /// When even that cannot be written, it stays a failure.
    func withdraw(_ attempt: Attempt) {
        node.sources.withLock { $0.succeed(attempt.source) }
        guard node.configuration.throttling else { return }
        let now = node.clock()
        let locators = node.locators(of: identifier)
        do {
            try node.database.transaction { transaction throws(DatabaseError) in
                var lockout = try loadLockout(locators, attempt.client, transaction)
                lockout.withdraw(attempt.reservation, at: now)
                try saveLockout(lockout, locators, at: now, transaction)
            }
        } catch {
            node.log.warning("an attempt could not be taken back")
        }
    }

    private enum Counted {
        case allowed(Reserved)
        case refused(until: Timestamp)
    }

    private func counted(_ admitted: Admitted, at now: Timestamp) throws(Problem) -> Counted {
        try node.withProblems { () throws(DatabaseError) in
            try node.database.transaction { transaction throws(DatabaseError) in
                let account = try AccountStore.findOrStandIn(admitted.locators, transaction)
                let clientClass = try clientClass(account?.id, at: now, transaction)
                let decision: Lockout.Decision
                if node.configuration.throttling {
                    var lockout = try loadLockout(admitted.locators, clientClass, transaction)
                    decision = lockout.reserve(at: now)
                    try saveLockout(lockout, admitted.locators, at: now, transaction)
                } else {
                    var free = Lockout(node.schedule, clientClass)
                    decision = free.reserve(at: now)
                }
                switch decision {
                case .refused(let until): return .refused(until: until)
                case .allowed(let reservation):
                    let attempt = Attempt(
                        client: clientClass, reservation: reservation,
                        source: admitted.sourceReservation)
                    return .allowed(
                        Reserved(admitted: admitted, attempt: attempt, account: account))
                }
            }
        }
    }

    private func matches(
        _ account: AccountStore.Record?, in arena: inout Argon2Arena
    ) throws(Problem) -> Bool {
        try node.verifies(password, against: account?.password?.phc, of: identifier, in: &arena)
    }

    private func newHash(
        _ stored: AccountStore.StoredPassword, in arena: inout Argon2Arena
    ) throws(Problem) -> PHCString? {
        switch (thenHashes, password) {
        case (.replacement(let held), _): return try node.newHash(of: held, in: &arena)
        case (.renewal, let password?):
            return try node.renewed(password, over: stored.phc, in: &arena)
        case (.nothing, _), (.renewal, nil): return nil
        }
    }

    /// Notes the success and frees the client's delay.
    ///
    /// - Throws: `.conflict` when the account or its password changed since it was verified.
    private func settle(
        _ proven: Proven, at now: Timestamp, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        guard let account = try AccountStore.find(proven.account.id, transaction),
            account.state.allowsSignIn, account.password?.version == proven.stored.version
        else { throw .conflict }
        if node.configuration.throttling {
            let locators = node.locators(of: identifier)
            var lockout = try loadLockout(locators, proven.attempt.client, transaction)
            lockout.succeed(proven.attempt.reservation, at: now)
            try saveLockout(lockout, locators, at: now, transaction)
        }
        try append(.success, .known(proven.account.id), nil, at: now, transaction)
        if case .renewal = thenHashes, let phc = proven.newHash {
            try AccountStore.rehash(
                proven.account.id, phc: phc, over: proven.stored.phc, transaction)
        }
    }

    private func settleFailure(_ reserved: Reserved) throws(Problem) {
        let now = node.clock()
        let subject =
            reserved.account.map { AttemptedAccount.known($0.id) }
            ?? .unknown(UnknownID(locator: reserved.admitted.locators[0]))
        let outcome = reserved.account == nil ? SignInOutcome.unknownAccount : .failure
        try node.withProblems { () throws(DatabaseError) in
            try node.database.transaction { transaction throws(DatabaseError) in
                try append(outcome, subject, reserved.admitted.tags, at: now, transaction)
            }
        }
        node.metrics.add(.signIns, "outcome=\"\(outcome.rawValue)\"")
    }

    private func append(
        _ outcome: SignInOutcome, _ account: AttemptedAccount, _ tags: PasswordTags?,
        at now: Timestamp, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try SignInStore.append(
            SignInAttempt(
                outcome: outcome, account: account, source: client.address,
                tags: tags.map { [$0] } ?? []),
            id: node.eventID(at: now).text, application: application, at: now, transaction)
    }
}

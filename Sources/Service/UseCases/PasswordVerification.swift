import Accounts
import Incidents
import Passwords
import Secrets
import Storage
import Threads

// What happens to an admitted attempt on a lane, and in the transaction that acts on it.
extension PasswordProof {
    /// Reserves the attempt, then computes one hash, whatever the account is: an unknown, suspended,
    /// closed or malformed one costs what a wrong password costs.
    func verify(
        _ admitted: Admitted, in arena: inout Argon2Arena
    ) throws(Problem) -> Outcome {
        let now = node.clock()
        let account: AccountStore.Record?
        let attempt: Attempt
        do {
            switch try reserve(admitted, at: now) {
            case .refused(let until):
                giveBack(admitted)
                noteRefusal(admitted.locators, admitted.tags, at: now)
                return .throttled(retryAfterSeconds: seconds(from: now, to: until))
            case .allowed(let found, let made): (account, attempt) = (found, made)
            }
        } catch {
            giveBack(admitted)
            throw error
        }
        do {
            guard try compare(account, in: &arena), let account, let stored = account.password,
                account.state.allowsSignIn
            else {
                try settleFailure(account?.id, admitted)
                return .refused
            }
            return .proven(
                Proven(
                    account: account, stored: stored, attempt: attempt,
                    rehashed: try rehash(stored, in: &arena)))
        } catch {
            withdraw(attempt)
            throw error
        }
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

    private enum Reserved {
        case allowed(AccountStore.Record?, Attempt)
        case refused(until: Timestamp)
    }

    private func reserve(_ admitted: Admitted, at now: Timestamp) throws(Problem) -> Reserved {
        try node.withProblems { () throws(DatabaseError) in
            try node.database.transaction { transaction throws(DatabaseError) in
                let account = try AccountStore.find(locators: admitted.locators, transaction)
                let clientClass = try clientClass(account?.id, at: now, transaction)
                let attempt = { (reservation: Lockout.Reservation) in
                    Attempt(
                        client: clientClass, reservation: reservation,
                        source: admitted.sourceReservation)
                }
                guard node.configuration.throttling else {
                    var free = Lockout(node.schedule, clientClass)
                    guard case .allowed(let reservation) = free.reserve(at: now) else {
                        preconditionFailure("an empty lockout allows")
                    }
                    return .allowed(account, attempt(reservation))
                }
                var lockout = try loadLockout(admitted.locators, clientClass, transaction)
                let decision = lockout.reserve(at: now)
                try saveLockout(lockout, admitted.locators, at: now, transaction)
                switch decision {
                case .allowed(let reservation): return .allowed(account, attempt(reservation))
                case .refused(let until): return .refused(until: until)
                }
            }
        }
    }

    private func compare(
        _ account: AccountStore.Record?, in arena: inout Argon2Arena
    ) throws(Problem) -> Bool {
        try node.verifies(password, against: account?.password?.phc, of: identifier, in: &arena)
    }

    private func rehash(
        _ stored: AccountStore.StoredPassword, in arena: inout Argon2Arena
    ) throws(Problem) -> PHCString? {
        guard renewsHash, let password else { return nil }
        return try node.renewed(password, over: stored.phc, in: &arena)
    }

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
            var lockout = try loadLockout(locators, proven.attempt.client, transaction)
            lockout.succeed(proven.attempt.reservation, at: now)
            try saveLockout(lockout, locators, at: now, transaction)
        }
        try append(.success, proven.account.id, nil, at: now, transaction)
        if let phc = proven.rehashed {
            try AccountStore.rehash(
                proven.account.id, phc: phc, over: proven.stored.phc, transaction)
        }
    }

    /// After the transaction committed: the source's attempt was no failure.
    func settled(_ proven: Proven) {
        node.sources.withLock { $0.succeed(proven.attempt.source) }
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
}

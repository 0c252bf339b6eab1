package import Accounts
import Incidents
import Passwords
import Secrets
import Storage

/// Taking an account off line at its owner's wish: deactivated, never plainly deleted.
struct Closure: Sendable {
    let proof: PasswordProof
    let reason: ClosureReason
    let idempotency: IdempotencyStore.Name?

    /// One transaction: everything that ``Node/write(_:by:from:_:)`` does, the attempt settled and the
    /// answer kept.
    ///
    /// - Returns: when it was closed, and what is kept.
    func close(
        _ proven: PasswordProof.Proven
    ) throws(Problem) -> (closedAt: Timestamp, kept: [ClosurePlan.Kept]) {
        let node = proof.node
        let now = node.clock()
        let id = proven.account.id
        let closure: PreparedClosure
        do {
            closure = try node.prepareClosure(of: proven.account, reason, at: now)
        } catch {
            proof.withdraw(proven.attempt)
            throw error
        }
        try proof.act(on: proven, at: now) { transaction throws(DatabaseError) in
            try node.write(closure, by: id.text, from: proof.client.address, transaction)
            if let idempotency {
                try IdempotencyStore.finish(idempotency, status: 200, account: id, transaction)
            }
        }
        node.noteClosed()
        return (now, closure.plan.kept)
    }
}

extension Node {
    /// Closes an account without its owner's password: an administrator's recorded decision, or a
    /// worker's.
    ///
    /// - Parameters:
    ///   - actor: an administrator's id, `cli:<uid>`, or a worker's name.
    ///   - note: why, in the actor's words, for the audit log.
    /// - Returns: when it was closed and what is kept; `nil` when there is no such account, or it is
    ///   closed already.
    package func closeAccount(
        _ id: AccountID, _ reason: ClosureReason, by actor: String, because note: String
    ) throws(Problem) -> (closedAt: Timestamp, kept: [ClosurePlan.Kept])? {
        // Somebody else may change the account while it is sealed: a sign-in renews a hash.
        for _ in 0..<5 {
            guard let account = try account(id) else { return nil }
            switch account.state {
            case .closed, .erased: return nil
            case .invited, .active, .suspended: break
            }
            let now = clock()
            let closure = try prepareClosure(of: account, reason, at: now)
            do throws(DatabaseError) {
                try database.transaction { transaction throws(DatabaseError) in
                    try write(closure, by: actor, from: nil, transaction)
                    try audit(
                        action: "account.closure_decided", of: id.text, by: actor, reason: note,
                        at: now, transaction)
                }
            } catch .conflict {
                continue
            } catch {
                throw problem(of: error)
            }
            noteClosed()
            return (now, closure.plan.kept)
        }
        throw .unavailable
    }
}

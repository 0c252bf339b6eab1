import Accounts
import Incidents
import Passwords
import Secrets
import Storage

/// Replacing a password by its owner, who proves the current one.
struct PasswordChange: Sendable {
    let proof: PasswordProof
    let session: SessionStore.Record
    let newPassword: HeldPassword

    /// Every other session and every device token ends with the old password.
    func change(
        _ admitted: PasswordProof.Admitted, in arena: inout Argon2Arena
    ) throws(Problem) {
        let node = proof.node
        let proven: PasswordProof.Proven
        switch try proof.verify(admitted, in: &arena) {
        case .throttled(let seconds): throw .throttled(retryAfterSeconds: seconds)
        case .refused: throw .invalidCredentials
        case .proven(let found): proven = found
        }
        let phc: PHCString
        do {
            phc = try node.hash(newPassword, in: &arena)
        } catch {
            proof.withdraw(proven.attempt)
            node.log.error("a password could not be hashed", .reason(String(describing: error)))
            throw .internalError
        }
        let now = node.clock()
        do {
            try node.database.transaction { transaction throws(DatabaseError) in
                try proof.settle(proven, at: now, transaction)
                try AccountStore.setPassword(
                    of: proven.account.id, phc: phc, mustChange: false,
                    over: proven.stored.version, at: now, transaction)
                try SessionStore.deleteAll(
                    of: proven.account.id, but: session.digest, transaction)
                try DeviceStore.deleteAll(of: proven.account.id, transaction)
                try node.record(
                    .passwordChanged, of: proven.account.id, by: proven.account.id.text,
                    from: proof.client.address, at: now, transaction)
            }
        } catch .conflict {
            throw .invalidCredentials
        } catch {
            proof.withdraw(proven.attempt)
            throw node.problem(of: error)
        }
        proof.settled(proven)
        node.noteEnqueued(.accountPasswordChanged)
    }
}

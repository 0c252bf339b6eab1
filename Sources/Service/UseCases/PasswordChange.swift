import Accounts
import Incidents
import Passwords
import Secrets
import Storage

/// Replacing a password by its owner, who proves the current one.
struct PasswordChange: Sendable {
    /// Told to hash the new password.
    let proof: PasswordProof
    let session: SessionStore.Record
    let newPassword: HeldPassword

    /// A session that could do nothing else is free again. Every other session, every device token and
    /// every link that would set a password ends with the old one, and the owner is told.
    func replace(_ proven: PasswordProof.Proven) throws(Problem) {
        guard let phc = proven.newHash else {
            preconditionFailure("a replacement is hashed whenever the password was right")
        }
        let node = proof.node
        let now = node.clock()
        let id = proven.account.id
        let notice = try node.notice(.passwordChanged, to: id, at: now)
        try proof.act(on: proven, at: now) { transaction throws(DatabaseError) in
            try AccountStore.setPassword(
                of: id, phc: phc, mustChange: false, over: proven.stored.version, at: now,
                transaction)
            let vector = node.judge(
                newPassword, email: proven.account.profile?.email,
                displayName: proven.account.profile?.displayName,
                by: try node.policies.current(transaction), at: now)
            try node.overwrite(vector, of: id, transaction)
            try SessionStore.deleteAll(of: id, but: session.digest, transaction)
            try SessionStore.lift(session.digest, transaction)
            try DeviceStore.deleteAll(of: id, transaction)
            try LinkStore.deleteAll(of: id, kind: .passwordReset, transaction)
            try node.post(notice, transaction)
            try node.record(
                .passwordChanged, of: id, by: id.text, from: proof.client.address, at: now,
                transaction)
        }
        node.noteEnqueued(.accountPasswordChanged)
        node.notePosted(notice)
    }
}

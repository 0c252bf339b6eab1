import Accounts
import Incidents
import Passwords
import Secrets
import Storage

/// Taking an account off line at its owner's wish: deactivated, never plainly deleted.
struct Closure: Sendable {
    let proof: PasswordProof
    let reason: ClosureReason
    let idempotency: IdempotencyStore.Name?

    /// One transaction: sessions, devices and hash destroyed, the person's data moved where no
    /// request reads, the identifier left as a tombstone, the event enqueued.
    ///
    /// - Returns: when it was closed.
    func close(_ proven: PasswordProof.Proven) throws(Problem) -> Timestamp {
        let node = proof.node
        let now = node.clock()
        let id = proven.account.id
        // Its address goes with the account: the notice carries it, sealed, until it is sent.
        let address = proven.account.profile?.email
        let notice = try node.notice(
            .closure, to: id, carrying: address.map { Array($0.utf8) }, at: now)
        try proof.act(on: proven, at: now) { transaction throws(DatabaseError) in
            try LinkStore.deleteAll(of: id, transaction)
            try FormerAddressStore.deleteAll(of: id, transaction)
            try NoticeStore.drop(of: id, transaction)
            // While the profile still says in which language.
            try node.post(notice, transaction)
            try AccountStore.close(proven.account, reason: reason, at: now, transaction)
            try SessionStore.deleteAll(of: id, transaction)
            try DeviceStore.deleteAll(of: id, transaction)
            try SignInStore.blurSources(of: id, transaction)
            try node.record(
                .closed(reason), of: id, by: id.text, from: proof.client.address, at: now,
                transaction)
            if let idempotency {
                try IdempotencyStore.finish(idempotency, status: 200, account: id, transaction)
            }
        }
        node.noteEnqueued(.accountClosed)
        node.notePosted(notice)
        node.scrubs.request()
        return now
    }
}

import Accounts
import Passwords
import Secrets
import Storage

/// Proving a password and getting a session for it.
struct SignIn: Sendable {
    let proof: PasswordProof

    /// What a sign-in gives. The two texts are rendered once, into the answer.
    struct SignedIn: Sendable {
        let sessionToken: String
        let expiresAt: Timestamp
        let account: AccountStore.Record
        /// A new device token, unless the client showed a valid one.
        let device: (token: String, expiresAt: Timestamp)?
    }

    func openSession(_ proven: PasswordProof.Proven) throws(Problem) -> SignedIn {
        let node = proof.node
        let now = node.clock()
        let sessionSecret = SystemRandom.secret(count: 32)
        let deviceSecret = SystemRandom.secret(count: 32)
        let session = SessionStore.Record(
            digest: Token(.session, of: sessionSecret).digest, accountID: proven.account.id,
            application: proof.application, createdAt: now,
            expiresAt: now + node.lifetimes.absolute, usedAt: now)
        let deviceDigest = Token(.device, of: deviceSecret).digest
        let rules = DeviceTokenRules.standard
        let issuesDevice = proven.attempt.client == .stranger
        try proof.act(on: proven, at: now) { transaction throws(DatabaseError) in
            try SessionStore.insert(session, transaction)
            guard issuesDevice else { return }
            try DeviceStore.insert(
                deviceDigest, of: proven.account.id, expiresAt: rules.expiry(issuedAt: now),
                countMax: rules.perAccountMax, at: now, transaction)
        }
        return SignedIn(
            sessionToken: Token.text(.session, of: sessionSecret), expiresAt: session.expiresAt,
            account: proven.account,
            device: issuesDevice
                ? (Token.text(.device, of: deviceSecret), rules.expiry(issuedAt: now)) : nil)
    }
}

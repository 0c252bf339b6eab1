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
        /// The session may only change the password, close the account or end.
        let mustChangePassword: Bool
    }

    /// - Throws: 403 when the policy in force blocks this password by now. Only who had the right one
    ///   ever learns it.
    func openSession(_ proven: PasswordProof.Proven) throws(Problem) -> SignedIn {
        let node = proof.node
        let now = node.clock()
        let sessionSecret = SystemRandom.secret(count: 32)
        let deviceSecret = SystemRandom.secret(count: 32)
        let sessionDigest = Token(.session, of: sessionSecret).digest
        let expiresAt = now + node.lifetimes.absolute
        let deviceDigest = Token(.device, of: deviceSecret).digest
        let rules = DeviceTokenRules.standard
        let issuesDevice = proven.attempt.client == .stranger
        var consequence = Remediation.Consequence.none
        try proof.act(on: proven, at: now) { transaction throws(DatabaseError) in
            consequence = try judge(proven, at: now, transaction)
            guard consequence != .blocked else { return }
            try SessionStore.insert(
                SessionStore.Record(
                    digest: sessionDigest, accountID: proven.account.id,
                    application: proof.application, createdAt: now, expiresAt: expiresAt,
                    usedAt: now, isRestricted: consequence == .changeRequired),
                transaction)
            try UnusedStore.noteUse(of: proven.account.id, at: now, transaction)
            guard issuesDevice else { return }
            try DeviceStore.insert(
                deviceDigest, of: proven.account.id, expiresAt: rules.expiry(issuedAt: now),
                countMax: rules.perAccountMax, at: now, transaction)
        }
        guard consequence != .blocked else { throw .passwordBlocked }
        return SignedIn(
            sessionToken: Token.text(.session, of: sessionSecret), expiresAt: expiresAt,
            account: proven.account,
            device: issuesDevice
                ? (Token.text(.device, of: deviceSecret), rules.expiry(issuedAt: now)) : nil,
            mustChangePassword: consequence == .changeRequired)
    }

    /// Judges the password by today's rules, keeps what was found, and says what follows. One that
    /// somebody else has set must be changed whatever the rules say of it.
    private func judge(
        _ proven: PasswordProof.Proven, at now: Timestamp, _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> Remediation.Consequence {
        let node = proof.node
        var consequence = Remediation.Consequence.none
        if let password = proof.password {
            let policies = try node.policies.current(transaction)
            let vector = node.judge(
                password, email: proven.account.profile?.email,
                displayName: proven.account.profile?.displayName, by: policies, at: now)
            try node.keep(vector, of: proven.account.id, transaction)
            consequence = policies.consequence(of: vector.inForce, at: now)
        }
        return consequence == .none && proven.stored.mustChange ? .changeRequired : consequence
    }
}

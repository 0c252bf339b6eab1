import Accounts
import Passwords
import Storage

// Judging a password while it is known, and keeping what was found.
extension Node {
    /// What the policies say of a password of this person.
    func judge(
        _ held: HeldPassword, email: String?, displayName: String?, by policies: PoliciesInForce,
        at now: Timestamp
    ) -> VerdictVector {
        let context = PasswordContext(
            serviceName: configuration.serviceName.isEmpty ? nil : configuration.serviceName,
            email: email, displayName: displayName)
        let verdict = { (policy: PasswordPolicy) in
            RuleVerdict(
                policy: policy,
                broken: policy.violations(
                    of: held.password, context: context, blocklist: self.blocklist))
        }
        return VerdictVector(
            time: now, inForce: verdict(policies.policy),
            candidate: policies.candidate.map(verdict), corpus: nil)
    }

    /// Keeps what was found at a sign-in, when it is worth a write.
    func keep(
        _ vector: VerdictVector, of account: AccountID, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        let old = try VerdictStore.find(account, transaction)
        guard vector.isWorthWriting(over: old.flatMap { verdictSeals.open($0, of: account) })
        else { return }
        try overwrite(vector, of: account, transaction)
    }

    /// Keeps what was found when a password was set. A verdict that cannot be sealed is not kept, and
    /// nobody is kept out for it: the account is then one of which nothing is known.
    func overwrite(
        _ vector: VerdictVector, of account: AccountID, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        let record: VerdictStore.Record
        do {
            record = try verdictSeals.seal(vector, of: account)
        } catch {
            log.error("a verdict could not be sealed", .reason(String(describing: error)))
            try VerdictStore.delete(of: account, transaction)
            return
        }
        try VerdictStore.save(record, of: account, transaction)
    }
}

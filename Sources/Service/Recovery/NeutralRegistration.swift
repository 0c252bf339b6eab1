import Accounts
import Passwords
import Secrets
import Storage

/// Registration that says nothing of who is there: the answer is the same for every address, and its
/// mailbox decides. A new person gets a link that makes the account, an owner hears that somebody tried.
struct NeutralRegistration: Sendable {
    let registration: Registration

    /// One transaction with one notice in it, whatever stands behind the address.
    ///
    /// - Parameter phc: the password's hash, which was computed in any case.
    func ask(_ phc: PHCString) throws(Problem) {
        let node = registration.node
        let now = node.clock()
        let locators = node.locators(of: registration.email.canonical)
        let id = AccountID(bytes: SystemRandom.bytes(count: 16))
        let invitation = try node.notice(
            .registration, to: nil, carrying: try pending(id, phc, at: now).encoded, at: now)
        let warning = try node.notice(.registrationAttempt, to: nil, at: now)
        do {
            try node.database.transaction { transaction throws(DatabaseError) in
                let isTaken = try AccountStore.isTaken(locators: locators, transaction)
                let owner = try AccountStore.id(locators: locators, transaction)
                if try node.spendLink(locators, at: now, transaction) {
                    // Somebody who closed an account hears nothing: no address is kept to write to.
                    try node.post(
                        isTaken ? warning.addressed(to: owner) : invitation, transaction)
                }
                if let idempotency = registration.idempotency {
                    try IdempotencyStore.finish(
                        idempotency, status: 202, account: id, transaction)
                }
            }
        } catch {
            if error == .conflict { throw Idempotency.inProgress }
            throw node.problem(of: error)
        }
        // One counter for both: which it was is nobody's business.
        node.notePosted(invitation)
    }

    private func pending(
        _ id: AccountID, _ phc: PHCString, at now: Timestamp
    ) throws(Problem) -> PendingRegistration {
        let node = registration.node
        let policies = try node.withProblems { () throws(DatabaseError) in
            try node.database.read { reader throws(DatabaseError) in
                try node.policies.current(reader)
            }
        }
        let vector = node.judge(
            registration.password, email: registration.email.spelling,
            displayName: registration.displayName?.text, by: policies, at: now)
        do {
            return PendingRegistration(
                id: id, email: registration.email.spelling,
                displayName: registration.displayName?.text, phc: phc.text,
                application: registration.application, locale: registration.locale,
                verdict: try node.verdictSeals.seal(vector, of: id))
        } catch {
            node.log.error("a verdict could not be sealed", .reason(String(describing: error)))
            throw .internalError
        }
    }
}

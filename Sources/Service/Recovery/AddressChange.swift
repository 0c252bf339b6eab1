import Accounts
import Secrets
import Storage

/// Moving an account to another address, asked for with the password. Nothing changes before the new
/// mailbox has answered.
struct AddressChange: Sendable {
    let proof: PasswordProof
    let email: EmailAddress

    /// - Returns: what the application is handed, where it sends the links.
    /// - Throws: 409 for a taken address, unless registration is neutral: then its owner hears of it and
    ///   the answer is the same.
    func ask(_ proven: PasswordProof.Proven) throws(Problem) -> LinkRequest.Handed? {
        let node = proof.node
        let now = node.clock()
        let id = proven.account.id
        let request = try LinkRequest(
            node, .addressConfirmation, notice: .addressConfirmation,
            carrying: Array(email.spelling.utf8), at: now)
        let warning = try node.notice(.registrationAttempt, to: nil, at: now)
        let locators = node.locators(of: email.canonical)
        let isNeutral = node.configuration.registrationMode == .neutral
        var isTaken = false
        var isPosted = false
        try proof.act(on: proven, at: now) { transaction throws(DatabaseError) in
            isTaken = try AddressStore.isTaken(locators: locators, by: id, transaction)
            isPosted = false
            if isTaken, !isNeutral { return }
            guard try node.spendLink(locators, at: now, transaction) else { return }
            if isTaken {
                let owner = try AccountStore.id(locators: locators, transaction)
                try node.post(warning.addressed(to: owner), transaction)
            } else {
                try request.post(to: id, transaction)
            }
            isPosted = true
        }
        if isTaken, !isNeutral { throw Registration.identifierUnavailable }
        if isPosted { request.notePosted() }
        return request.handed
    }
}

/// A link to the address that an account has, to prove that its owner reads it.
struct EmailVerificationRequest: Sendable {
    let node: Node
    let session: SessionStore.Record

    func ask() throws(Problem) -> LinkRequest.Handed? {
        let now = node.clock()
        let request = try LinkRequest(
            node, .emailVerification, notice: .emailVerification, at: now)
        guard let email = try node.account(session.accountID)?.profile?.email else {
            throw .unauthorized
        }
        let locators = node.locators(of: Identifier.ofAttempt(email))
        let isPosted = try node.withProblems { () throws(DatabaseError) in
            try node.database.transaction { transaction throws(DatabaseError) in
                guard try node.spendLink(locators, at: now, transaction) else { return false }
                try request.post(to: session.accountID, transaction)
                return true
            }
        }
        if isPosted { request.notePosted() }
        return request.handed
    }
}

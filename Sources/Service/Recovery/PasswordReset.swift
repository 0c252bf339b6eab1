import Accounts
import Incidents
import Passwords
import Secrets
import Storage

/// Asking for a link that sets a new password.
struct PasswordResetRequest: Sendable {
    let node: Node
    let identifier: Identifier

    /// One transaction, the same whether there is such an account or not. At the desk.
    ///
    /// - Returns: what the application is handed, where it sends the links.
    func ask() throws(Problem) -> LinkRequest.Handed? {
        let now = node.clock()
        let request = try LinkRequest(
            node, .passwordReset, notice: .passwordReset, at: now)
        let locators = node.locators(of: identifier)
        let isPosted = try node.withProblems { () throws(DatabaseError) in
            try node.database.transaction { transaction throws(DatabaseError) in
                let (account, standIn) = try AccountStore.findWithStandIn(locators, transaction)
                guard try node.spendLink(locators, at: now, transaction) else { return false }
                let isVoid = account?.state.allowsSignIn != true
                try request.post(to: account?.id ?? standIn, isVoid: isVoid, transaction)
                return true
            }
        }
        if isPosted { request.notePosted() }
        return request.handed
    }
}

/// Setting a new password with a link. Knows nothing of failed sign-ins, so it works for whoever is
/// locked out.
struct PasswordReset: Sendable {
    let node: Node
    let application: String
    let token: Token
    let newPassword: HeldPassword
    let client: ClientDescription

    /// Whose password a link may set now.
    ///
    /// - Throws: 400 for one that is unknown, used, over, or of an account that nobody signs in to.
    static func owner(
        of token: Token, _ node: Node
    ) throws(Problem) -> AccountStore.Record {
        let now = node.clock()
        let found = try node.withProblems { () throws(DatabaseError) in
            try node.database.read { reader throws(DatabaseError) in
                let link = try LinkStore.find(token.digest, at: now, reader)
                guard let link, link.kind == .passwordReset, let id = link.account else {
                    return AccountStore.Record?.none
                }
                return try AccountStore.find(id, reader)
            }
        }
        guard let found, found.state.allowsSignIn, found.password != nil else {
            throw .invalidToken
        }
        return found
    }

    /// One transaction: the link is spent, the password set, every session, device and other link ended,
    /// the owner told. Who reads the mailbox has proved it by that.
    func complete(_ phc: PHCString) throws(Problem) {
        let now = node.clock()
        let owner = try Self.owner(of: token, node)
        let notice = try node.notice(.passwordChanged, to: owner.id, at: now)
        do {
            try node.database.transaction { transaction throws(DatabaseError) in
                try complete(phc, owner.id, notice, at: now, transaction)
            }
        } catch {
            if error == .conflict { throw .invalidToken }
            throw node.problem(of: error)
        }
        node.noteEnqueued(.accountPasswordChanged)
        node.notePosted(notice)
    }

    private func complete(
        _ phc: PHCString, _ id: AccountID, _ notice: Notice, at now: Timestamp,
        _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        guard let link = try LinkStore.take(token.digest, at: now, transaction),
            link.kind == .passwordReset, link.account == id,
            let account = try AccountStore.find(id, transaction), account.state.allowsSignIn,
            let stored = account.password
        else { throw .conflict }
        try AccountStore.setPassword(
            of: id, phc: phc, mustChange: false, over: stored.version, at: now, transaction)
        let vector = node.judge(
            newPassword, email: account.profile?.email, displayName: account.profile?.displayName,
            by: try node.policies.current(transaction), at: now)
        try node.overwrite(vector, of: id, transaction)
        try SessionStore.deleteAll(of: id, transaction)
        try DeviceStore.deleteAll(of: id, transaction)
        try LinkStore.deleteAll(of: id, kind: .passwordReset, transaction)
        if case .smtp = node.notices.links {
            try AddressStore.markVerified(id, at: now, transaction)
        }
        if node.configuration.throttling, let email = account.profile?.email {
            try forgiveDelays(of: Identifier.ofAttempt(email), at: now, transaction)
        }
        try node.record(
            .passwordChanged, of: id, by: id.text, from: client.address, at: now, transaction)
        try node.post(notice, transaction)
    }

    /// As after a success: the wait is over, and the failures of the day still count.
    private func forgiveDelays(
        of identifier: Identifier, at now: Timestamp, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        let locators = node.locators(of: identifier)
        for client in ClientClass.allCases {
            var lockout = try node.loadLockout(locators, client, transaction)
            guard lockout.failureCount > 0 else { continue }
            lockout.forgiveDelay(at: now)
            try node.saveLockout(lockout, locators, at: now, transaction)
        }
    }
}

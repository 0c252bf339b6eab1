import Accounts
import Incidents
import Passwords
import Secrets
import Storage

/// What a link from a mail proves, acted on: an address verified or changed, or an account made.
struct MailboxProof: Sendable {
    let node: Node
    let token: Token

    /// How long an address that an account gave up stays nobody else's: as a closed account's does
    /// (the company's choice, config/retention.json5).
    private static let formerIdentifierKept = Duration.days(3 * 365)

    private enum Change {
        case nothing
        case addressChanged(Notice)
        case registered
    }

    /// - Returns: the account as it is now.
    /// - Throws: 400 for a link that is unknown, used or over; 409 when the address was taken meanwhile,
    ///   and the link then stays.
    func act() throws(Problem) -> AccountStore.Record {
        let now = node.clock()
        let link = try node.withProblems { () throws(DatabaseError) in
            try node.database.read { reader throws(DatabaseError) in
                try LinkStore.find(token.digest, at: now, reader)
            }
        }
        guard let link, link.kind != .passwordReset else { throw .invalidToken }
        switch link.kind {
        case .passwordReset: throw .invalidToken
        case .emailVerification: return try verify(link, at: now)
        case .addressConfirmation: return try changeAddress(link, at: now)
        case .registration: return try register(link, at: now)
        }
    }

    private func verify(
        _ link: LinkStore.Record, at now: Timestamp
    ) throws(Problem) -> AccountStore.Record {
        try spending(link, at: now) { account, transaction throws(DatabaseError) in
            try AddressStore.markVerified(account.id, at: now, transaction)
            try node.audit(
                action: "account.email_verified", of: account.id.text, by: account.id.text,
                at: now, transaction)
        }
    }

    private func changeAddress(
        _ link: LinkStore.Record, at now: Timestamp
    ) throws(Problem) -> AccountStore.Record {
        guard let id = link.account, let old = try node.account(id)?.profile?.email,
            let email = address(of: link)
        else { throw .invalidToken }
        let notice = try node.notice(
            .addressChanged, to: id, carrying: Array(old.utf8), at: now)
        let former: SealedBytes
        do {
            former = try node.noticeSeals.seal(Array(old.utf8), context: id.bytes)
        } catch {
            node.log.error("an address could not be sealed", .reason(String(describing: error)))
            throw .internalError
        }
        let changed = try spending(link, at: now) { account, transaction throws(DatabaseError) in
            // Somebody else's link was quicker: then `old` is not the old one.
            guard account.profile?.email == old else { throw .conflict }
            try AddressStore.replace(
                of: id, locators: node.locators(of: email.canonical),
                keyID: node.keys.current(.identifier).id.text, email: email.spelling,
                until: now + Self.formerIdentifierKept, at: now, transaction)
            try FormerAddressStore.insert(
                .init(account: id, changedAt: now, sealed: former), transaction)
            // They went to the old address, or lead to yet another.
            try LinkStore.deleteAll(of: id, transaction)
            try node.audit(
                action: "account.email_changed", of: id.text, by: id.text, at: now, transaction)
            try node.post(notice, transaction)
        }
        node.notePosted(notice)
        return changed
    }

    private func register(
        _ link: LinkStore.Record, at now: Timestamp
    ) throws(Problem) -> AccountStore.Record {
        guard let pending = node.payload(of: link).flatMap(PendingRegistration.init(encoded:)),
            let email = parsed(pending.email)
        else { throw .invalidToken }
        let phc: PHCString
        do {
            phc = try PHCString(pending.phc)
        } catch {
            node.log.error("a stored hash cannot be read", .reason(String(describing: error)))
            throw .internalError
        }
        let locators = node.locators(of: email.canonical)
        let made = try writing { transaction throws(DatabaseError) in
            guard try LinkStore.take(token.digest, at: now, transaction) != nil else {
                throw .conflict
            }
            if try AccountStore.isTaken(locators: locators, transaction) {
                throw .uniqueViolation
            }
            try AccountStore.insert(
                pending.id, locator: locators[0], keyID: node.keys.current(.identifier).id.text,
                profile: .init(email: pending.email, displayName: pending.displayName), phc: phc,
                application: pending.application, at: now, transaction)
            try AddressStore.markVerified(pending.id, at: now, transaction)
            if let locale = pending.locale {
                try AddressStore.setLocale(locale, of: pending.id, transaction)
            }
            if let verdict = pending.verdict {
                try VerdictStore.save(verdict, of: pending.id, transaction)
            }
            try node.record(
                .registered, of: pending.id, by: pending.application, from: nil, at: now,
                transaction)
            return try AccountStore.find(pending.id, transaction)
        }
        node.noteEnqueued(.accountRegistered)
        return made
    }

    /// Spends an account's link and acts, in one transaction.
    private func spending(
        _ link: LinkStore.Record, at now: Timestamp,
        _ act: (AccountStore.Record, borrowing Transaction) throws(DatabaseError) -> Void
    ) throws(Problem) -> AccountStore.Record {
        try writing { transaction throws(DatabaseError) in
            guard try LinkStore.take(link.digest, at: now, transaction) != nil,
                let id = link.account, let account = try AccountStore.find(id, transaction),
                account.state.allowsSignIn
            else { throw .conflict }
            try act(account, transaction)
            return try AccountStore.find(id, transaction)
        }
    }

    private func writing(
        _ body: (borrowing Transaction) throws(DatabaseError) -> AccountStore.Record?
    ) throws(Problem) -> AccountStore.Record {
        let record: AccountStore.Record?
        do {
            record = try node.database.transaction(body)
        } catch {
            switch error {
            case .conflict: throw .invalidToken
            case .uniqueViolation: throw Registration.identifierUnavailable
            default: throw node.problem(of: error)
            }
        }
        guard let record else { throw .internalError }
        return record
    }

    private func address(of link: LinkStore.Record) -> EmailAddress? {
        node.payload(of: link).flatMap { String(validating: $0, as: UTF8.self) }.flatMap(parsed)
    }

    private func parsed(_ text: String) -> EmailAddress? {
        do {
            return try EmailAddress(parsing: text)
        } catch {
            return nil
        }
    }
}

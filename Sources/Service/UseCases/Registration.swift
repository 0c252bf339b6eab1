import Accounts
import Incidents
import Passwords
import Secrets
import Storage

/// Making an account: rule first, then availability, then the hash, then one transaction.
struct Registration: Sendable {
    let node: Node
    let application: String
    let email: EmailAddress
    let displayName: DisplayName?
    let password: HeldPassword
    let source: SourceAddress?
    /// What the person is written to in; `nil` for the service's own.
    let locale: NoticeLocale?
    let idempotency: IdempotencyStore.Name?

    /// What a registered account is shown as.
    struct Registered: Sendable {
        let id: AccountID
        let state: AccountState
        let createdAt: Timestamp
    }

    /// - Throws: 409 when the identifier belongs to a living or a closed account.
    func checkAvailability() throws(Problem) {
        let locators = node.locators(of: email.canonical)
        let isTaken = try node.withProblems { () throws(DatabaseError) in
            try node.database.read { reader throws(DatabaseError) in
                try AccountStore.isTaken(locators: locators, reader)
            }
        }
        if isTaken { throw Self.identifierUnavailable }
    }

    /// - Parameter phc: the password's hash.
    func register(_ phc: PHCString) throws(Problem) -> Registered {
        let now = node.clock()
        let id = AccountID(bytes: SystemRandom.bytes(count: 16))
        let locators = node.locators(of: email.canonical)
        let keyID = node.keys.current(.identifier).id.text
        do {
            try node.database.transaction { transaction throws(DatabaseError) in
                // Identifiers under older keys are not covered by the unique index on today's digest.
                if try AccountStore.isTaken(locators: locators, transaction) {
                    throw .uniqueViolation
                }
                try AccountStore.insert(
                    id, locator: locators[0], keyID: keyID,
                    profile: .init(email: email.spelling, displayName: displayName?.text),
                    phc: phc, application: application, at: now, transaction)
                let vector = node.judge(
                    password, email: email.spelling, displayName: displayName?.text,
                    by: try node.policies.current(transaction), at: now)
                try node.overwrite(vector, of: id, transaction)
                if let locale { try AddressStore.setLocale(locale, of: id, transaction) }
                try node.record(
                    .registered, of: id, by: application, from: source, at: now, transaction)
                if let idempotency {
                    try IdempotencyStore.finish(
                        idempotency, status: 201, account: id, transaction)
                }
            }
        } catch {
            switch error {
            case .uniqueViolation: throw Self.identifierUnavailable
            case .conflict: throw Idempotency.inProgress
            default: throw node.problem(of: error)
            }
        }
        node.noteEnqueued(.accountRegistered)
        return Registered(id: id, state: .active, createdAt: now)
    }

    static let identifierUnavailable = Problem(
        .identifierUnavailable, "This e-mail address cannot be used for a new account.")
}

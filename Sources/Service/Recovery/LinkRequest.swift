import Accounts
import Incidents
import Secrets
import Storage

/// A request for a link, on its way to a mailbox or to the application that asks.
///
/// Everything that costs is done before it is known whether there is an account, and the rows written
/// are the same: what differs is an id in one column.
struct LinkRequest: Sendable {
    let node: Node
    let kind: LinkKind
    private let way: Way
    private let now: Timestamp

    private enum Way: Sendable {
        case mail(Notice)
        case application(MadeLink)
    }

    /// What an application is handed: a token that opens what it says, or nothing at all. Which of the
    /// two it is does not show.
    struct Handed: Sendable {
        let token: String
        let expiresAt: Timestamp
    }

    /// - Parameter payload: what the link will act with.
    /// - Throws: 503 where no way to a person is configured.
    init(
        _ node: Node, _ kind: LinkKind, notice: NoticeKind, carrying payload: [UInt8]? = nil,
        at now: Timestamp
    ) throws(Problem) {
        self.node = node
        self.kind = kind
        self.now = now
        switch node.notices.links {
        case nil: throw .mailNotConfigured
        case .smtp: way = .mail(try node.notice(notice, to: nil, carrying: payload, at: now))
        case .application:
            do {
                way = .application(
                    try node.makeLink(kind, of: nil, carrying: payload, at: now))
            } catch {
                node.log.error("a link could not be made", .reason(String(describing: error)))
                throw .internalError
            }
        }
    }

    /// Writes it for an account; for nobody where there is none.
    func post(
        to account: AccountID?, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        switch way {
        case .mail(let notice): try node.post(notice.addressed(to: account), transaction)
        case .application(let link):
            let owner =
                try kind == .passwordReset
                ? reachable(account, cause: link.record.digest, transaction) : account
            try LinkStore.insert(link.record.owned(by: owner), transaction)
        }
    }

    /// The account, unless its address was changed in the last day and the old one cannot be told: then
    /// the link opens nothing.
    private func reachable(
        _ account: AccountID?, cause: Digest, _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> AccountID? {
        // For nobody the same question is asked.
        let asked = account ?? AccountID(bytes: [UInt8](repeating: 0, count: 16))
        let former = try FormerAddressStore.all(
            of: asked, changedAfter: now - formerAddressKept, transaction)
        guard let account, !former.isEmpty else { return account }
        guard node.notices.mail != nil else { return nil }
        try node.tellFormerAddresses(
            of: account, cause: node.eventID(at: now).text, at: now, transaction)
        return account
    }

    /// - Returns: `nil` where the link goes by mail.
    var handed: Handed? {
        guard case .application(let link) = way else { return nil }
        return Handed(token: link.token, expiresAt: link.record.expiresAt)
    }

    /// After the transaction.
    func notePosted() {
        if case .mail(let notice) = way { node.notePosted(notice) }
    }
}

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

    /// Writes it for an account.
    ///
    /// - Parameter isVoid: it is to reach nobody; whoever's id it is, the same is written.
    func post(
        to account: AccountID?, isVoid: Bool = false, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        switch way {
        case .mail(let notice):
            try node.post(notice.addressed(to: account, isVoid: isVoid), transaction)
        case .application(let link):
            var isVoid = isVoid
            if kind == .passwordReset, let account {
                let isReachable = try isReachable(account, isVoid: isVoid, transaction)
                isVoid = isVoid || !isReachable
            }
            try LinkStore.insert(link.record.owned(by: account, isVoid: isVoid), transaction)
        }
    }

    /// Whether a link may lead to this account: not when its address was changed in the last day and the
    /// old one cannot be told. Asked for a stand-in too, and nobody is told then.
    private func isReachable(
        _ account: AccountID, isVoid: Bool, _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> Bool {
        let former = try FormerAddressStore.all(
            of: account, changedAfter: now - formerAddressKept, transaction)
        guard !former.isEmpty, !isVoid else { return true }
        guard node.notices.mail != nil else { return false }
        try node.tellFormerAddresses(
            of: account, cause: node.eventID(at: now).text, at: now, transaction)
        return true
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

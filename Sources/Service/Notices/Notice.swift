import Accounts
import Incidents
import Secrets
import Storage

/// Something that a person is told, ready to be written in the transaction that made it true.
struct Notice: Sendable {
    let record: NoticeStore.Record
    fileprivate let way: Way

    fileprivate enum Way: Sendable {
        case mail
        /// An event, for the application.
        case event(AccountID)
        case nowhere
    }

    /// The same notice to somebody who became known only in the transaction. For what goes by mail.
    ///
    /// - Parameter isVoid: written, and sent to nobody.
    func addressed(to account: AccountID?, isVoid: Bool = false) -> Notice {
        Notice(
            record: NoticeStore.Record(
                id: record.id, account: account, kind: record.kind, locale: record.locale,
                cause: record.cause, sealed: record.sealed, attempts: record.attempts,
                usefulUntil: record.usefulUntil, createdAt: record.createdAt, isVoid: isVoid),
            way: way)
    }
}

extension Node {
    /// - Parameters:
    ///   - account: `nil` where it becomes known only in the transaction, or is not there yet.
    ///   - payload: what is known only now, such as an old address. Sealed; the mailer opens it.
    ///   - cause: the task that asked for it.
    func notice(
        _ kind: NoticeKind, to account: AccountID?, carrying payload: [UInt8]? = nil,
        cause: String = "", at now: Timestamp
    ) throws(Problem) -> Notice {
        let id = eventID(at: now).text
        var sealed: SealedBytes?
        let way = way(of: kind, to: account)
        if let payload, case .mail = way {
            do {
                sealed = try noticeSeals.seal(payload, context: Array(id.utf8))
            } catch {
                log.error("a notice could not be sealed", .reason(String(describing: error)))
                throw .internalError
            }
        }
        return Notice(
            record: NoticeStore.Record(
                id: id, account: account, kind: kind, locale: notices.locale, cause: cause,
                sealed: sealed, attempts: 0, usefulUntil: now + kind.usefulFor, createdAt: now),
            way: way)
    }

    private func way(of kind: NoticeKind, to account: AccountID?) -> Notice.Way {
        if notices.goesByMail(kind) { return .mail }
        // Links are handed over where they are asked for, never in an event.
        guard notices.delivery == .application, kind.link == nil, let account else {
            return .nowhere
        }
        return .event(account)
    }

    func post(
        _ notice: Notice, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        switch notice.way {
        case .mail: try NoticeStore.insert(notice.record, transaction)
        case .event(let account):
            let now = notice.record.createdAt
            try enqueue(
                Event(
                    .due, notice.record.kind, of: account, id: eventID(at: now),
                    deployment: deployment, at: now),
                transaction)
        case .nowhere: break
        }
    }

    /// Counts a notice, once the transaction that posted it is committed.
    func notePosted(_ notice: Notice) {
        let kind = notice.record.kind.rawValue
        switch notice.way {
        case .mail: metrics.add(.notices, "kind=\"\(kind)\",outcome=\"posted\"")
        case .event:
            noteEnqueued(.noticeDue)
            metrics.add(.notices, "kind=\"\(kind)\",outcome=\"handed_over\"")
        case .nowhere: break
        }
    }

    /// What a notice carries; `nil` when nothing, or not what this service wrote.
    func payload(of notice: NoticeStore.Record) -> [UInt8]? {
        notice.sealed.flatMap { noticeSeals.open($0, context: Array(notice.id.utf8)) }
    }
}

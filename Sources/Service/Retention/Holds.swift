package import Accounts
import Incidents
package import Storage

/// Setting and releasing what stops erasure, each with a reason and an audit row.
package struct Holds: Sendable {
    private let node: Node
    private let actor: String

    /// Characters of a reason. A hold is a decision that somebody must be able to follow years later.
    package static let reasonLengths = 3...500

    /// Why a flag was not set or released.
    package enum Refusal: Error, Equatable, Sendable {
        /// Nobody has this id, or nothing is left of the account.
        case unknownAccount
        /// The same flag stands already, under this id.
        case standing(String)
        case unknownHold
        case reason
        case database(DatabaseError)
    }

    package init(_ node: Node, actor: String) {
        self.node = node
        self.actor = actor
    }

    /// - Precondition: account or category is there; a restriction is of a whole person.
    package func place(
        _ flag: AccountFlag, account: AccountID?, category: RetentionCategory?, reason: String
    ) throws(Refusal) -> FlagStore.Record {
        try check(reason)
        let now = node.clock()
        let record = FlagStore.Record(
            id: node.eventID(at: now).text, flag: flag, account: account, category: category,
            reason: reason, placedBy: actor, placedAt: now)
        var refusal: Refusal?
        do throws(DatabaseError) {
            try node.database.transaction { transaction throws(DatabaseError) in
                refusal = try place(record, transaction)
            }
        } catch {
            throw .database(error)
        }
        if let refusal { throw refusal }
        return record
    }

    /// The same in the caller's transaction, which is undone when there is a refusal to throw.
    package func place(
        _ record: FlagStore.Record, _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> Refusal? {
        if let id = record.account {
            guard let account = try AccountStore.find(id, transaction) else {
                return .unknownAccount
            }
            let life = AccountLife(
                account.state, flags: try FlagStore.standing(of: id, transaction))
            do throws(LifecycleError) {
                _ = try life.after(.flagged(record.flag), at: record.placedAt)
            } catch {
                return .unknownAccount
            }
        }
        guard try FlagStore.place(record, transaction) else {
            let other = try FlagStore.find(
                record.flag, account: record.account, category: record.category, transaction)
            return .standing(other?.id ?? "")
        }
        try node.audit(
            action: record.flag == .restricted ? "retention.restricted" : "retention.held",
            of: record.account?.text ?? record.category?.rawValue ?? "", by: actor,
            reason: record.reason, at: record.placedAt, transaction)
        return nil
    }

    package func release(_ id: String, reason: String) throws(Refusal) -> FlagStore.Record {
        try check(reason)
        let now = node.clock()
        let released: FlagStore.Record?
        do throws(DatabaseError) {
            released = try node.database.transaction { transaction throws(DatabaseError) in
                let released = try FlagStore.release(
                    id, .init(by: actor, at: now, reason: reason), transaction)
                guard let released else { return nil }
                try node.audit(
                    action: released.flag == .restricted
                        ? "retention.unrestricted" : "retention.released",
                    of: released.account?.text ?? released.category?.rawValue ?? "", by: actor,
                    reason: reason, at: now, transaction)
                return released
            }
        } catch {
            throw .database(error)
        }
        guard let released else { throw .unknownHold }
        return released
    }

    package func page(
        after id: String, account: AccountID?, standingOnly: Bool, limit: Int
    ) throws(DatabaseError) -> [FlagStore.Record] {
        try node.database.read { reader throws(DatabaseError) in
            try FlagStore.page(
                after: id, account: account, standingOnly: standingOnly, limit: limit, reader)
        }
    }

    private func check(_ reason: String) throws(Refusal) {
        guard Self.reasonLengths.contains(reason.unicodeScalars.count) else { throw .reason }
    }
}

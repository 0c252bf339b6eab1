package import Accounts
package import Incidents
package import Storage

extension IncidentBook {
    package struct AffectedPage: Sendable {
        package let accounts: [AccountID]
        /// Give it as `after` for the next page; `nil` on the last one.
        package let next: AccountID?
        /// Of all pages.
        package let count: Int
        package let scope: AffectedScope
    }

    /// Whose accounts an incident concerns. Reading it is recorded, with the reason, before anything is
    /// shown.
    package func affected(
        _ id: IncidentID, after: AccountID?, limit: Int, because reason: String
    ) throws(Failure) -> AffectedPage {
        guard !reason.isEmpty else { throw .refused(.reasonMissing) }
        let now = node.clock()
        return try writing { transaction throws(DatabaseError) in
            guard let scope = try AffectedAccounts.scope(of: id, transaction) else {
                return Result<AffectedPage, Failure>.failure(.notFound)
            }
            try node.audit(
                action: "incident.affected_read", of: id.text, by: actor, reason: reason, at: now,
                transaction)
            let accounts = try AffectedStore.page(
                scope, after: after, limit: limit + 1, transaction)
            let shown = Array(accounts.prefix(limit))
            return .success(
                AffectedPage(
                    accounts: shown, next: accounts.count > limit ? shown.last : nil,
                    count: try AffectedStore.count(scope, transaction), scope: scope))
        }
    }
}

/// The same for the service itself, which tells people or limits the damage and records that.
package enum AffectedAccounts {
    /// - Returns: `nil` for an incident that is not there.
    package static func scope(
        of id: IncidentID, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> AffectedScope? {
        guard let record = try IncidentStore.find(id, reading) else { return nil }
        return AffectedScope(
            try IncidentFileStore.findings(of: id, reading),
            isReported: record.incident.origin != .detected)
    }

    /// The next accounts in the order of their ids, closed ones too where they were concerned; an empty
    /// page ends the list.
    ///
    /// - Parameters:
    ///   - after: the last of the page before.
    ///   - limit: 1 or more.
    /// - Returns: `nil` for an incident that is not there.
    package static func page(
        of id: IncidentID, after: AccountID?, limit: Int,
        _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [AccountID]? {
        guard let scope = try scope(of: id, reading) else { return nil }
        return try AffectedStore.page(scope, after: after, limit: limit, reading)
    }
}

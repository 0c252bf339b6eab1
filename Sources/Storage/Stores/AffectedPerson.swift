package import Accounts
package import Incidents

extension AffectedStore {
    /// Whether an incident concerns this account.
    package static func concerns(
        _ scope: AffectedScope, _ account: AccountID, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> Bool {
        if scope.isEverybody || scope.accounts.contains(account) { return true }
        guard let since = scope.sources.map(\.since).min(),
            let until = scope.sources.map(\.until).max()
        else { return false }
        return try reading.rows(
            """
            SELECT source, at_us FROM sign_in
            WHERE subject = \(account) AND outcome = 'success'
                AND at_us >= \(since) AND at_us <= \(until)
            """
        ) { row throws(DatabaseError) in
            scope.holds(source: try row.text(0), at: try row.timestamp(1))
        }.contains(true)
    }
}

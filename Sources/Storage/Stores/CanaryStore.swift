package import Accounts

/// Which accounts are decoys. Read by the detection worker, through ``SignInStore``, and for
/// administrators; never by what serves a request.
package enum CanaryStore {
    package struct Record: Equatable, Sendable {
        package let account: AccountID
        package let addedAt: Timestamp
        package let state: AccountState
        /// `nil` once the account is closed.
        package let email: String?
    }

    package static func add(
        _ account: AccountID, at now: Timestamp, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try transaction.execute(
            "INSERT INTO canary (account_id, added_at_us) VALUES (\(account), \(now))")
    }

    /// - Returns: `false` when it was none.
    package static func remove(
        _ account: AccountID, _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> Bool {
        try transaction.execute("DELETE FROM canary WHERE account_id = \(account)") == 1
    }

    /// In the order in which they were added.
    package static func all(
        _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [Record] {
        try reading.rows(
            """
            SELECT c.account_id, c.added_at_us, a.state, a.state_time_us, p.email
            FROM canary c
            JOIN account a ON a.id = c.account_id
            LEFT JOIN profile p ON p.account_id = c.account_id
            ORDER BY c.added_at_us, c.account_id
            """
        ) { row throws(DatabaseError) in
            let state = AccountState(name: try row.text(2), time: try row.timestampIfPresent(3))
            return Record(
                account: try row.id(0), addedAt: try row.timestamp(1),
                state: try row.value(2, .text, state), email: try row.textIfPresent(4))
        }
    }

    /// For what is shown to administrators.
    package static func contains(
        _ account: AccountID, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> Bool {
        let found: Timestamp? = try reading.first(
            "SELECT added_at_us FROM canary WHERE account_id = \(account)"
        ) { row throws(DatabaseError) in try row.timestamp(0) }
        return found != nil
    }
}

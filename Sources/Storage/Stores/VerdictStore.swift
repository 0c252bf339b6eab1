package import Accounts

/// What was found about each account's password, sealed: the service alone can read it.
package enum VerdictStore {
    package struct Record: Equatable, Sendable {
        /// Names the record key.
        package let keyID: String
        package let sealed: [UInt8]

        package init(keyID: String, sealed: [UInt8]) {
            self.keyID = keyID
            self.sealed = sealed
        }
    }

    package static func find(
        _ account: AccountID, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> Record? {
        try reading.first("SELECT key_id, sealed FROM verdict WHERE account_id = \(account)") {
            row throws(DatabaseError) in
            Record(keyID: try row.text(0), sealed: try row.bytes(1))
        }
    }

    package static func save(
        _ record: Record, of account: AccountID, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try transaction.execute(
            """
            INSERT INTO verdict (account_id, key_id, sealed)
            VALUES (\(account), \(record.keyID), \(record.sealed))
            ON CONFLICT (account_id) DO UPDATE
            SET key_id = excluded.key_id, sealed = excluded.sealed
            """)
    }

    package static func delete(
        of account: AccountID, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try transaction.execute("DELETE FROM verdict WHERE account_id = \(account)")
    }

    /// An account as an audit sees it.
    package struct Audited: Sendable {
        package let id: AccountID
        /// The application's id.
        package let application: String
        package let createdAt: Timestamp
        /// `nil` for an account that was invited and has none yet.
        package let password: Password?
        package let verdict: Record?
        /// The last right password in the sign-in log; asked for only where there is no verdict.
        package let signedInAt: Timestamp?

        package struct Password: Sendable {
            package let phc: String
            package let mustChange: Bool
            package let setAt: Timestamp
        }
    }

    /// Living accounts in the order of their ids: a page of one consistent state.
    ///
    /// - Parameter after: the last id of the page before; `nil` for the first.
    package static func page(
        after: AccountID?, rowsMax: Int, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [Audited] {
        try reading.rows(
            """
            SELECT a.id, a.application, a.created_at_us, w.phc, w.must_change, w.set_at_us,
                v.key_id, v.sealed,
                CASE WHEN v.sealed IS NULL THEN (
                    SELECT MAX(s.at_us) FROM sign_in s
                    WHERE s.subject = a.id AND s.outcome = \(SignInOutcome.success.rawValue)
                ) END
            FROM account a
            LEFT JOIN password w ON w.account_id = a.id
            LEFT JOIN verdict v ON v.account_id = a.id
            WHERE a.id > \(after?.text ?? "") AND a.state <> \(AccountState.closed(at: .epoch).name)
                AND a.state <> \(AccountState.erased(at: .epoch).name)
            ORDER BY a.id LIMIT \(rowsMax)
            """, audited)
    }

    /// Living accounts, for an estimate of how far an audit has come.
    package static func countLiving(
        _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> Int64 {
        let count: Int64? = try reading.first(
            """
            SELECT count(*) FROM account WHERE state <> \(AccountState.closed(at: .epoch).name)
                AND state <> \(AccountState.erased(at: .epoch).name)
            """
        ) { row throws(DatabaseError) in try row.int64(0) }
        return count ?? 0
    }

    private static func audited(_ row: borrowing Row) throws(DatabaseError) -> Audited {
        var password: Audited.Password?
        if let phc = try row.textIfPresent(3) {
            password = Audited.Password(
                phc: phc, mustChange: try row.bool(4), setAt: try row.timestamp(5))
        }
        var verdict: Record?
        if let keyID = try row.textIfPresent(6) {
            verdict = Record(keyID: keyID, sealed: try row.bytes(7))
        }
        return Audited(
            id: try row.id(0), application: try row.text(1), createdAt: try row.timestamp(2),
            password: password, verdict: verdict, signedInAt: try row.timestampIfPresent(8))
    }
}

package import Accounts

/// What else is held about one person, for an export: never a digest, a hash or a token.
package enum ExportStore {
    package struct Session: Equatable, Sendable {
        package let application: String
        package let createdAt: Timestamp
        package let expiresAt: Timestamp
        package let usedAt: Timestamp
    }

    package struct Device: Equatable, Sendable {
        package let createdAt: Timestamp
        package let expiresAt: Timestamp
    }

    package struct SignIn: Equatable, Sendable {
        package let at: Timestamp
        package let outcome: String
        package let source: String
        package let application: String
        package let attempts: Int64
    }

    package static func sessions(
        of account: AccountID, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [Session] {
        try reading.rows(
            """
            SELECT application, created_at_us, expires_at_us, used_at_us FROM session
            WHERE account_id = \(account) ORDER BY created_at_us
            """
        ) { row throws(DatabaseError) in
            Session(
                application: try row.text(0), createdAt: try row.timestamp(1),
                expiresAt: try row.timestamp(2), usedAt: try row.timestamp(3))
        }
    }

    package static func devices(
        of account: AccountID, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [Device] {
        try reading.rows(
            """
            SELECT created_at_us, expires_at_us FROM device
            WHERE account_id = \(account) ORDER BY created_at_us
            """
        ) { row throws(DatabaseError) in
            Device(createdAt: try row.timestamp(0), expiresAt: try row.timestamp(1))
        }
    }

    /// The latest lines of the sign-in log, latest first.
    package static func signIns(
        of account: AccountID, countMax: Int, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [SignIn] {
        try reading.rows(
            """
            SELECT at_us, outcome, source, application, attempts FROM sign_in
            WHERE subject = \(account) ORDER BY at_us DESC, id DESC LIMIT \(countMax)
            """
        ) { row throws(DatabaseError) in
            SignIn(
                at: try row.timestamp(0), outcome: try row.text(1), source: try row.text(2),
                application: try row.text(3), attempts: try row.int64(4))
        }
    }

    package static func signInCount(
        of account: AccountID, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> Int64 {
        let count: Int64? = try reading.first(
            "SELECT count(*) FROM sign_in WHERE subject = \(account)"
        ) { row throws(DatabaseError) in try row.int64(0) }
        return count ?? 0
    }

    /// When the password was set, and whether it must be changed; `nil` without one.
    package static func passwordSetAt(
        of account: AccountID, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> Timestamp? {
        try reading.first("SELECT set_at_us FROM password WHERE account_id = \(account)") {
            row throws(DatabaseError) in try row.timestamp(0)
        }
    }

    /// The application that registered the account.
    package static func application(
        of account: AccountID, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> String? {
        try reading.first("SELECT application FROM account WHERE id = \(account)") {
            row throws(DatabaseError) in try row.text(0)
        }
    }
}

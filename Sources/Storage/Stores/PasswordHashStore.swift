package import Accounts
package import Passwords
import Secrets

/// Stored hashes as a whole: how many there are of which scheme, and what still names an old pepper.
package enum PasswordHashStore {
    /// One row of the walk through all hashes.
    package struct Row: Sendable {
        package let account: AccountID
        package let text: String
        /// As stored beside the hash; empty where nobody has filled it in.
        package let scheme: String
    }

    /// A new hash may only name a pepper that the database knows. A process that has not noticed yet
    /// that its pepper was retired must not store one more hash under it: nobody could verify it.
    ///
    /// - Throws: `.unavailable`: the process takes up today's pepper within a minute.
    static func requirePepper(
        _ hash: PHCString, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        guard let pepper = hash.pepperID else { return }
        let id = Hexadecimal.encode(pepper.bytes)
        let known: Bool? = try transaction.first(
            "SELECT is_current FROM service_key WHERE id = \(id)"
        ) { row throws(DatabaseError) in try row.bool(0) }
        guard known != nil else { throw .unavailable("the pepper \(id) was retired") }
    }

    /// Hashes in the order of their accounts.
    ///
    /// - Parameter account: the last one of the page before; `nil` for the first page.
    package static func page(
        after account: AccountID?, limit: Int, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [Row] {
        // No account has this id: it is in front of all.
        let start = account?.text ?? ""
        return try reading.rows(
            """
            SELECT account_id, phc, scheme FROM password WHERE account_id > \(start)
            ORDER BY account_id LIMIT \(limit)
            """, row)
    }

    /// Hashes whose scheme nobody has filled in.
    package static func unclassified(
        limit: Int, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [Row] {
        try reading.rows(
            "SELECT account_id, phc, scheme FROM password WHERE scheme = '' LIMIT \(limit)", row)
    }

    /// Notes the scheme of a hash, unless the hash is another one meanwhile.
    package static func classify(
        _ row: Row, as scheme: String, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try transaction.execute(
            """
            UPDATE password SET scheme = \(scheme)
            WHERE account_id = \(row.account) AND phc = \(row.text)
            """)
    }

    /// The first and the last scheme there is in the order of their texts: with one scheme alone, both
    /// are it, and nothing need be counted.
    ///
    /// - Returns: `nil` without any hash.
    package static func outermostSchemes(
        _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> (first: String, last: String)? {
        // Two statements, because SQLite looks up one end of an index at a time.
        let first: String?? = try reading.first("SELECT MIN(scheme) FROM password") {
            row throws(DatabaseError) in try row.textIfPresent(0)
        }
        let last: String?? = try reading.first("SELECT MAX(scheme) FROM password") {
            row throws(DatabaseError) in try row.textIfPresent(0)
        }
        guard let first = first ?? nil, let last = last ?? nil else { return nil }
        return (first, last)
    }

    /// Hashes by what stands as their scheme.
    package static func counts(
        _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [(scheme: String, count: Int64)] {
        try reading.rows("SELECT scheme, count(*) FROM password GROUP BY scheme") {
            row throws(DatabaseError) in (try row.text(0), try row.int64(1))
        }
    }

    /// How many hashes name a pepper. Reads every hash: it must be exact, also for hashes that nobody
    /// has counted yet.
    package static func count(
        naming pepper: PepperID, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> Int64 {
        // As PHCString writes it; `$` ends the parameters. Not LIKE, which SQLite compares without case.
        let name = ",keyid=\(Base64.encode(pepper.bytes, .standard))$"
        let count = try reading.first(
            "SELECT count(*) FROM password WHERE replace(phc, \(name), '') <> phc"
        ) { row throws(DatabaseError) in try row.int64(0) }
        return count ?? 0
    }

    private static func row(_ row: borrowing Storage.Row) throws(DatabaseError) -> Row {
        Row(account: try row.id(0), text: try row.text(1), scheme: try row.text(2))
    }
}

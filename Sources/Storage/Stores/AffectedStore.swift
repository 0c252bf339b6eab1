package import Accounts
package import Incidents

/// Whose accounts an incident concerns, in the order of their ids. Decoys are nobody's.
package enum AffectedStore {
    /// Successes read at a time.
    private static let rowsMax = 1_000

    /// The next accounts.
    ///
    /// - Parameters:
    ///   - after: the last of the page before.
    ///   - limit: 1 or more.
    package static func page(
        _ scope: AffectedScope, after: AccountID?, limit: Int,
        _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [AccountID] {
        let start = after?.text ?? ""
        if scope.isEverybody { return try everybody(after: start, limit: limit, reading) }
        let named = scope.accounts.map(\.text).filter { $0 > start }.sorted().prefix(limit)
        var found = Set(try existing(Array(named), reading))
        found.formUnion(try signedIn(scope, after: start, limit: limit, reading))
        return found.sorted { $0.text < $1.text }.prefix(limit).map(\.self)
    }

    package static func count(
        _ scope: AffectedScope, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> Int {
        if scope.isEverybody {
            let count: Int64? = try reading.first(
                """
                SELECT count(*) FROM account WHERE state NOT IN ('closed', 'erased')
                    AND id NOT IN (SELECT account_id FROM canary)
                """
            ) { row throws(DatabaseError) in try row.int64(0) }
            return Int(count ?? 0)
        }
        var count = 0
        var after: AccountID?
        while true {
            let page = try page(scope, after: after, limit: rowsMax, reading)
            count += page.count
            guard page.count == rowsMax else { return count }
            after = page.last
        }
    }

    private static func everybody(
        after: String, limit: Int, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [AccountID] {
        try reading.rows(
            """
            SELECT id FROM account WHERE id > \(after) AND state NOT IN ('closed', 'erased')
                AND id NOT IN (SELECT account_id FROM canary)
            ORDER BY id LIMIT \(limit)
            """
        ) { row throws(DatabaseError) in try row.id(0) }
    }

    private static func existing(
        _ ids: [String], _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [AccountID] {
        var found: [AccountID] = []
        for id in ids {
            let account: AccountID? = try reading.first(
                """
                SELECT id FROM account WHERE id = \(id)
                    AND id NOT IN (SELECT account_id FROM canary)
                """
            ) { row throws(DatabaseError) in try row.id(0) }
            if let account { found.append(account) }
        }
        return found
    }

    /// The first `limit` accounts behind `after` that were signed in to from the scope's sources.
    private static func signedIn(
        _ scope: AffectedScope, after: String, limit: Int,
        _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> Set<AccountID> {
        guard let since = scope.sources.map(\.since).min(),
            let until = scope.sources.map(\.until).max()
        else { return [] }
        // All sources of an incident lie in one network, whose texts begin alike.
        let start = commonStart(scope.sources.map(\.prefix))
        let length = start.utf8.count
        var found: Set<AccountID> = []
        var last = (subject: after, id: "z")
        while true {
            let rows = try reading.rows(
                """
                SELECT subject, id, source, at_us FROM sign_in
                WHERE at_us >= \(since) AND at_us <= \(until) AND outcome = 'success'
                    AND substr(source, 1, CAST(\(length) AS INTEGER)) = \(start)
                    AND (subject, id) > (\(last.subject), \(last.id))
                    AND subject NOT IN (SELECT account_id FROM canary)
                ORDER BY subject, id LIMIT \(rowsMax)
                """
            ) { row throws(DatabaseError) in
                (
                    subject: try row.text(0), id: try row.text(1), source: try row.text(2),
                    at: try row.timestamp(3)
                )
            }
            for row in rows where scope.holds(source: row.source, at: row.at) {
                guard let account = AccountID(parsing: row.subject) else { continue }
                found.insert(account)
                if found.count == limit { return found }
            }
            guard rows.count == rowsMax, let end = rows.last else { return found }
            last = (end.subject, end.id)
        }
    }

    /// What the texts of all addresses in these networks begin with.
    private static func commonStart(_ prefixes: [SourcePrefix]) -> String {
        var start: String?
        for prefix in prefixes {
            let own = textStart(prefix.network)
            start = start.map { commonPrefix($0, own) } ?? own
        }
        return start ?? ""
    }

    /// IPv4: three numbers. IPv6: the groups of the /48 in front of the first that is zero, which
    /// `::` may hide.
    private static func textStart(_ address: SourceAddress) -> String {
        if address.isIPv4 {
            return address.text.split(separator: ".").prefix(3).map { $0 + "." }.joined()
        }
        let groups = (0..<3).map {
            UInt16(truncatingIfNeeded: address.bits >> UInt128(112 - 16 * $0))
        }
        return groups.prefix { $0 != 0 }.map { String($0, radix: 16) + ":" }.joined()
    }

    private static func commonPrefix(_ a: String, _ b: String) -> String {
        let same = zip(a.utf8, b.utf8).prefix { $0 == $1 }.count
        return String(decoding: Array(a.utf8.prefix(same)), as: UTF8.self)
    }
}

package import Accounts
package import Secrets

/// Failure budgets, one row for each identifier and class of client. What the state means is
/// `Accounts`' to say; here it is bytes.
package enum ThrottleStore {
    package static func load(
        _ locator: Digest, client: String, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [UInt8]? {
        try reading.first(
            "SELECT state FROM throttle WHERE locator = \(locator) AND client = \(client)"
        ) { row throws(DatabaseError) in try row.bytes(0) }
    }

    package static func save(
        _ locator: Digest, client: String, state: [UInt8], diesAt: Timestamp,
        _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try transaction.execute(
            """
            INSERT INTO throttle (locator, client, state, dies_at_us)
            VALUES (\(locator), \(client), \(state), \(diesAt))
            ON CONFLICT (locator, client)
            DO UPDATE SET state = excluded.state, dies_at_us = excluded.dies_at_us
            """)
    }

    /// - Returns: how many were deleted, at most `limit`.
    package static func deleteDead(
        at now: Timestamp, limit: Int, _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> Int {
        try transaction.execute(
            """
            DELETE FROM throttle WHERE (locator, client) IN (
                SELECT locator, client FROM throttle WHERE dies_at_us <= \(now) LIMIT \(limit)
            )
            """)
    }
}

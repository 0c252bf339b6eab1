package import Accounts

/// Which node does a piece of work that only one may do at a time.
package enum WorkLeaseStore {
    /// Takes a lease that is free or over, or renews one's own.
    ///
    /// - Parameter holder: names one running process, by random bytes.
    /// - Returns: whether `holder` has it now.
    package static func take(
        _ name: String, holder: [UInt8], until: Timestamp, at now: Timestamp,
        _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> Bool {
        try transaction.execute(
            """
            INSERT INTO work_lease (name, holder, until_us) VALUES (\(name), \(holder), \(until))
            ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until_us = excluded.until_us
            WHERE work_lease.holder = excluded.holder OR work_lease.until_us <= \(now)
            """) == 1
    }

    /// Gives a lease back; nothing happens to somebody else's.
    package static func release(
        _ name: String, holder: [UInt8], _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try transaction.execute(
            "DELETE FROM work_lease WHERE name = \(name) AND holder = \(holder)")
    }
}

/// What must not come back with a backup.
package enum RestoredStore {
    /// Ends everything that signs somebody in. What was revoked since the backup was made would be valid
    /// again: a session somebody stole, a device that was lost. Everybody signs in anew.
    ///
    /// - Returns: how many sessions there were.
    package static func endSessions(
        _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> Int {
        try transaction.execute("DELETE FROM device")
        // No node works on this store yet.
        try transaction.execute("DELETE FROM work_lease")
        return try transaction.execute("DELETE FROM session")
    }
}

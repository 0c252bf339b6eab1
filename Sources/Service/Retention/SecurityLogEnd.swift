package import Accounts
package import Storage

/// What other parts ask of retention.
extension Node {
    /// The time before which rows of the security log are over, for whoever prunes one of its own, as the
    /// audit log does; `nil` while everybody's security log is held.
    package func securityLogEnd(
        at now: Timestamp, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> Timestamp? {
        if try FlagStore.isHeld(.securityLog, reading) { return nil }
        return retention.rule(for: .securityLog, at: now).concludedBefore(now)
    }
}

import Accounts
import Secrets
import Threads

/// Uses of sessions that are due to be written, until the housekeeping worker writes them together.
///
/// Introspection stays a read this way. A process that is killed forgets at most a second of them,
/// and a session then ends that much earlier.
final class SessionTouches: Sendable {
    private let due = Guarded<[Digest: Timestamp]>([:])

    func note(_ session: Digest, at now: Timestamp) {
        due.withLock { $0[session] = now }
    }

    /// Returns what could not be written; a later use wins.
    func putBack(_ unwritten: [Digest: Timestamp]) {
        due.withLock { due in due.merge(unwritten) { max($0, $1) } }
    }

    func takeAll() -> [Digest: Timestamp] {
        due.withLock { due in
            let all = due
            due = [:]
            return all
        }
    }
}

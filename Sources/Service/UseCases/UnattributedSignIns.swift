import Threads

/// Sign-ins for which the application named no client address, counted until they are logged.
final class UnattributedSignIns: Sendable {
    private let counts = Guarded<[String: Int]>([:])

    /// - Parameter application: from the database, so there are as many as the operator made.
    func note(_ application: String) {
        counts.withLock { $0[application, default: 0] += 1 }
    }

    func takeAll() -> [String: Int] {
        counts.withLock { counts in
            let all = counts
            counts = [:]
            return all
        }
    }
}

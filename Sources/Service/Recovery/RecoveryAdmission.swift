import Accounts
import Threads

extension Node {
    /// Counts a request for a link, or for what one opens, in its source's budget: 30 in ten minutes
    /// for an address, as for failed sign-ins, but not out of the same purse. Whoever is locked out
    /// gets in this way.
    ///
    /// - Throws: 429 when the budget is spent.
    func admitRecovery(
        _ client: ClientDescription, application: String
    ) throws(Problem) -> SourceBudgets.Reservation {
        let now = clock()
        let source = client.budgetSource(application)
        switch recoverySources.withLock({ $0.reserve(for: source, at: now) }) {
        case .allowed(let reservation): return reservation
        case .refused(let until):
            throw Problem(
                .throttled, "Too many requests of this kind from one place.",
                retryAfterSeconds: seconds(from: now, to: until))
        }
    }

    /// The request was a good one: it counts nowhere.
    func giveBackRecovery(_ reservation: SourceBudgets.Reservation) {
        recoverySources.withLock { $0.succeed(reservation) }
    }
}

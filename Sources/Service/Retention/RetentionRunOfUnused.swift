import Accounts
import Incidents
import Storage

/// Accounts that nobody uses: warned, then closed with the reason `unused`, and from then on like every
/// other closed account.
extension RetentionRun {
    mutating func closeUnused() throws(DatabaseError) {
        let unused = node.retention.unused
        let cut = unused.closedWhenUsedBefore(now)
        let warnedBefore = now - .days(unused.warnedDaysBefore)
        let page = try node.database.read { reader throws(DatabaseError) in
            try UnusedStore.overdue(
                usedBefore: cut, warnedBefore: warnedBefore, after: accountPlace,
                limit: Self.batchMax, reader)
        }
        if !page.isEmpty {
            let count = try close(page)
            tally.closed += count
            for _ in 0..<count { node.noteEnqueued(.accountClosed) }
            if count > 0 { node.scrubs.request() }
        }
        guard page.count == Self.batchMax, let last = page.last else { return phase = .done }
        accountPlace = .init(eraseAfter: last.lastUsed, key: last.account.text)
    }

    /// Sealed one by one, then closed in one transaction. Whoever has signed in since the page was read,
    /// or was changed in another way, stays for the next run.
    private func close(_ page: [UnusedStore.Record]) throws(DatabaseError) -> Int64 {
        var closures: [(used: UnusedStore.Record, closure: PreparedClosure)] = []
        for record in page {
            let account = try node.database.read { reader throws(DatabaseError) in
                try AccountStore.find(record.account, reader)
            }
            guard let account, account.state.isLiving else { continue }
            do throws(Problem) {
                closures.append((record, try node.prepareClosure(of: account, .unused, at: now)))
            } catch {
                throw .refused("an account that nobody uses could not be sealed: \(error.code)")
            }
        }
        return try node.database.transaction { transaction throws(DatabaseError) in
            var count: Int64 = 0
            for (used, closure) in closures {
                guard try UnusedStore.find(used.account, transaction) == used,
                    try AccountStore.find(used.account, transaction) == closure.account
                else { continue }
                try node.write(closure, by: actor, from: nil, transaction)
                count += 1
            }
            return count
        }
    }
}

import Accounts
import Incidents
import Storage

/// Accounts that nobody uses: warned, then closed with the reason `unused`, and from then on like every
/// other closed account.
extension RetentionRun {
    /// Where nobody is told of anything nobody is warned, and so nobody is closed.
    mutating func warnUnused() throws(DatabaseError) {
        guard node.notices.delivery != .none else { return phase = .closures }
        let cut = node.retention.unused.warnedWhenUsedBefore(now)
        let page = try node.database.read { reader throws(DatabaseError) in
            try UnusedStore.unwarned(
                usedBefore: cut, after: accountPlace, limit: Self.batchMax, reader)
        }
        let warnings = try page.map { record throws(DatabaseError) in
            do throws(Problem) {
                return (
                    used: record,
                    notice: try node.notice(.unusedAccount, to: record.account, at: now)
                )
            } catch {
                throw .refused("a warning could not be written: \(error.code)")
            }
        }
        let posted = try node.database.transaction { transaction throws(DatabaseError) in
            var posted: [Notice] = []
            for (used, notice) in warnings {
                guard try UnusedStore.find(used.account, transaction) == used else { continue }
                try node.post(notice, transaction)
                try UnusedStore.noteWarning(of: used.account, at: now, transaction)
                posted.append(notice)
            }
            return posted
        }
        posted.forEach(node.notePosted)
        tally.warned += Int64(posted.count)
        guard page.count == Self.batchMax, let last = page.last else {
            accountPlace = .init(eraseAfter: .earliest, key: "")
            return phase = .closures
        }
        accountPlace = .init(eraseAfter: last.lastUsed, key: last.account.text)
    }

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
            let closed = try close(page)
            tally.closed += Int64(closed.count)
            closed.forEach(node.noteClosed)
        }
        guard page.count == Self.batchMax, let last = page.last else { return phase = .done }
        accountPlace = .init(eraseAfter: last.lastUsed, key: last.account.text)
    }

    /// Sealed one by one, then closed in one transaction. Whoever has signed in since the page was read,
    /// or was changed in another way, stays for the next run.
    private func close(
        _ page: [UnusedStore.Record]
    ) throws(DatabaseError) -> [PreparedClosure] {
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
            var closed: [PreparedClosure] = []
            for (used, closure) in closures {
                guard try UnusedStore.find(used.account, transaction) == used,
                    try AccountStore.find(used.account, transaction) == closure.account
                else { continue }
                try node.write(closure, by: actor, from: nil, transaction)
                closed.append(closure)
            }
            return closed
        }
    }
}

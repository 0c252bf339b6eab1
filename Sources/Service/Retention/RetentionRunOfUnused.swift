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
            let count = try node.database.transaction { transaction throws(DatabaseError) in
                var count: Int64 = 0
                for record in page {
                    // Somebody may have signed in since the page was read.
                    guard let found = try UnusedStore.find(record.account, transaction),
                        found == record,
                        let account = try AccountStore.find(record.account, transaction)
                    else { continue }
                    try close(account, transaction)
                    count += 1
                }
                return count
            }
            tally.closed += count
            for _ in 0..<count { node.noteEnqueued(.accountClosed) }
            if count > 0 { node.scrubs.request() }
        }
        guard page.count == Self.batchMax, let last = page.last else { return phase = .done }
        accountPlace = .init(eraseAfter: last.lastUsed, key: last.account.text)
    }

    private func close(
        _ account: AccountStore.Record, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try AccountStore.close(account, reason: .unused, at: now, transaction)
        try SessionStore.deleteAll(of: account.id, transaction)
        try DeviceStore.deleteAll(of: account.id, transaction)
        try SignInStore.blurSources(of: account.id, transaction)
        try node.record(
            .closed(.unused), of: account.id, by: actor, from: nil, at: now, transaction)
    }
}

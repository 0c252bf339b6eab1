import Accounts
import Storage

/// Seals what versions before the archive left of closed accounts in the clear, as a closure of today
/// would have, by the dates of then. Idempotent: each record goes in the transaction that stores what
/// it became.
struct ClosedRecordSealing: Sendable {
    let node: Node

    private static let actor = "housekeeping"
    /// Records read at a time.
    private static let batchMax = 100

    /// - Returns: how many were sealed.
    @discardableResult
    func run() throws(Problem) -> Int {
        var count = 0
        while true {
            let batch = try node.withProblems { () throws(DatabaseError) in
                try node.database.read { reader throws(DatabaseError) in
                    try ClosedRecordStore.some(limit: Self.batchMax, reader)
                }
            }
            for record in batch where try seal(record) { count += 1 }
            if batch.count < Self.batchMax { break }
        }
        if count > 0 {
            node.log.info("sealed what closed accounts had left", .count("accounts", count))
            node.scrubs.request()
        }
        try dateTombstones()
        return count
    }

    private func seal(_ record: ClosedRecordStore.Record) throws(Problem) -> Bool {
        let plan = ClosurePlan(
            closing: ClosingAccount(
                email: record.email, displayName: record.displayName,
                createdAt: record.createdAt, closedAt: record.closedAt, reason: record.reason),
            under: node.retention, besides: [])
        let now = node.clock()
        let sealed = try node.seal(plan, of: record.account, at: now)
        let end = ClosurePlan.tombstoneEnd(closedAt: record.closedAt, under: node.retention)
        return try node.withProblems { () throws(DatabaseError) in
            try node.database.transaction { transaction throws(DatabaseError) in
                guard try ClosedRecordStore.delete(record.account, transaction) else {
                    return false
                }
                try node.keep(sealed, by: Self.actor, at: now, transaction)
                try TombstoneStore.put(
                    for: record.account, eraseAfter: end, hasRecords: !sealed.isEmpty, transaction)
                return true
            }
        }
    }

    private func dateTombstones() throws(Problem) {
        try node.withProblems { () throws(DatabaseError) in
            while true {
                let batch = try node.database.read { reader throws(DatabaseError) in
                    try ClosedRecordStore.undatedTombstones(limit: Self.batchMax, reader)
                }
                try node.database.transaction { transaction throws(DatabaseError) in
                    for (account, closedAt) in batch {
                        try TombstoneStore.put(
                            for: account,
                            eraseAfter: ClosurePlan.tombstoneEnd(
                                closedAt: closedAt, under: node.retention),
                            hasRecords: false, transaction)
                    }
                }
                if batch.count < Self.batchMax { return }
            }
        }
    }
}

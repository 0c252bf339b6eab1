package import Accounts
import Secrets
import Storage

/// What will be erased, when and why, in the order in which it will go. Read page by page; a plan of a
/// million lines takes no more memory than one of ten.
package struct RetentionPlan: Sendable {
    /// One line: a sealed record or a tombstone.
    package struct Line: Equatable, Sendable {
        package let account: AccountID
        package let category: RetentionCategory
        package let basis: String
        package let eraseAfter: Timestamp
        /// Whether a flag stops it now.
        package let isHeld: Bool
    }

    /// Rows of a log, or accounts: as many as are over now.
    package struct Count: Equatable, Sendable {
        package let name: String
        package let category: RetentionCategory?
        package let basis: String
        /// What is older goes.
        package let before: Timestamp
        package let count: Int64
        package let isHeld: Bool
    }

    private let node: Node
    private let now: Timestamp
    private let end: Timestamp

    private static let pageMax = 500

    /// - Parameter end: what is due by then.
    package init(_ node: Node, until end: Timestamp) {
        self.node = node
        self.end = end
        now = node.clock()
    }

    package func lines(
        _ show: (Line) throws(StartError) -> Void
    ) throws(StartError) {
        try pages(RetentionStore.Place(eraseAfter: .earliest, key: ""), show) {
            place, reader throws(DatabaseError) in
            try RetentionStore.records(
                dueBy: end, after: place, limit: Self.pageMax, heldToo: true, reader)
        } next: { due in
            .init(eraseAfter: due.eraseAfter, key: due.what.recordID)
        }
        try pages(RetentionStore.Place(eraseAfter: .earliest, key: [UInt8]()), show) {
            place, reader throws(DatabaseError) in
            try RetentionStore.tombstones(
                dueBy: end, after: place, limit: Self.pageMax, heldToo: true, reader)
        } next: { due in
            guard case .tombstone(let locator) = due.what else {
                return .init(eraseAfter: .latest, key: [])
            }
            return .init(eraseAfter: due.eraseAfter, key: locator.bytes)
        }
    }

    private func pages<Key: Sendable>(
        _ first: RetentionStore.Place<Key>, _ show: (Line) throws(StartError) -> Void,
        _ page: (RetentionStore.Place<Key>, borrowing Reader) throws(DatabaseError)
            -> [RetentionStore.Due],
        next: (RetentionStore.Due) -> RetentionStore.Place<Key>
    ) throws(StartError) {
        var place = first
        while true {
            let found = try read { reader throws(DatabaseError) in
                let dues = try page(place, reader)
                var lines: [Line] = []
                for due in dues { lines.append(try line(due, reader)) }
                return (lines: lines, last: dues.last, isFull: dues.count == Self.pageMax)
            }
            for line in found.lines { try show(line) }
            guard found.isFull, let last = found.last else { return }
            place = next(last)
        }
    }

    private func line(
        _ due: RetentionStore.Due, _ reader: borrowing Reader
    ) throws(DatabaseError) -> Line {
        let rule = node.retention.rule(for: due.category, at: now)
        return Line(
            account: due.account, category: due.category,
            basis: due.basis.isEmpty ? rule.basis : due.basis, eraseAfter: due.eraseAfter,
            isHeld: try RetentionStore.isHeld(due.category, of: due.account, reader))
    }

    /// What is kept for a time from each row's own date.
    package func counts() throws(StartError) -> [Count] {
        try read { reader throws(DatabaseError) in
            var counts: [Count] = []
            for sweep in RetentionSweep.all {
                let rule = node.retention.rule(for: sweep.category, at: end)
                let cut = rule.concludedBefore(end)
                counts.append(
                    Count(
                        name: sweep.name, category: sweep.category, basis: rule.basis, before: cut,
                        count: try sweep.count(before: cut, reader),
                        isHeld: try FlagStore.isHeld(sweep.category, reader)))
            }
            return counts
        }
    }

    private func read<Answer>(
        _ body: (borrowing Reader) throws(DatabaseError) -> Answer
    ) throws(StartError) -> Answer {
        do throws(DatabaseError) {
            return try node.database.read(body)
        } catch {
            throw StartError(error, path: "the database")
        }
    }
}

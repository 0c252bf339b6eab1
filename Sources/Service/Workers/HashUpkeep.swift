import Accounts
import Passwords
import Secrets
import Storage
import Threads

/// What housekeeping does for stored hashes: takes up peppers that were added or retired, fills in
/// schemes that a program of the version before left out, and counts for the decoys.
final class HashUpkeep: Sendable {
    /// Rows looked at in one read, and changed in one transaction.
    private static let pageMax = 500
    /// Pages in one round, so that nobody waits long behind it: a million hashes take ten minutes.
    private static let pagesMax = 4

    private enum Walk: Sendable {
        /// Through all hashes, once after each start. A program of the version before leaves an old
        /// scheme beside a hash that it renewed; after the last of them is gone, a node starts.
        case all(after: AccountID?)
        case done
    }

    private let node: Node
    private let walk = Guarded(Walk.all(after: nil))

    init(_ node: Node) {
        self.node = node
    }

    /// Once a minute.
    func sweep() throws(DatabaseError) {
        try takeUpPeppers()
        try fillIn()
        try node.countDecoys()
    }

    /// One step of the walk; every round.
    func step() throws(DatabaseError) {
        for _ in 0..<Self.pagesMax {
            guard case .all(let last) = walk.withLock({ $0 }) else { return }
            let rows = try node.database.read { reader throws(DatabaseError) in
                try PasswordHashStore.page(after: last, limit: Self.pageMax, reader)
            }
            try classify(rows)
            let isLast = rows.count < Self.pageMax
            walk.withLock { $0 = isLast ? .done : .all(after: rows.last?.account) }
            if isLast { try node.countDecoys() }
        }
    }

    private func fillIn() throws(DatabaseError) {
        let rows = try node.database.read { reader throws(DatabaseError) in
            try PasswordHashStore.unclassified(limit: Self.pageMax, reader)
        }
        try classify(rows)
    }

    private func classify(_ rows: [PasswordHashStore.Row]) throws(DatabaseError) {
        var changes: [(row: PasswordHashStore.Row, scheme: String)] = []
        for row in rows {
            let scheme: String
            do {
                scheme = try PasswordHash(row.text).scheme.text
            } catch {
                // Whoever wrote that, a sign-in will say so. It is left out of the counts.
                scheme = "unreadable"
            }
            if scheme != row.scheme { changes.append((row, scheme)) }
        }
        guard !changes.isEmpty else { return }
        try node.database.transaction { transaction throws(DatabaseError) in
            for (row, scheme) in changes {
                try PasswordHashStore.classify(row, as: scheme, transaction)
            }
        }
    }

    /// Looks whether `loquet keys` changed something: a new pepper's file is read, and what is current
    /// is used from now on. A node that was not given the file keeps what it has, and says so.
    private func takeUpPeppers() throws(DatabaseError) {
        let records = try node.database.read { reader throws(DatabaseError) in
            try KeyStore.all(reader)
        }
        let peppers = records.filter { $0.purpose == KeyPurpose.pepper.rawValue }
        let held = node.peppers
        let isSame =
            Set(peppers.map(\.id)) == Set(held.ids.map { Hexadecimal.encode($0.bytes) })
            && peppers.contains {
                $0.isCurrent && $0.id == Hexadecimal.encode(held.current.id.bytes)
            }
        guard !isSame else { return }
        do {
            let directory = KeyDirectory(dataDirectory: node.configuration.data)
            node.use(try KeyRing.load(directory, records: records).peppers())
            node.log.info("peppers changed", .count("peppers", peppers.count))
        } catch let error as KeyError {
            node.log.error("a pepper is missing here", .reason(error.text))
        } catch {
            node.log.error("a pepper cannot be used", .reason(String(describing: error)))
        }
    }
}

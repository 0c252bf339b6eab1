package import Accounts
import Secrets

/// Moves a whole store from one database to another, row by row, whichever two they are.
///
/// Nothing may write to the source meanwhile. Rows are read in the source's order of keys, in one
/// snapshot, and written in batches, each in a transaction of its own: as many rows as a table of
/// the target has, that many of the source's first ones were copied. So a copy that was cut off goes
/// on there, and needs no notes of its own.
///
/// From its start to its end the target has the table `copy_under_way`, and no command but a copy
/// of the same store opens a database that has it.
package struct StoreCopy: Sendable {
    package enum Standing: Sendable {
        case begins, goesOn
        /// The target holds this store and no copy is under way: it may be in use.
        case isThere
    }

    package struct Progress: Equatable, Sendable {
        package let table: String
        package let rowsDone: Int64
        package let rowsTotal: Int64
    }

    package struct Comparison: Equatable, Sendable {
        package let table: String
        package let source: StoreDigest
        package let target: StoreDigest

        package var isEqual: Bool { source == target }
    }

    private let source: any Database
    private let target: any Database
    private let batchRows: Int

    /// - Parameter batchRows: rows in memory and in one transaction, 1 or more.
    package init(from source: any Database, to target: any Database, batchRows: Int = 500) {
        self.source = source
        self.target = target
        self.batchRows = batchRows
    }

    package static func isUnderWay(in database: any Database) throws(DatabaseError) -> Bool {
        try database.hasTable("copy_under_way")
    }

    /// Until when a running server has said that it works on the store; `nil` when none has, or its
    /// word is over.
    package static func servedUntil(
        _ database: any Database, at now: Timestamp
    ) throws(DatabaseError) -> Timestamp? {
        try database.read { reader throws(DatabaseError) in
            try reader.first(
                """
                SELECT until_us FROM work_lease WHERE until_us > \(now)
                ORDER BY until_us DESC LIMIT 1
                """
            ) { row throws(DatabaseError) in try row.timestamp(0) }
        }
    }

    /// Brings the target's schema up to date and marks it as half a store.
    ///
    /// - Throws: `.refused` when the source is no complete store of this schema, or the target holds
    ///   anything else than this store. Its rows are as they were; its schema may be newer.
    package func prepare(at now: Timestamp) throws(DatabaseError) -> Standing {
        let identity = try identityOfSource()
        if try target.hasTable("service_key") {
            let found = try identityOf(target)
            guard found == nil || found == identity else { throw foreign }
        }
        try Migrations.loquet.apply(to: target, nowMicroseconds: now.microseconds)
        if try Self.isUnderWay(in: target) {
            let begun = try target.read { reader throws(DatabaseError) in
                try reader.first("SELECT store FROM copy_under_way") {
                    row throws(DatabaseError) in try row.digest(0)
                }
            }
            guard begun == identity else { throw foreign }
            return .goesOn
        }
        if try isEmpty(target) {
            _ = try target.transaction { transaction throws(DatabaseError) in
                try transaction.execute(
                    "CREATE TABLE copy_under_way (store BYTEA NOT NULL PRIMARY KEY)")
                return try transaction.execute(
                    "INSERT INTO copy_under_way (store) VALUES (\(identity))")
            }
            return .begins
        }
        guard try identityOf(target) == identity else { throw foreign }
        return .isThere
    }

    /// Copies what is not there yet.
    ///
    /// - Parameter progress: called after each batch; what it throws ends the copy there.
    package func run(
        progress: (Progress) throws(DatabaseError) -> Void
    ) throws(DatabaseError) {
        try source.read { reader throws(DatabaseError) in
            var total: Int64 = 0
            for table in StoreTable.all { total += try table.count(reader) }
            var done: Int64 = 0
            for table in StoreTable.all {
                try copy(table, reader) { count throws(DatabaseError) in
                    done += count
                    try progress(
                        Progress(
                            table: table.name.description, rowsDone: done, rowsTotal: total))
                }
            }
        }
    }

    /// Reads both databases, whole, and says of each table what each one holds.
    package func comparisons() throws(DatabaseError) -> [Comparison] {
        var comparisons: [Comparison] = []
        for table in StoreTable.all {
            comparisons.append(
                Comparison(
                    table: table.name.description, source: try digest(of: table, in: source),
                    target: try digest(of: table, in: target)))
        }
        return comparisons
    }

    /// Makes the target a store like any other.
    package func finish() throws(DatabaseError) {
        _ = try target.transaction { transaction throws(DatabaseError) in
            try transaction.execute("DROP TABLE copy_under_way")
        }
    }

    /// - Parameter copied: told how many rows more are there.
    private func copy(
        _ table: StoreTable, _ reader: borrowing Reader,
        copied: (Int64) throws(DatabaseError) -> Void
    ) throws(DatabaseError) {
        let there = try target.read { target throws(DatabaseError) in try table.count(target) }
        var key: [SQLValue]?
        if there > 0 {
            key = try table.key(ofRow: there, reader)
            // More rows than the source has: the comparison shows it.
            guard key != nil else { return }
            try copied(there)
        }
        while true {
            let rows = try table.page(after: key, rowsMax: batchRows, reader)
            guard let last = rows.last else { return }
            _ = try target.transaction { transaction throws(DatabaseError) in
                for row in rows { try table.insert(row, transaction) }
            }
            key = Array(last.prefix(table.keyColumns))
            try copied(Int64(rows.count))
        }
    }

    private func digest(
        of table: StoreTable, in database: any Database
    ) throws(DatabaseError) -> StoreDigest {
        try database.read { reader throws(DatabaseError) in
            var sum = RowSum()
            var key: [SQLValue]?
            while true {
                let rows = try table.page(after: key, rowsMax: batchRows, reader)
                guard let last = rows.last else { return sum.digest }
                for row in rows { sum.add(row) }
                key = Array(last.prefix(table.keyColumns))
            }
        }
    }

    private func identityOfSource() throws(DatabaseError) -> Digest {
        guard try Migrations.loquet.plan(on: source).isEmpty else {
            throw .refused("the source's schema is behind: run loquet migrate on it first")
        }
        guard try !Self.isUnderWay(in: source) else {
            throw .refused("the source is itself a copy that was not finished")
        }
        guard let identity = try identityOf(source) else {
            throw .refused("the source holds no keys, so it is no store")
        }
        return identity
    }

    /// What tells one store from another: the check values of its keys. `nil` where there are none.
    private func identityOf(_ database: any Database) throws(DatabaseError) -> Digest? {
        let records = try database.read { reader throws(DatabaseError) in
            try KeyStore.all(reader)
        }
        guard !records.isEmpty else { return nil }
        // By bytes: databases sort text differently.
        let sorted = records.map {
            Digest.sha256(of: Array($0.id.utf8)).bytes + $0.checkValue.bytes
        }
        .sorted { $0.lexicographicallyPrecedes($1) }
        return .sha256(of: Array(sorted.joined()))
    }

    private func isEmpty(_ database: any Database) throws(DatabaseError) -> Bool {
        try database.read { reader throws(DatabaseError) in
            for table in StoreTable.all
            where try !table.page(after: nil, rowsMax: 1, reader).isEmpty {
                return false
            }
            return true
        }
    }

    private var foreign: DatabaseError {
        .refused("the target holds another store or other rows; nothing was copied")
    }
}

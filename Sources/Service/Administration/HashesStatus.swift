import Passwords
import Secrets
package import Storage

/// `loquet hashes status`: which schemes the stored hashes have, what is below today's setting, and
/// what still names an old pepper.
///
/// Reads every hash, a page at a time, and goes by nothing but the hashes themselves.
package struct HashesStatus: Sendable {
    package struct Scheme: Equatable, Sendable {
        package let text: String
        package let count: Int64
        /// The next sign-in replaces such a hash.
        package let needsRehash: Bool
    }

    package struct Pepper: Equatable, Sendable {
        package let id: String
        package let isCurrent: Bool
        package let hashes: Int64
    }

    /// Schemes listed; what is rarer is one line, `other`.
    package static let schemesMax = 1_000

    package let today: String
    package let total: Int64
    /// Hashes that the next sign-in replaces.
    package let needingRehash: Int64
    /// The most frequent first.
    package let schemes: [Scheme]
    package let peppers: [Pepper]
    /// Without a pepper: made elsewhere.
    package let unpeppered: Int64
    /// Rows that hold no hash that we know. Their owners cannot sign in.
    package let unreadable: Int64

    private struct Kind: Hashable {
        let scheme: HashScheme?
        let needsRehash: Bool
    }

    package init(_ configuration: Configuration, _ database: any Database) throws(StartError) {
        let cost: HashCost
        do {
            cost = try HashCost(
                memoryKiB: configuration.hashing.memoryKiB, passes: configuration.hashing.passes,
                parallelism: configuration.hashing.parallelism)
        } catch {
            throw .configuration("hashing: \(error)")
        }
        do {
            try self.init(cost, database)
        } catch {
            throw StartError(error, path: "the database")
        }
    }

    private init(_ cost: HashCost, _ database: any Database) throws(DatabaseError) {
        let records = try database.read { reader throws(DatabaseError) in
            try KeyStore.all(reader)
        }.filter { $0.purpose == KeyPurpose.pepper.rawValue }
        // There is always one: the store has been initialised.
        let current = records.first(where: \.isCurrent)
        let pepper = current.flatMap { KeyID(text: $0.id) }.flatMap { PepperID(bytes: $0.bytes) }
        guard let pepper else { throw .refused("the database names no current pepper") }

        var counts: [Kind: Int64] = [:]
        var byPepper: [PepperID: Int64] = [:]
        var unreadable: Int64 = 0
        var last: PasswordHashStore.Row?
        repeat {
            let rows = try database.read { reader throws(DatabaseError) in
                try PasswordHashStore.page(after: last?.account, limit: 1_000, reader)
            }
            for row in rows {
                guard let hash = Self.hash(row.text) else {
                    unreadable += 1
                    continue
                }
                if let id = hash.pepperID { byPepper[id, default: 0] += 1 }
                let needsRehash = hash.needsRehash(today: cost, pepper: pepper)
                var kind = Kind(scheme: hash.scheme, needsRehash: needsRehash)
                if counts[kind] == nil, counts.count >= Self.schemesMax {
                    kind = Kind(scheme: nil, needsRehash: needsRehash)
                }
                counts[kind, default: 0] += 1
            }
            last = rows.last
        } while last != nil

        today = HashScheme(today: cost, pepper: pepper).text
        total = counts.values.reduce(0, +) + unreadable
        needingRehash = counts.filter(\.key.needsRehash).values.reduce(0, +)
        schemes = counts.map { kind, count in
            Scheme(
                text: kind.scheme?.text ?? "other", count: count, needsRehash: kind.needsRehash)
        }.sorted { $0.count != $1.count ? $0.count > $1.count : $0.text < $1.text }
        peppers = records.map { record in
            let id = KeyID(text: record.id).flatMap { PepperID(bytes: $0.bytes) }
            return Pepper(
                id: record.id, isCurrent: record.isCurrent,
                hashes: id.flatMap { byPepper[$0] } ?? 0)
        }
        unpeppered = total - unreadable - byPepper.values.reduce(0, +)
        self.unreadable = unreadable
    }

    private static func hash(_ text: String) -> PasswordHash? {
        do {
            return try PasswordHash(text)
        } catch {
            return nil
        }
    }
}

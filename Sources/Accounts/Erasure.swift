/// One erasure, as the journal keeps it: which, when and why, and nothing of what was erased. Signed,
/// so that it proves what was done; backups carry it, so that a restored store forgets it again.
package struct Erasure: Equatable, Sendable {
    /// Sorts by time; names the erasure.
    package let id: String
    /// `nil` where rows of a log went whose owners do not matter.
    package let account: AccountID?
    package let thing: Thing
    /// The sealed record's id, or the name of the log whose rows went; else empty.
    package let record: String
    /// Rows that went, at least 1.
    package let count: Int64
    /// When it was due. Of a log, the time before which all went.
    package let eraseAfter: Timestamp
    package let erasedAt: Timestamp

    /// What an erasure is of. The raw value is the journal's.
    package enum Thing: Hashable, Sendable {
        /// The account as such: nothing that belongs to it is left.
        case account
        case category(RetentionCategory)

        package var name: String {
            switch self {
            case .account: "account"
            case .category(let category): category.rawValue
            }
        }

        package init?(name: String) {
            if name == "account" {
                self = .account
            } else if let category = RetentionCategory(rawValue: name) {
                self = .category(category)
            } else {
                return nil
            }
        }
    }

    package init(
        id: String, account: AccountID?, thing: Thing, record: String = "", count: Int64 = 1,
        eraseAfter: Timestamp, erasedAt: Timestamp
    ) {
        self.id = id
        self.account = account
        self.thing = thing
        self.record = record
        self.count = count
        self.eraseAfter = eraseAfter
        self.erasedAt = erasedAt
    }

    /// What is signed: a line for each field, in this order, behind a line that no other signature of
    /// the same key begins with.
    package var message: [UInt8] {
        let lines = [
            "loquet erasure 1", id, account?.text ?? "", thing.name, record, String(count),
            eraseAfter.rfc3339(.microseconds), erasedAt.rfc3339(.microseconds),
        ]
        return Array(lines.map { $0 + "\n" }.joined().utf8)
    }
}

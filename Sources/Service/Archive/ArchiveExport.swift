package import Accounts
import Secrets
package import Storage

/// `loquet archive export` and its endpoint: hands sealed records out to whoever will open them
/// elsewhere. Asking is the recorded act: it is in the audit log before anything is read.
package struct ArchiveExport: Sendable {
    /// Which records.
    package enum Scope: Equatable, Sendable {
        case all
        case account(AccountID)
        case category(RetentionCategory)

        /// An account's id or a sealed category's name.
        package init?(parsing text: String) {
            if let id = AccountID(parsing: text) {
                self = .account(id)
            } else if let category = RetentionCategory(rawValue: text), category.isSealed {
                self = .category(category)
            } else {
                return nil
            }
        }

        /// What the audit log names.
        package var text: String {
            switch self {
            case .all: "all"
            case .account(let id): id.text
            case .category(let category): category.rawValue
            }
        }

        fileprivate var account: AccountID? {
            if case .account(let id) = self { id } else { nil }
        }

        fileprivate var category: String? {
            if case .category(let category) = self { category.rawValue } else { nil }
        }
    }

    /// Why, and in which case file: both are demanded.
    package struct Grounds: Equatable, Sendable {
        package let reason: String
        package let ticket: String

        /// 1 … 500 and 1 … 100 characters, none of them control.
        package static let reasonMax = 500
        package static let ticketMax = 100

        /// - Returns: `nil` when either is missing, too long or holds control characters.
        package init?(reason: String?, ticket: String?) {
            guard let reason, let ticket, Self.isPlain(reason, Self.reasonMax),
                Self.isPlain(ticket, Self.ticketMax)
            else { return nil }
            self.reason = reason
            self.ticket = ticket
        }

        package static let expected =
            "1 to \(reasonMax) characters of reason and 1 to \(ticketMax) of ticket, none of them control"

        private static func isPlain(_ text: String, _ countMax: Int) -> Bool {
            let scalars = text.unicodeScalars
            return (1...countMax).contains(scalars.count)
                && !scalars.allSatisfy(\.properties.isWhitespace)
                && scalars.allSatisfy { $0.properties.generalCategory != .control }
        }
    }

    /// Records read at a time.
    package static let pageMax = 100

    private let node: Node
    private let scope: Scope

    package init(_ node: Node, _ scope: Scope) {
        self.node = node
        self.scope = scope
    }

    /// - Parameter actor: `cli:<uid>`, or an administrator's id.
    package func record(_ grounds: Grounds, by actor: String) throws(Problem) {
        let now = node.clock()
        try node.withProblems { () throws(DatabaseError) in
            try node.database.transaction { transaction throws(DatabaseError) in
                try node.audit(
                    action: "archive.exported", of: scope.text, by: actor,
                    reason: "\(grounds.ticket): \(grounds.reason)", at: now, transaction)
            }
        }
    }

    /// One page in the order of ids.
    ///
    /// - Parameter id: the last id of the page before.
    package func page(
        after id: SealedRecordID?, limit: Int = pageMax
    ) throws(Problem) -> [ExportedRecord] {
        try node.withProblems { () throws(DatabaseError) in
            try node.database.read { reader throws(DatabaseError) in
                let records = try SealedRecordStore.page(
                    after: id, account: scope.account, category: scope.category, limit: limit,
                    reader)
                var exported: [ExportedRecord] = []
                for record in records {
                    let standing = try SealedRecordStore.standing(of: record, reader)
                    exported.append(ExportedRecord(record, standing))
                }
                return exported
            }
        }
    }
}

/// One line of an export.
package struct ExportedRecord: Equatable, Sendable {
    package let record: SealedRecordStore.Record
    package let standing: SealedRecordStore.Standing

    init(_ record: SealedRecordStore.Record, _ standing: SealedRecordStore.Standing) {
        self.record = record
        self.standing = standing
    }

    package var value: JSONValue {
        [
            "record": .string(record.id.text), "account": .string(record.account.text),
            "category": .string(record.category), "basis": .string(record.basis),
            "erase_after": .string(record.eraseAfter.rfc3339(.microseconds)),
            "sealed_at": .string(record.sealedAt.rfc3339()),
            "digest": .string(Hexadecimal.encode(record.digest.bytes)),
            "archive_key": .string(Hexadecimal.encode(record.archiveKey.bytes)),
            "audit": .string(standing.rawValue),
            "cms": .string(ArchiveText.base64(record.sealed)),
        ]
    }
}

/// Base64 as other tools read it, with padding.
enum ArchiveText {
    static func base64(_ bytes: [UInt8]) -> String {
        let text = Base64.encode(bytes, .standard)
        return text + String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
    }

    /// - Returns: `nil` for anything that ``base64(_:)`` does not write.
    static func bytes(_ text: String) -> [UInt8]? {
        guard text.utf8.count.isMultiple(of: 4) else { return nil }
        let padding = text.utf8.reversed().prefix { $0 == UInt8(ascii: "=") }.count
        guard padding <= 2,
            let bytes = Base64.decode(text.utf8.dropLast(padding), .standard),
            base64(bytes) == text
        else { return nil }
        return bytes
    }
}

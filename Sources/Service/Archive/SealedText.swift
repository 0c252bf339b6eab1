package import Accounts

/// What is inside a sealed record: a JSON object that names its owner, its category and its end, so that
/// whoever opens it needs nothing else, and a record put in another's place gives itself away.
package struct SealedText: Equatable, Sendable {
    package let id: SealedRecordID
    package let account: AccountID
    /// A category's name in the retention file.
    package let category: String
    package let basis: String
    package let eraseAfter: Timestamp
    /// Names and values of what is kept.
    package let fields: [Field]

    package struct Field: Equatable, Sendable {
        package let name: String
        package let value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    package init(
        id: SealedRecordID, account: AccountID, category: String, basis: String,
        eraseAfter: Timestamp, fields: [Field]
    ) {
        self.id = id
        self.account = account
        self.category = category
        self.basis = basis
        self.eraseAfter = eraseAfter
        self.fields = fields
    }

    /// Grows when a reader of today could misread it.
    private static let version: Int64 = 1
    private static let type = "loquet.sealed-record"

    package var value: JSONValue {
        [
            "type": .string(Self.type), "version": .integer(Self.version),
            "id": .string(id.text), "account": .string(account.text),
            "category": .string(category), "basis": .string(basis),
            "erase_after": .string(eraseAfter.rfc3339(.microseconds)),
            "fields": .object(fields.map { .init(name: $0.name, value: .string($0.value)) }),
        ]
    }

    /// - Returns: `nil` for anything that ``value`` does not write.
    package init?(_ value: JSONValue) {
        guard case .object(let members) = value, members.count == 8,
            value["type"]?.text == Self.type, value["version"] == .integer(Self.version),
            let id = value["id"]?.text.flatMap(SealedRecordID.init(parsing:)),
            let account = value["account"]?.text.flatMap(AccountID.init(parsing:)),
            let category = value["category"]?.text, let basis = value["basis"]?.text,
            let eraseAfter = value["erase_after"]?.text.flatMap(Timestamp.init(rfc3339:)),
            case .object(let kept)? = value["fields"]
        else { return nil }
        var fields: [Field] = []
        for member in kept {
            guard let text = member.value.text else { return nil }
            fields.append(Field(name: member.name, value: text))
        }
        self.init(
            id: id, account: account, category: category, basis: basis, eraseAfter: eraseAfter,
            fields: fields)
    }
}

extension JSONValue {
    /// Of a string; `nil` for anything else.
    var text: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }
}

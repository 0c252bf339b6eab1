import Foundation

/// A value of a retention file, before it is known whether it fits.
enum RetentionNode: Decodable {
    case object([String: RetentionNode])
    case list([RetentionNode])
    case text(String)
    case integer(Int64)
    /// A fraction or a number out of range, `true`, `false`.
    case other
    case null

    init(from decoder: any Decoder) throws {
        if let fields = Self.attempt({ try decoder.container(keyedBy: Key.self) }) {
            var members: [String: RetentionNode] = [:]
            for key in fields.allKeys {
                members[key.stringValue] = try fields.decode(RetentionNode.self, forKey: key)
            }
            self = .object(members)
            return
        }
        if var items = Self.attempt({ try decoder.unkeyedContainer() }) {
            var list: [RetentionNode] = []
            while !items.isAtEnd { list.append(try items.decode(RetentionNode.self)) }
            self = .list(list)
            return
        }
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let text = Self.attempt({ try value.decode(String.self) }) {
            self = .text(text)
        } else if let number = Self.attempt({ try value.decode(Int64.self) }) {
            self = .integer(number)
        } else {
            self = .other
        }
    }

    /// What a decoder has only as "it is not that".
    private static func attempt<Value>(_ body: () throws -> Value) -> Value? {
        do {
            return try body()
        } catch {
            return nil
        }
    }

    func object(at place: String) throws(RetentionFileError) -> [String: RetentionNode] {
        guard case .object(let members) = self else {
            throw .wrongType(place: place, expected: "an object")
        }
        return members
    }

    func list(at place: String) throws(RetentionFileError) -> [RetentionNode] {
        guard case .list(let nodes) = self else {
            throw .wrongType(place: place, expected: "a list")
        }
        return nodes
    }

    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}

/// The members of one object, read by name; every error says where.
struct RetentionObject {
    private let members: [String: RetentionNode]
    /// With its dot: `categories[2].`; empty for the file itself.
    private let place: String
    private let keys: [String]

    init(_ members: [String: RetentionNode], at place: String, keys: [String]) {
        self.members = members
        self.place = place
        self.keys = keys
    }

    /// In order, so that the same file is always refused for the same reason.
    func refuseUnknown() throws(RetentionFileError) {
        for key in members.keys.sorted() where !keys.contains(key) {
            throw .unknownKey(place + key)
        }
    }

    func value(_ key: String) throws(RetentionFileError) -> RetentionNode {
        guard let value = members[key] else { throw .missingKey(place + key) }
        return value
    }

    /// `nil` where the key is missing or null.
    func optional(_ key: String) -> RetentionNode? {
        if case .null? = members[key] { return nil }
        return members[key]
    }

    func integer(
        _ key: String, in range: ClosedRange<Int64>
    ) throws(RetentionFileError) -> Int64 {
        guard case .integer(let number) = try value(key) else {
            throw .wrongType(place: place + key, expected: "a whole number")
        }
        guard range.contains(number) else {
            throw .outOfRange(
                place: place + key, allowed: "\(range.lowerBound) ... \(range.upperBound)")
        }
        return number
    }

    func text(_ key: String) throws(RetentionFileError) -> String {
        guard case .text(let text) = try value(key) else {
            throw .wrongType(place: place + key, expected: "a string")
        }
        return text
    }

    /// One of the words of an enum.
    func word<Word: RawRepresentable & CaseIterable>(
        _ key: String, of type: Word.Type
    ) throws(RetentionFileError) -> Word where Word.RawValue == String {
        guard let word = Word(rawValue: try text(key)) else {
            throw .outOfRange(place: place + key, allowed: Self.words(type))
        }
        return word
    }

    func period(_ key: String) throws(RetentionFileError) -> CalendarPeriod {
        guard let period = CalendarPeriod(parsing: try text(key)) else {
            throw .outOfRange(
                place: place + key,
                allowed: "a period such as \"6 months\" or \"3 years\", at most 100 years")
        }
        return period
    }

    /// The first instant of a day written `YYYY-MM-DD`.
    func day(_ key: String) throws(RetentionFileError) -> Timestamp {
        guard let day = Timestamp(rfc3339: try text(key) + "T00:00:00Z") else {
            throw .outOfRange(place: place + key, allowed: "a day as YYYY-MM-DD")
        }
        return day
    }

    func line(_ key: String) throws(RetentionFileError) -> String {
        try Self.line(try text(key), at: place + key)
    }

    /// Field names, each with the reason for which it is kept.
    func fields() throws(RetentionFileError) -> [(field: KeptField, why: String)] {
        let place = place + "fields"
        let given = try value("fields").object(at: place)
        for name in given.keys.sorted() where KeptField(rawValue: name) == nil {
            throw .outOfRange(place: place + "." + name, allowed: Self.words(KeptField.self))
        }
        var fields: [(field: KeptField, why: String)] = []
        for field in KeptField.allCases {
            guard let node = given[field.rawValue] else { continue }
            let name = place + "." + field.rawValue
            guard case .text(let why) = node else {
                throw .wrongType(place: name, expected: "a string that says why it is kept")
            }
            fields.append((field, try Self.line(why, at: name)))
        }
        return fields
    }

    private static func line(
        _ text: String, at place: String
    ) throws(RetentionFileError) -> String {
        let isOneLine = text.unicodeScalars.allSatisfy { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
                .paragraphSeparator:
                false
            default: true
            }
        }
        guard isOneLine, (1...200).contains(text.unicodeScalars.count) else {
            throw .outOfRange(place: place, allowed: "1 ... 200 characters on one line")
        }
        return text
    }

    private static func words<Word: RawRepresentable & CaseIterable>(
        _ type: Word.Type
    ) -> String where Word.RawValue == String {
        Word.allCases.map(\.rawValue).joined(separator: ", ")
    }
}

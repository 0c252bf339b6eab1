/// A JSON text as a value (RFC 8259), as ``JSONReader`` read it.
package enum JSONValue: Equatable, Sendable {
    case null
    case boolean(Bool)
    /// A number written without fraction or exponent that fits 64 bits.
    case integer(Int64)
    /// Any other number.
    case decimal(Double)
    case string(String)
    case array([JSONValue])
    /// Members in the order written; names are unique.
    case object([Member])

    package struct Member: Equatable, Sendable {
        package let name: String
        package let value: JSONValue

        package init(name: String, value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    /// What a person would call this kind of value in an error message.
    package var kind: String {
        switch self {
        case .null: "null"
        case .boolean: "a boolean"
        case .integer: "a whole number"
        case .decimal: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }

    package subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }
}

/// Why a text is not the JSON we take. Carries positions and names of fields, never values.
package enum JSONError: Error, Equatable, Sendable {
    /// `offset` is the byte where `expected` was not found.
    case unexpected(offset: Int, expected: String)
    case invalidUTF8(offset: Int)
    /// Nested deeper than ``JSONReader/depthMax``.
    case tooDeep(offset: Int)
    /// The same name twice in one object, escapes undone.
    case duplicate(field: String)
}

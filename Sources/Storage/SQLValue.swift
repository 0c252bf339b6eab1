/// A value as a database column holds it.
package enum SQLValue: Equatable, Sendable {
    case integer(Int64)
    case bytes([UInt8])
    /// Any Unicode text without U+0000, which PostgreSQL cannot store.
    case text(String)
    case boolean(Bool)
    /// No value. The type stays, because PostgreSQL must know it to understand `$1 IS NULL`.
    case null(Kind)

    package enum Kind: Equatable, Sendable {
        case integer, bytes, text, boolean
    }
}

/// What may stand in an interpolation of ``SQL``.
///
/// A raw value type over one of the types below needs no more than the conformance:
/// `extension AccountID: Bindable {}`.
package protocol Bindable {
    /// The column type, known even when there is no value.
    static var sqlKind: SQLValue.Kind { get }
    var sqlValue: SQLValue { get }
}

extension Bindable where Self: RawRepresentable, RawValue: Bindable {
    package static var sqlKind: SQLValue.Kind { RawValue.sqlKind }
    package var sqlValue: SQLValue { rawValue.sqlValue }
}

extension Int: Bindable {
    package static var sqlKind: SQLValue.Kind { .integer }
    package var sqlValue: SQLValue { .integer(Int64(self)) }
}

extension Int64: Bindable {
    package static var sqlKind: SQLValue.Kind { .integer }
    package var sqlValue: SQLValue { .integer(self) }
}

extension String: Bindable {
    package static var sqlKind: SQLValue.Kind { .text }
    package var sqlValue: SQLValue { .text(self) }
}

extension Bool: Bindable {
    package static var sqlKind: SQLValue.Kind { .boolean }
    package var sqlValue: SQLValue { .boolean(self) }
}

extension [UInt8]: Bindable {
    package static var sqlKind: SQLValue.Kind { .bytes }
    package var sqlValue: SQLValue { .bytes(self) }
}

/// One statement: its text is known when the program is compiled, its values are bound when it
/// runs.
///
///     let sql: SQL = "SELECT state FROM account WHERE id = \(id)"
///     // text "SELECT state FROM account WHERE id = $1", values [id]
///
/// Text cannot be built at run time, because every piece of it is a `StaticString`. None of these
/// compiles:
///
///     let name = readLine()!
///     let a: SQL = SQL(name)                     // no such initialiser
///     let b = SQL(stringLiteral: name)           // a String is no StaticString
///     let c: SQL = "SELECT 1 " + name            // no such operator
///     let d: SQL = "SELECT \(1.5)"               // Double is not Bindable
///
/// Every interpolation is one parameter, also where the same value appears twice. The text must
/// hold one statement, and no parameter of its own (`?`, `:name`, `$1`).
package struct SQL: ExpressibleByStringInterpolation, Sendable {
    /// The statement with `$1`, `$2`, … where the values go.
    package let text: String
    /// The values in the order of their numbers.
    package let values: [SQLValue]

    package init(stringLiteral text: StaticString) {
        self.text = text.description
        values = []
    }

    package init(stringInterpolation pieces: StringInterpolation) {
        text = pieces.text
        values = pieces.values
    }

    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var text = ""
        fileprivate var values: [SQLValue] = []

        package init(literalCapacity: Int, interpolationCount: Int) {
            // "$1" to "$9" are two bytes; a longer number costs one more growth at worst.
            text.reserveCapacity(literalCapacity + 2 * interpolationCount)
            values.reserveCapacity(interpolationCount)
        }

        package mutating func appendLiteral(_ literal: StaticString) {
            text += literal.description
        }

        /// Binds a value; `nil` becomes a NULL that keeps its type.
        package mutating func appendInterpolation<Value: Bindable>(_ value: Value?) {
            values.append(value?.sqlValue ?? .null(Value.sqlKind))
            text += "$"
            text += String(values.count)
        }
    }
}

extension SQL: CustomStringConvertible {
    /// The text without the values: printing a statement by accident gives nobody's data away.
    package var description: String { text }
}

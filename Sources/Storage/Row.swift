/// One row of an answer, read by column position from 0. Valid only inside the closure it was
/// handed to; it cannot be copied, so it cannot leave.
///
/// Types are not converted: reading a text column as a number is an error, as is a NULL read
/// through a function that does not end in `IfPresent`, and a position past the last column.
package struct Row: ~Copyable {
    private let columns: any Columns

    // Swift 6.3.1 crashes in release builds when this is inlined (“Cannot initialize a
    // nonCopyable type with a guaranteed value”).
    @inline(never)
    init(_ columns: any Columns) {
        self.columns = columns
    }

    /// - Throws: `.unexpectedColumn`
    package func int64(_ position: Int) throws(DatabaseError) -> Int64 {
        try present(int64IfPresent(position), position, .integer)
    }

    /// - Throws: `.unexpectedColumn`
    package func text(_ position: Int) throws(DatabaseError) -> String {
        try present(textIfPresent(position), position, .text)
    }

    /// - Throws: `.unexpectedColumn`
    package func bytes(_ position: Int) throws(DatabaseError) -> [UInt8] {
        try present(bytesIfPresent(position), position, .bytes)
    }

    /// - Throws: `.unexpectedColumn`
    package func bool(_ position: Int) throws(DatabaseError) -> Bool {
        try present(boolIfPresent(position), position, .boolean)
    }

    /// - Throws: `.unexpectedColumn`
    package func int64IfPresent(_ position: Int) throws(DatabaseError) -> Int64? {
        switch columns.cell(position) {
        case .null: return nil
        case .value(.integer(let number)): return number
        default: throw .unexpectedColumn(position: position, wanted: .integer)
        }
    }

    /// - Throws: `.unexpectedColumn`, also for text that is not UTF-8.
    package func textIfPresent(_ position: Int) throws(DatabaseError) -> String? {
        switch columns.cell(position) {
        case .null: return nil
        case .value(.text(let text)): return text
        default: throw .unexpectedColumn(position: position, wanted: .text)
        }
    }

    /// - Throws: `.unexpectedColumn`
    package func bytesIfPresent(_ position: Int) throws(DatabaseError) -> [UInt8]? {
        switch columns.cell(position) {
        case .null: return nil
        case .value(.bytes(let bytes)): return bytes
        default: throw .unexpectedColumn(position: position, wanted: .bytes)
        }
    }

    /// A database without a boolean type stores 0 and 1; no other number is a truth value.
    ///
    /// - Throws: `.unexpectedColumn`
    package func boolIfPresent(_ position: Int) throws(DatabaseError) -> Bool? {
        switch columns.cell(position) {
        case .null: return nil
        case .value(.boolean(let truth)): return truth
        case .value(.integer(0)): return false
        case .value(.integer(1)): return true
        default: throw .unexpectedColumn(position: position, wanted: .boolean)
        }
    }

    private func present<Value>(
        _ value: Value?, _ position: Int, _ kind: SQLValue.Kind
    ) throws(DatabaseError) -> Value {
        guard let value else { throw .unexpectedColumn(position: position, wanted: kind) }
        return value
    }
}

/// The row a database's cursor stands on.
protocol Columns: AnyObject {
    /// What column `position` holds; `.unreadable` when there is no such column.
    func cell(_ position: Int) -> Cell
}

enum Cell {
    case null
    case value(SQLValue)
    /// A type that ``SQLValue`` does not have, text that is not UTF-8, or no such column.
    case unreadable
}

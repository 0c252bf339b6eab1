/// The values of a statement in PostgreSQL's binary format.
///
/// Source: https://www.postgresql.org/docs/15/protocol-overview.html (format code 1)
struct PostgresParameters: Equatable {
    /// Where a value stands in `content`; `nil` for NULL.
    private(set) var ranges: [Range<Int>?] = []
    /// All values, one after the other, and never empty: an empty value has an address too.
    private(set) var content: [UInt8] = []

    /// - Throws: `.value` for a text with U+0000, or a value that no field can hold.
    init(_ values: [SQLValue]) throws(PostgresFailure) {
        ranges.reserveCapacity(values.count)
        for value in values {
            let start = content.count
            switch value {
            case .null:
                ranges.append(nil)
                continue
            case .integer(let number):
                for shift in stride(from: 56, through: 0, by: -8) {
                    content.append(UInt8(truncatingIfNeeded: number >> Int64(shift)))
                }
            case .boolean(let truth): content.append(truth ? 1 : 0)
            case .bytes(let bytes): content.append(contentsOf: bytes)
            case .text(let text):
                guard !text.utf8.contains(0) else {
                    throw .value(parameter: ranges.count + 1)
                }
                content.append(contentsOf: text.utf8)
            }
            guard content.count - start <= fieldBytesMax else {
                throw .value(parameter: ranges.count + 1)
            }
            ranges.append(start..<content.count)
        }
        content.append(0)
    }

    /// The column types, known also where there is no value.
    static func types(of values: [SQLValue]) -> [PostgresType] {
        values.map { value in
            switch value {
            case .integer, .null(.integer): .int8
            case .bytes, .null(.bytes): .bytea
            case .text, .null(.text): .text
            case .boolean, .null(.boolean): .bool
            }
        }
    }
}

/// PostgreSQL's numbers for the types that columns may have.
///
/// Source: src/include/catalog/pg_type.dat; these numbers never change.
enum PostgresType: UInt32 {
    case bool = 16
    case bytea = 17
    case int8 = 20
    /// Read only: what a bare number in a statement is.
    case int4 = 23
    case text = 25

    /// A field in binary format. `nil` for what is not a value of the type.
    func value(_ bytes: UnsafeRawBufferPointer) -> SQLValue? {
        switch self {
        case .bool:
            guard bytes.count == 1 else { return nil }
            return unsafe .boolean(bytes[0] != 0)
        case .bytea: return unsafe .bytes(Array(bytes))
        case .int8:
            guard bytes.count == 8 else { return nil }
            return unsafe .integer(Int64(bigEndian: bytes.loadUnaligned(as: Int64.self)))
        case .int4:
            guard bytes.count == 4 else { return nil }
            let number = unsafe Int32(bigEndian: bytes.loadUnaligned(as: Int32.self))
            return .integer(Int64(number))
        case .text: return unsafe String(validating: bytes, as: UTF8.self).map(SQLValue.text)
        }
    }
}

/// 1 GB less what the server keeps in front of a field.
private let fieldBytesMax = 1_073_741_824 - 1_024

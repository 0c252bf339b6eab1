import Foundation
import Service

/// Columns two spaces apart: the first `texts` of them begin at the left, the others, which are
/// numbers, end at the right.
func layout(_ rows: [[String]], texts: Int) -> String {
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
        row.enumerated().map { column, cell in
            let space = String(repeating: " ", count: widths[column] - cell.count)
            return column < texts ? cell + space : space + cell
        }.joined(separator: "  ")
    }.joined(separator: "\n")
}

func number(_ value: Double, digits: Int) -> String {
    String(format: "%.\(digits)f", value)
}

/// The least element that at least this share of all does not exceed.
///
/// - Precondition: `sorted` is not empty.
func quantile<Value>(_ share: Double, of sorted: [Value]) -> Value {
    sorted[max(0, Int((share * Double(sorted.count)).rounded(.up)) - 1)]
}

/// - Parameter path: `nil` writes nothing.
func write(_ value: JSONValue, to path: String?) throws {
    guard let path else { return }
    try Data(value.bytes + [0x0A]).write(to: URL(fileURLWithPath: path))
}

var processors: Int { ProcessInfo.processInfo.activeProcessorCount }

import Foundation

/// Rows in columns, the first `left` of them to the left and the numbers to the right.
func aligned(_ rows: [[String]], left: Int = 1) -> String {
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
        row.enumerated().map { column, cell in
            let space = String(repeating: " ", count: widths[column] - cell.count)
            return column < left ? cell + space : space + cell
        }.joined(separator: "  ")
    }.joined(separator: "\n")
}

func text(_ value: Double, digits: Int) -> String {
    String(format: "%.\(digits)f", value)
}

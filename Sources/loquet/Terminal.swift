import Glibc
import Service

// Data goes to standard output, everything said about it to standard error.

/// One line of data.
///
/// - Throws: when it could not be written, so that nobody takes a lost answer for a good one.
func printLine(_ text: String) throws(StartError) {
    guard writeAll(Array(text.utf8) + [0x0A], to: STDOUT_FILENO) else {
        throw .refused("standard output: \(systemReason())")
    }
}

/// One line for the person who typed the command.
func complain(_ text: String) {
    _ = writeAll(Array("loquet: \(text)\n".utf8), to: STDERR_FILENO)
}

var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

/// Columns separated by two spaces, each as wide as its widest cell.
func table(_ rows: [[String]]) -> String {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in
        rows.compactMap { column < $0.count ? $0[column].count : nil }.max() ?? 0
    }
    return rows.map { row in
        row.enumerated().map { index, cell in
            index == row.count - 1
                ? cell : cell + String(repeating: " ", count: widths[index] - cell.count)
        }.joined(separator: "  ")
    }.joined(separator: "\n")
}

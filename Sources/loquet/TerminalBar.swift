import Glibc
import Service

/// One line on standard error that is drawn again in place, and only on a terminal.
struct TerminalBar {
    private let isDrawn = isatty(STDERR_FILENO) == 1
    private var drawn = ""

    /// - Parameter text: what stands behind the bar.
    mutating func show(_ done: Int64, of total: Int64, _ text: String) {
        guard isDrawn else { return }
        let percent = Int(min(done, total) * 100 / max(1, total))
        let filled = percent * 40 / 100
        let cells =
            String(repeating: "#", count: filled) + String(repeating: ".", count: 40 - filled)
        let line = "[\(cells)] \(percent) %  \(text)"
        guard line != drawn else { return }
        drawn = line
        // To the start of the line, then clear what a longer one left behind.
        write("\r\(line)\u{1B}[K")
    }

    func clear() {
        if isDrawn { write("\r\u{1B}[K") }
    }

    private func write(_ text: String) {
        _ = writeAll(Array(text.utf8), to: STDERR_FILENO)
    }
}

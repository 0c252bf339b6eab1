import Glibc
import Service

/// How far something has come, on standard error: redrawn in place on a terminal, and nothing elsewhere.
struct ProgressBar {
    private let isDrawn = isatty(STDERR_FILENO) == 1
    private var drawn = ""

    /// - Parameter label: what stands behind the bar.
    mutating func show(done: Int64, of total: Int64, _ label: String) {
        guard isDrawn else { return }
        let percent = Int(min(max(done, 0), total) * 100 / max(1, total))
        let filled = percent * 40 / 100
        let cells =
            String(repeating: "#", count: filled) + String(repeating: ".", count: 40 - filled)
        let line = "[\(cells)] \(percent) %  \(label)"
        guard line != drawn else { return }
        drawn = line
        // To the start of the line, then clear what a longer one left behind.
        write("\r\(line)\u{1B}[K")
    }

    /// Leaves an empty line for what is said next.
    func clear() {
        if !drawn.isEmpty { write("\r\u{1B}[K") }
    }

    private func write(_ text: String) {
        _ = writeAll(Array(text.utf8), to: STDERR_FILENO)
    }
}

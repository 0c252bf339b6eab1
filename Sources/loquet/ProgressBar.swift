import Glibc
import Service
import Storage

/// How far something long has come, on standard error: redrawn in place on a terminal, else one line at the
/// end.
struct ProgressBar {
    private let isDrawn = isatty(STDERR_FILENO) == 1
    private var latest: StoreCopy.Progress?
    private var drawn = ""

    mutating func show(_ progress: StoreCopy.Progress) {
        latest = progress
        show(
            progress.rowsDone, of: progress.rowsTotal,
            "\(progress.rowsDone) of \(progress.rowsTotal) rows  \(progress.table)")
    }

    /// - Parameter total: `nil` where nobody knows it: then only the text is shown.
    mutating func show(_ done: Int64, of total: Int64?, _ text: String) {
        guard isDrawn else { return }
        let line = total.map { "\(bar(done, of: $0))  \(text)" } ?? text
        guard line != drawn else { return }
        drawn = line
        // To the start of the line, then clear what a longer one left behind.
        write("\r\(line)\u{1B}[K")
    }

    /// Leaves nothing behind.
    func clear() {
        if !drawn.isEmpty { write("\r\u{1B}[K") }
    }

    /// Leaves one line behind.
    func end() {
        guard let latest else { return }
        clear()
        complain("\(latest.rowsDone) rows of \(latest.rowsTotal) are copied; compared all of them")
    }

    private func bar(_ done: Int64, of total: Int64) -> String {
        let percent = Int(done * 100 / max(1, total))
        let filled = min(40, percent * 40 / 100)
        let cells =
            String(repeating: "#", count: filled) + String(repeating: ".", count: 40 - filled)
        return "[\(cells)] \(percent) %"
    }

    private func write(_ text: String) {
        _ = writeAll(Array(text.utf8), to: STDERR_FILENO)
    }
}

import Glibc
import Service
import Storage

/// How far a copy has come, on standard error: redrawn in place on a terminal, else one line at the
/// end.
struct ProgressBar {
    private let isDrawn = isatty(STDERR_FILENO) == 1
    private var latest: StoreCopy.Progress?
    private var drawn = ""

    mutating func show(_ progress: StoreCopy.Progress) {
        latest = progress
        guard isDrawn else { return }
        let line = bar(progress)
        guard line != drawn else { return }
        drawn = line
        // To the start of the line, then clear what a longer one left behind.
        write("\r\(line)\u{1B}[K")
    }

    /// Leaves one line behind.
    func end() {
        guard let latest else { return }
        if isDrawn { write("\r\u{1B}[K") }
        complain("\(latest.rowsDone) rows of \(latest.rowsTotal) are copied; compared all of them")
    }

    private func bar(_ progress: StoreCopy.Progress) -> String {
        let percent = Int(progress.rowsDone * 100 / max(1, progress.rowsTotal))
        let filled = min(40, percent * 40 / 100)
        let cells =
            String(repeating: "#", count: filled) + String(repeating: ".", count: 40 - filled)
        return
            "[\(cells)] \(percent) %  \(progress.rowsDone) of \(progress.rowsTotal) rows  \(progress.table)"
    }

    private func write(_ text: String) {
        _ = writeAll(Array(text.utf8), to: STDERR_FILENO)
    }
}

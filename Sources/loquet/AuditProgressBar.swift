import Glibc
import Service

/// How far an audit has come, on a terminal's standard error and nowhere else.
struct AuditProgressBar {
    private let isDrawn = isatty(STDERR_FILENO) == 1
    private var drawn = ""

    mutating func show(_ progress: PasswordAudit.Progress) {
        guard isDrawn else { return }
        let percent = Int(progress.done * 100 / max(1, progress.total))
        let filled = min(40, percent * 40 / 100)
        let cells =
            String(repeating: "#", count: filled) + String(repeating: ".", count: 40 - filled)
        let line = "[\(cells)] \(percent) %  \(progress.done) of \(progress.total) accounts"
        guard line != drawn else { return }
        drawn = line
        // To the start of the line, then clear what a longer one left behind.
        _ = writeAll(Array("\r\(line)\u{1B}[K".utf8), to: STDERR_FILENO)
    }

    func end() {
        if isDrawn { _ = writeAll(Array("\r\u{1B}[K".utf8), to: STDERR_FILENO) }
    }
}

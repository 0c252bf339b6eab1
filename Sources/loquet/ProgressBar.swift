import Storage

/// How far a copy has come, on standard error: redrawn in place on a terminal, else one line at the
/// end.
struct ProgressBar {
    private var latest: StoreCopy.Progress?
    private var bar = TerminalBar()

    mutating func show(_ progress: StoreCopy.Progress) {
        latest = progress
        bar.show(
            progress.rowsDone, of: progress.rowsTotal,
            "\(progress.rowsDone) of \(progress.rowsTotal) rows  \(progress.table)")
    }

    /// Leaves one line behind.
    func end() {
        guard let latest else { return }
        bar.clear()
        complain("\(latest.rowsDone) rows of \(latest.rowsTotal) are copied; compared all of them")
    }
}

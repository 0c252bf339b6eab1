import Service
import Storage

/// `loquet copy --from STORE --to STORE`: every row, then a comparison of both; exit 1 when they differ.
func copy(_ words: [String]) throws -> Int32 {
    let arguments = try Arguments(words, values: ["--from", "--to"], flags: ["--json"])
    guard let from = arguments.values["--from"], let to = arguments.values["--to"] else {
        throw UsageError(
            text: "loquet copy needs --from and --to: sqlite:PATH or postgresql://…")
    }
    let transfer = try StoreTransfer(from: from, to: to)
    complain("all servers must stay stopped until this is done")
    var bar = TerminalBar()
    var rowsTotal: Int64 = 0
    let outcome = try transfer.run(onFatal: stopOnFatal) { progress in
        rowsTotal = progress.rowsTotal
        bar.show(
            progress.rowsDone, of: rowsTotal,
            "\(progress.rowsDone) of \(rowsTotal) rows  \(progress.table)")
    }
    bar.clear()
    complain("\(rowsTotal) rows are there; compared all of them")
    if arguments.flags.contains("--json") {
        try printLine(json(outcome))
    } else {
        try printLine(text(outcome.comparisons))
    }
    guard outcome.isEqual else {
        complain(
            "source and target differ; empty the target and copy again, with every server stopped")
        return Exit.failed
    }
    if case .isThere = outcome.standing {
        complain("the target held this store already; nothing was copied, and nothing differs")
    } else {
        complain("the target is complete")
    }
    complain(
        "the keys are files: copy the directory keys/ with its modes (0700, files 0600), as cp -a does"
    )
    return Exit.done
}

private func text(_ comparisons: [StoreCopy.Comparison]) -> String {
    let rows = comparisons.map { comparison in
        [
            comparison.isEqual ? "same" : "DIFFERS", comparison.table,
            "\(comparison.source.rowCount)", "\(comparison.target.rowCount)",
            comparison.source.text, comparison.target.text,
        ]
    }
    return table([["", "table", "rows", "copied", "SHA-256", "SHA-256 copied"]] + rows)
}

private func json(_ outcome: StoreTransfer.Outcome) -> String {
    let tables = outcome.comparisons.map { comparison -> JSONValue in
        [
            "table": .string(comparison.table), "equal": .boolean(comparison.isEqual),
            "source": side(comparison.source), "target": side(comparison.target),
        ]
    }
    let value: JSONValue = ["equal": .boolean(outcome.isEqual), "tables": .array(tables)]
    return String(decoding: value.bytes, as: UTF8.self)
}

private func side(_ side: StoreDigest) -> JSONValue {
    ["rows": .integer(side.rowCount), "sha256": .string(side.text)]
}

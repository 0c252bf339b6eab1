import Accounts
import Service
import Storage

/// `loquet backup DEST [--with-keys [--passphrase-file FILE]]`: beside a running server or without one.
func backup(_ words: [String]) throws -> Int32 {
    let arguments = try Arguments(
        words, values: storeOptions + ["--passphrase-file"], flags: ["--json", "--with-keys"],
        positionals: 1...1)
    let destination = arguments.positionals[0]
    let work = try Backup(try arguments.configuration(), actor: commandLineActor)
    let passphrase = try passphrase(arguments, isNew: true)
    var bar = TerminalBar()
    defer { bar.clear() }
    let manifest = try work.run(
        to: destination, passphrase: passphrase, onFatal: stopOnFatal
    ) { progress in
        bar.show(
            progress.bytesDone, of: progress.bytesTotal,
            "\(progress.bytesDone >> 20) of \(progress.bytesTotal >> 20) MiB")
    }
    bar.clear()
    if arguments.flags.contains("--json") {
        try printLine(String(decoding: manifest.json.bytes, as: UTF8.self))
    } else {
        try printLine("\(manifest.id)  \(manifest.databaseBytes) bytes  \(destination)")
    }
    complain(
        passphrase == nil
            ? "the keys are not in it: keep a copy of keys/ elsewhere, or nothing can be restored"
            : "the keys are in it, under the passphrase; without it nothing can be restored")
    return Exit.done
}

/// `loquet restore SRC --data DIR [--with-keys [--passphrase-file FILE]] [--erasures FILE] [--reason TEXT]`
func restore(_ words: [String]) throws -> Int32 {
    let arguments = try Arguments(
        words,
        values: storeOptions + ["--passphrase-file", "--erasures", "--reason"],
        flags: ["--json", "--with-keys"], positionals: 1...1)
    let reason = arguments.values["--reason"] ?? "no reason given"
    guard isReason(reason) else {
        throw UsageError(text: "--reason: expected 1 to 200 characters on one line")
    }
    let work = try Restore(
        try arguments.configuration(), from: arguments.positionals[0], actor: commandLineActor,
        log: commandLog)
    let passphrase = try passphrase(arguments, isNew: false)
    var bar = TerminalBar()
    defer { bar.clear() }
    let outcome = try work.run(
        passphrase: passphrase, journal: arguments.values["--erasures"].map { [$0] } ?? [],
        reason: reason, onFatal: stopOnFatal
    ) { step in
        switch step {
        case .copying(let done, let total):
            bar.show(done, of: total, "\(done >> 20) of \(total >> 20) MiB")
        case .checking: bar.show(0, of: nil, "checking every page")
        }
    }
    bar.clear()
    try show(outcome, asJSON: arguments.flags.contains("--json"))
    return Exit.done
}

private func show(_ outcome: Restore.Outcome, asJSON: Bool) throws(StartError) {
    let manifest = outcome.manifest
    if asJSON {
        let value: JSONValue = [
            "backup": .string(manifest.id), "made_at": .string(manifest.madeAt.rfc3339()),
            "sessions_ended": .integer(Int64(outcome.sessionsEnded)),
            "erasures_replayed": .integer(Int64(outcome.erasures.replayed)),
            "erasure_gap": .boolean(outcome.erasures.isGap),
            "keys_valid": .integer(Int64(outcome.keysValid)), "mark": .string(outcome.mark),
        ]
        try printLine(String(decoding: value.bytes, as: UTF8.self))
    } else {
        try printLine(
            "restored \(manifest.id), made \(manifest.madeAt.rfc3339()): "
                + "\(outcome.sessionsEnded) sessions ended, \(outcome.erasures.text)")
    }
    if outcome.erasures.isGap {
        complain("the gap is in the audit log; find the journal and erase by hand what it names")
    }
    complain(
        "\(outcome.keysValid) keys of applications and administrators are valid as they were then: "
            + "revoke again what was revoked since (loquet admins list, loquet apps list)")
}

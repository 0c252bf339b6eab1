import Glibc
import Service
import Threads

/// Exit codes: 0 done, 1 refused or failed, 2 the command line or the configuration is wrong.
enum Exit {
    static let done: Int32 = 0
    static let failed: Int32 = 1
    static let usage: Int32 = 2
}

private struct Command: Sendable {
    let name: String
    let run: @Sendable ([String]) throws -> Int32
}

private let commands: [Command] = [
    Command(name: "init", run: initialise),
    Command(name: "serve", run: serve),
    Command(name: "apps", run: applications),
    Command(name: "admins", run: administrators),
    Command(name: "policy", run: policy),
    Command(name: "corpus", run: corpus),
    Command(name: "audit", run: audit),
    Command(name: "doctor", run: doctor),
    Command(name: "detect", run: detect),
    Command(name: "archive", run: archive),
    Command(name: "canaries", run: canaries),
    Command(name: "incidents", run: incidents),
    Command(name: "migrate", run: migrate),
    Command(name: "copy", run: copy),
    Command(name: "backup", run: backup),
    Command(name: "restore", run: restore),
    Command(name: "accounts", run: accounts),
    Command(name: "retention", run: retention),
    Command(name: "hashes", run: hashes),
    Command(name: "keys", run: serviceKeys),
    Command(name: "calibrate", run: calibrate),
    Command(name: "queue", run: queue),
    Command(name: "privacy-policy", run: privacyPolicy),
    Command(name: "log", run: auditLog),
]

/// Memory holds keys and passwords: no core dump, no reading by another process of the same user,
/// and no report of registers and stack on standard error, which the runtime would print.
private func forbidDumps() {
    var none = rlimit(rlim_cur: 0, rlim_max: 0)
    _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
    forbidMemoryReading()
    for fault in [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGQUIT] {
        signal(fault, SIG_DFL)
    }
}

/// Runs one command and answers its exit code.
func runLoquet(_ arguments: [String]) -> Int32 {
    // A consumer of our output that goes away must not kill us in the middle of a transaction.
    signal(SIGPIPE, SIG_IGN)
    forbidDumps()
    _ = umask(0o077)

    let rest = arguments.dropFirst()
    guard let name = rest.first, name != "help", name != "--help", name != "-h" else {
        return showHelp(rest.isEmpty ? Exit.usage : Exit.done)
    }
    guard let command = commands.first(where: { $0.name == name }) else {
        let guess = nearest(to: name, in: commands.map(\.name) + ["help"])
        complain("unknown command \(name)" + (guess.map { "; did you mean \($0)?" } ?? ""))
        return Exit.usage
    }
    if rest.contains("--help") {
        return showHelp(Exit.done)
    }
    do {
        return try command.run(Array(rest.dropFirst()))
    } catch let error as UsageError {
        complain(error.text)
        return Exit.usage
    } catch let error as StartError {
        complain(error.text)
        if case .configuration = error { return Exit.usage }
        return Exit.failed
    } catch {
        complain("\(error)")
        return Exit.failed
    }
}

private func showHelp(_ code: Int32) -> Int32 {
    do {
        try printLine(helpText)
        return code
    } catch {
        return Exit.failed
    }
}

private let helpText = """
    loquet: an account credential and security policy service

      loquet serve   [--config FILE] [--data DIR] [--listen HOST:PORT]
      loquet init    --data DIR [--config FILE] [--archive-cert FILE] [--json]
      loquet apps    add NAME | list | revoke ID          keys of applications
      loquet admins  add NAME --role ROLE[,ROLE] [--expires DAYS]
                     | list | revoke ID                   keys of administrators
                     | rotate ID [--overlap MINUTES] [--expires DAYS]
                     a new key with the same roles; the old one ends at once, or after the overlap
                     roles: auditor, operator, dpo, archivist
      loquet accounts import FILE [--dry-run] [--errors FILE] [--application ID] [--memory-kib N]
                     accounts with hashes of another system, one JSON object a line; run it
                     again to go on where it was cut off
      loquet accounts search ID|EMAIL | list STATE | invite EMAIL --application ID | suspend ID
                     | reinstate ID | temporary-password ID | return ID --email EMAIL
                     | close ID [--closure-reason REASON] each with --reason TEXT, for the audit log
      loquet hashes  status                               hashes by scheme and pepper, and what is
                     renewed when its owner signs in
      loquet keys    list | add pepper | add webhook-signing | use ID | retire ID
                     changes the pepper while the service runs
      loquet policy  check [--policy NAME|FILE] [--jsonl] passwords on standard input
                     | audit [POLICY…]                    a policy against CNIL, ANSSI, NIST, OWASP
                     | switch NAME|FILE --stage STAGE [--rules RULE,…] [--after TIME]
                     stages: monitor, notify, change_at_next_login, block_after (with --after)
                     | status | withdraw                  what is in force; back to the configured one
      loquet corpus  build --output FILE [--minimum-count N] [--plain] INPUT…|-
                     | check FILE                         breached passwords: SHA1:COUNT lines, or
                     plain ones, into one file that the setting corpus.file names
      loquet audit   [--format table|csv|json|html] [--output FILE] [--unused-days N]
                     | --list MARK|RULE --reason TEXT     what is known of passwords that are set
      loquet detect  replay [--config FILE] [--jsonl]     sign-in events on standard input, findings out
      loquet canaries add --email ADDRESS | --domain DOMAIN
                     | list | remove ID                   decoy accounts; who signs in to one is a thief
      loquet archive export --reason TEXT --ticket TEXT [ACCOUNT|CATEGORY]
                     | open --key FILE [FILE]             sealed records out; open needs no store, and
                     belongs where the private key is
                     | confirm [ANSWER]                   shows that somebody holds that key
      loquet queue   status | tail [--count N] | dead [SINK] | webhook-key
                     | redrive SINK [EVENT_ID ...] | resume SINK
                     | pause SINK [--reason TEXT]         SINK: pull, webhook or amqp
      loquet incidents list [--state STATE] [--after ID] [--max N] | show ID
                     states: open, confirmed, dismissed, closed; list is the register
                     | report TEXT [--processor NAME] [--at TIME]   what somebody tells you
                     | confirm ID --reason TEXT [--at TIME] | dismiss ID --reason TEXT
                     | notified ID --audience authority|people|processor [--at TIME]
                       [--reason TEXT] [--waived]           told, or not and why; late needs why
                     | close ID --reason TEXT
                     | note ID FIELD TEXT                   one answer of the dossier
                     | dossier ID [--format json|html] [--version N] [--output FILE]
                       [--save | --versions]                the authority's form, in French
                     | affected ID --reason TEXT [--after ACCOUNT] [--max N]
      loquet privacy-policy add VERSION LOCALE=FILE… --effective DAY
                     | list | show VERSION LOCALE         versions, which never change
                     | accepted VERSION --reason TEXT     who accepted one
      loquet retention plan [--until TIME] | run          what is erased, when and why; erases it
                     | hold [--account ID] [--category NAME] --reason TEXT
                     | release HOLD --reason TEXT | holds [--account ID] [--all]
                     | proofs [--account ID] [--after ID] the signed journal of erasures
      loquet log     verify [--checkpoints FILE]          follows the chain of the audit log
                     | show [--after N] [--count N]       who did what; looking is recorded too
      loquet doctor                                       checks libraries, keys, store and policy
      loquet migrate [--plan]                             applies the schema's next steps, or lists
                     them; servers of the version before may go on running
      loquet copy    --from STORE --to STORE [--json]     moves a store and compares both; every
                     server must be stopped; once cut off, run it again to go on
                     STORE: sqlite:PATH or postgresql://…; the files in keys/ are yours to copy
      loquet backup  DEST [--with-keys [--passphrase-file FILE]]
                     the SQLite store as it is now, while it is served; keys only when asked
      loquet restore SRC --data DIR [--with-keys [--passphrase-file FILE]] [--erasures FILE]
                     [--reason TEXT]                      checked whole before it gets its name
      loquet calibrate --target-ms N [--memory-budget-mib M] [--config FILE] [--json]
                     measures, and prints the strongest hashing setting that takes N ms

    Commands that open a store take --config, --data and --json. Every setting of the configuration
    file can be given in the environment too: hashing.memory_kib is LOQUET_HASHING_MEMORY_KIB.

    Exit codes: 0 done, 1 refused or failed, 2 wrong command line or configuration.

    Example: printf 'Abcdef1!' | loquet policy check
    """

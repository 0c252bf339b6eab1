import Passwords
import Service

/// `loquet policy check`: passwords on standard input, one verdict a line on standard output.
/// Exit 1 when one was refused.
func policy(_ words: [String]) throws -> Int32 {
    guard words.first == "check" else {
        throw UsageError(unknown: words.first, of: "policy", known: ["check"])
    }
    let arguments = try Arguments(
        Array(words.dropFirst()), values: storeOptions + ["--policy"], flags: ["--jsonl"])
    let configuration = try arguments.configuration()
    let policy = try PolicyLibrary.policy(arguments.values["--policy"] ?? configuration.policy)
    let check = PolicyCheck(
        policy: policy, context: PasswordContext(serviceName: configuration.serviceName),
        isJSONL: arguments.flags.contains("--jsonl"))
    var isAccepted = true
    var output = OutputBuffer()
    try forEachLine { line in
        let verdict = check.verdict(on: line)
        isAccepted = isAccepted && verdict.isAccepted
        try output.append(verdict.line)
    }
    try output.flush()
    return isAccepted ? Exit.done : Exit.failed
}

import Glibc
import Passwords
import Service

/// `loquet policy check | audit | switch | withdraw | status`.
func policy(_ words: [String]) throws -> Int32 {
    let rest = Array(words.dropFirst())
    switch words.first {
    case "check": return try policyCheck(rest)
    case "audit": return try policyAudit(rest)
    case "switch": return try policySwitch(rest)
    case "withdraw": return try policyWithdraw(rest)
    case "status": return try policyStatus(rest)
    default:
        throw UsageError(
            unknown: words.first, of: "policy",
            known: ["check", "audit", "switch", "withdraw", "status"])
    }
}

/// `loquet policy check`: passwords on standard input, one verdict a line on standard output.
/// Exit 1 when one was refused.
private func policyCheck(_ words: [String]) throws -> Int32 {
    let arguments = try Arguments(
        words, values: storeOptions + ["--policy"], flags: ["--jsonl"])
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

/// Lines of standard input without their line feed, one at a time. A line may hold any bytes but a line
/// feed; one that is longer than ``lineBytesMax`` is handed on cut there, which no password rule
/// accepts.
private func forEachLine(_ body: (ArraySlice<UInt8>) throws -> Void) throws {
    var pending: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
        let count = unsafe chunk.withUnsafeMutableBytes {
            unsafe read(STDIN_FILENO, $0.baseAddress, $0.count)
        }
        if count < 0 {
            if errno == EINTR { continue }
            throw StartError.refused("standard input: \(systemReason())")
        }
        if count == 0 { break }
        var rest = chunk[..<count]
        while let end = rest.firstIndex(of: 0x0A) {
            pending += rest[..<end].prefix(lineBytesMax - pending.count)
            try body(pending[...])
            pending.removeAll(keepingCapacity: true)
            rest = rest[(end + 1)...]
        }
        pending += rest.prefix(lineBytesMax - pending.count)
    }
    if !pending.isEmpty { try body(pending[...]) }
}

/// Bytes of a line that are looked at: over any password's, and any JSON line's that holds one.
private let lineBytesMax = 65_536

/// Standard output in large pieces.
private struct OutputBuffer {
    private var bytes: [UInt8] = []

    mutating func append(_ line: String) throws(StartError) {
        bytes += line.utf8
        bytes.append(0x0A)
        if bytes.count >= 65_536 { try flush() }
    }

    mutating func flush() throws(StartError) {
        guard writeAll(bytes, to: STDOUT_FILENO) else {
            throw .refused("standard output: \(systemReason())")
        }
        bytes.removeAll(keepingCapacity: true)
    }
}

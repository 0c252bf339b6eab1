import Incidents
import Service

/// A line is read in plain spelling as ``JSONReader`` reads it, or refused for the same reason; and
/// what was read can be folded twice with nothing but lines about it coming out.
func signInLine(_ bytes: [UInt8]) {
    let plain = Result { () throws(SignInLineError) in try SignInLine(bytes[...]) }
    let slow = Result { () throws(SignInLineError) in
        try SignInLine(bytes[...], isPlainTried: false)
    }
    switch (plain, slow) {
    case (.success(let a), .success(let b)):
        precondition(a.time == b.time && a.attempt == b.attempt && same(a.account, b.account))
        precondition(a.ignored == b.ignored)
        var replay = DetectReplay(.standard)
        for _ in 0..<2 {
            for line in replay.take(a) { precondition(!line.json.utf8.contains(0x0A)) }
        }
    case (.failure(let a), .failure(let b)):
        precondition(a == b && !a.text.isEmpty, "two reasons: \(a) and \(b)")
    default: preconditionFailure("one reader takes what the other refuses")
    }
}

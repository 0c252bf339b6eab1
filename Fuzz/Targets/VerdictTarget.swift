import Accounts
import Passwords

/// A stored verdict is refused, or encodes to the same bytes, all of one length; and reading it never
/// traps.
func verdictVector(_ bytes: [UInt8]) {
    guard let vector = VerdictVector(encoded: bytes) else { return }
    precondition(vector.encoded == bytes, "a verdict with two encodings")
    precondition(bytes.count == VerdictVector.encodedCount, "a length that says something")
    let broken = vector.inForce.broken
    precondition(vector.inForce.isCompliant == broken.isEmpty)
    let again = RuleVerdict(
        policy: vector.inForce.policy, version: vector.inForce.version, broken: broken)
    precondition(again == vector.inForce, "a rule that has no name")
    precondition(!vector.isWorthWriting(over: vector))
}

import Accounts
import Service

/// A line of an import is refused with a field and what was expected, and neither repeats the line; or it
/// is an account with an address, a hash and a time that has been.
func importLine(_ bytes: [UInt8]) {
    let now = Timestamp(seconds: 1_800_000_000)
    do {
        let line = try ImportLine(bytes, at: now)
        precondition(line.email.canonical.isAddress)
        precondition(line.createdAt.map { $0 >= .epoch && $0 <= now } ?? true)
    } catch {
        precondition((1...40).contains(error.field.utf8.count) && !error.expected.isEmpty)
        precondition(error.expected.utf8.count < 300, "an expectation as long as what was sent")
    }
}

import Accounts
import Incidents

/// 2027-01-15T08:00:00Z, and short names for what the tests repeat.
let start = Timestamp(seconds: 1_800_000_000)

func account(_ number: Int) -> AccountID {
    AccountID(bytes: (0..<16).map { $0 < 8 ? UInt8(number >> (8 * $0) & 255) : 7 })
}

let home = SourceAddress(bits: 0xFFFF_CB00_7107)

/// A tag that stays the same from hour to hour, as in a replayed file.
func tag(_ text: String) -> PasswordTags {
    let tag = PasswordTag(replayed: text)
    return PasswordTags(current: tag, previous: tag)
}

func attempt(
    _ outcome: SignInOutcome, _ number: Int = 1, _ passwords: [String] = [], count: Int = 1
) -> SignInAttempt {
    SignInAttempt(
        outcome: outcome, account: .known(account(number)), source: home,
        tags: passwords.map(tag), count: count)
}

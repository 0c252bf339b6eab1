import Accounts
import Incidents
import Secrets

/// Detectors that are used in place: `#expect` copies values.
final class Watched {
    var value: Detectors
    private(set) var findings: [Finding] = []

    init(_ settings: DetectorSettings = .standard) { value = Detectors(settings) }

    @discardableResult
    func observe(_ attempt: SignInAttempt, at now: Timestamp) -> [Finding] {
        let found = value.observe(attempt, at: now)
        findings += found
        return found
    }

    @discardableResult
    func fold(_ trace: [Moment]) -> [Finding] {
        trace.flatMap { observe($0.attempt, at: $0.at) }
    }

    func found(by type: EventType) -> [Finding] { findings.filter { $0.type == type } }
}

/// One attempt and when it happened.
struct Moment: Sendable {
    let at: Timestamp
    let attempt: SignInAttempt
}

extension [Moment] {
    var inOrder: [Moment] { sorted { $0.at < $1.at } }
}

/// An account that is there, or with `outcome` `.unknownAccount` one that is not.
func tried(
    _ outcome: SignInOutcome, _ number: Int, from source: SourceAddress?,
    with passwords: [String] = [], count: Int = 1, isBreached: Bool = false, isCanary: Bool = false
) -> SignInAttempt {
    SignInAttempt(
        outcome: outcome,
        account: outcome == .unknownAccount
            ? .unknown(UnknownID(locator: Digest.sha256(of: Array("nobody \(number)".utf8))))
            : .known(account(number)),
        source: source, tags: passwords.map(tag), count: count, isBreached: isBreached,
        isCanary: isCanary)
}

/// `10.0.0.0` and so many further.
func v4(_ number: Int) -> SourceAddress {
    SourceAddress(bits: 0xFFFF << 32 | UInt128(0x0A00_0000 + number))
}

/// The first address of a /64 of 2001:db8:1::/48.
func v6(_ subnet: Int) -> SourceAddress {
    SourceAddress(bits: UInt128(0x2001_0db8_0001_0000 | UInt64(subnet)) << 64 | 1)
}

extension Timestamp {
    func after(seconds: Double) -> Timestamp {
        self + .microseconds(Int64(seconds * 1_000_000))
    }
}

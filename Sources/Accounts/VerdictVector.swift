/// What is kept of a password's last judgement, at a set or a successful sign-in: the only times when
/// the service knows the password.
///
/// It says which rules were broken, under which policies, and whether a corpus of breached passwords
/// had it. Nothing that would help to guess: no length, no strength, no class that is not a rule.
/// Stored encrypted all the same, because a readable one would be a list of weak accounts.
package struct VerdictVector: Hashable, Sendable {
    package let time: Timestamp
    /// Under the policy in force.
    package let inForce: RuleVerdict
    /// Under a policy that is only watched yet.
    package let candidate: RuleVerdict?
    /// `nil` while no corpus is configured.
    package let corpus: Corpus?

    package struct Corpus: Hashable, Sendable {
        /// 1 … 64 printing ASCII characters.
        package let version: String
        package let isListed: Bool

        /// - Returns: `nil` for a version that no corpus has.
        package init?(version: String, isListed: Bool) {
            guard (1...VerdictVector.nameBytes).contains(version.utf8.count),
                version.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
            else { return nil }
            self.version = version
            self.isListed = isListed
        }
    }

    package init(
        time: Timestamp, inForce: RuleVerdict, candidate: RuleVerdict?, corpus: Corpus?
    ) {
        self.time = time
        self.inForce = inForce
        self.candidate = candidate
        self.corpus = corpus
    }

    /// What was found under this policy, whichever of the two it was then.
    package func verdict(on policy: String, version: Int) -> RuleVerdict? {
        [inForce, candidate].compactMap(\.self).first {
            $0.policy == policy && $0.version == version
        }
    }

    /// Whether writing this one over `old` is worth a write: something else was found, or a day has
    /// passed. So an account that signs in all day is written once, and its last use is known to a day.
    package func isWorthWriting(over old: VerdictVector?) -> Bool {
        guard let old else { return true }
        let isSame =
            old.inForce == inForce && old.candidate == candidate && old.corpus == corpus
        return !isSame || abs((time - old.time).microseconds) >= Duration.hours(24).microseconds
    }
}

/// One length for all, so that it says nothing: a format byte, eight bytes of big-endian microseconds,
/// two verdicts of 71 bytes and the corpus in 66. Texts stand behind their length, filled with zeros.
extension VerdictVector {
    package static let encodedCount = 1 + 8 + 2 * (nameBytes + 7) + nameBytes + 2
    private static let format: UInt8 = 1
    fileprivate static let nameBytes = 64

    package var encoded: [UInt8] {
        var bytes: [UInt8] = [Self.format]
        bytes.reserveCapacity(Self.encodedCount)
        Self.append(UInt64(bitPattern: time.microseconds), 8, to: &bytes)
        for verdict in [inForce, candidate] {
            Self.append(verdict?.policy ?? "", to: &bytes)
            Self.append(UInt64(verdict?.version ?? 0), 4, to: &bytes)
            Self.append(UInt64(verdict?.bits ?? 0), 2, to: &bytes)
        }
        Self.append(corpus?.version ?? "", to: &bytes)
        bytes.append(corpus?.isListed == true ? 1 : 0)
        return bytes
    }

    /// - Returns: `nil` for bytes that ``encoded`` never gives.
    package init?(encoded bytes: [UInt8]) {
        guard bytes.count == Self.encodedCount, bytes[0] == Self.format else { return nil }
        var rest = bytes[1...]
        let raw = Int64(bitPattern: Self.number(8, from: &rest))
        let time = Timestamp(microseconds: raw)
        guard time.microseconds == raw, let first = Self.slot(from: &rest), let inForce = first,
            let candidate = Self.slot(from: &rest), let version = Self.text(from: &rest),
            let listed = rest.first, listed <= 1
        else { return nil }
        var corpus: Corpus?
        if version.isEmpty {
            guard listed == 0 else { return nil }
        } else {
            guard let found = Corpus(version: version, isListed: listed == 1) else { return nil }
            corpus = found
        }
        self.init(time: time, inForce: inForce, candidate: candidate, corpus: corpus)
    }

    /// - Returns: `nil` when the bytes are wrong, `.some(nil)` for an empty slot.
    private static func slot(from rest: inout ArraySlice<UInt8>) -> RuleVerdict?? {
        guard let policy = text(from: &rest) else { return nil }
        let version = Int(number(4, from: &rest))
        let bits = UInt16(number(2, from: &rest))
        if policy.isEmpty { return version == 0 && bits == 0 ? .some(nil) : nil }
        guard let verdict = RuleVerdict(policy: policy, version: version, bits: bits) else {
            return nil
        }
        return .some(verdict)
    }

    private static func append(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(text.utf8.count))
        bytes += text.utf8
        bytes += [UInt8](repeating: 0, count: nameBytes - text.utf8.count)
    }

    private static func append(_ number: UInt64, _ count: Int, to bytes: inout [UInt8]) {
        for shift in stride(from: 8 * (count - 1), through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: number >> UInt64(shift)))
        }
    }

    /// ASCII; the callers' types know which.
    private static func text(from rest: inout ArraySlice<UInt8>) -> String? {
        guard let count = rest.popFirst().map(Int.init), count <= nameBytes else { return nil }
        let field = rest.prefix(nameBytes)
        rest = rest.dropFirst(nameBytes)
        guard field.dropFirst(count).allSatisfy({ $0 == 0 }),
            field.prefix(count).allSatisfy({ (0x21...0x7E).contains($0) })
        else { return nil }
        return String(decoding: field.prefix(count), as: UTF8.self)
    }

    private static func number(_ count: Int, from rest: inout ArraySlice<UInt8>) -> UInt64 {
        let value = rest.prefix(count).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        rest = rest.dropFirst(count)
        return value
    }
}

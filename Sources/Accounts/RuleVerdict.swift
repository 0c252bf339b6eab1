package import Passwords

/// What one policy said of one password: which rules it broke, and nothing else about it.
package struct RuleVerdict: Hashable, Sendable {
    /// The policy's name, as in its file: 1 … 64 of a-z, 0-9 and `-`.
    package let policy: String
    /// 1 … 1 000 000.
    package let version: Int
    /// One bit for each rule, in the order of ``PasswordViolation``'s cases.
    let bits: UInt16

    package init(policy: PasswordPolicy, broken: [PasswordViolation]) {
        self.init(policy: policy.name, version: policy.version, broken: broken)
    }

    package init(policy: String, version: Int, broken: [PasswordViolation]) {
        precondition(Self.isName(policy) && Self.versions.contains(version))
        self.policy = policy
        self.version = version
        bits = PasswordViolation.allCases.enumerated().reduce(into: 0) { bits, rule in
            if broken.contains(rule.element) { bits |= 1 << UInt16(rule.offset) }
        }
    }

    /// - Returns: `nil` unless everything is in range.
    init?(policy: String, version: Int, bits: UInt16) {
        guard Self.isName(policy), Self.versions.contains(version),
            Int(bits) < 1 << PasswordViolation.allCases.count
        else { return nil }
        self.policy = policy
        self.version = version
        self.bits = bits
    }

    /// In the order of the report; empty when the password complied.
    package var broken: [PasswordViolation] {
        PasswordViolation.allCases.enumerated().compactMap { index, rule in
            bits >> UInt16(index) & 1 == 1 ? rule : nil
        }
    }

    package var isCompliant: Bool { bits == 0 }

    package func isOf(_ policy: PasswordPolicy) -> Bool {
        version == policy.version && self.policy == policy.name
    }

    private static let versions = 1...1_000_000

    private static func isName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte
                    || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || byte == UInt8(ascii: "-")
            }
    }
}

package import Secrets

/// 20 bits that say "probably the same password as a moment ago", for telling a guesser, who tries
/// many, from a stale client, which repeats one.
///
/// A tag is cut from an HMAC under a key of its hour, so it cannot be tested without the key and
/// links nothing across more than two hours. One other password in a million has the same tag:
/// enough to know a repeat, too little to prove which password it was. Still, key and tag together
/// narrow a guess, so it stands in the log for two hours only and is never sent.
package struct PasswordTag: Hashable, Sendable {
    package let value: UInt64

    /// Tags computed here are below this.
    package static let valuesMax: UInt64 = 1 << 20

    /// - Returns: `nil` outside 0 ..< 2^20.
    package init?(stored value: Int64) {
        guard (0..<Int64(Self.valuesMax)).contains(value) else { return nil }
        self.value = UInt64(value)
    }

    /// For replaying a file, whose tags are any text: equal texts are equal tags. Wider than 20
    /// bits, so that different texts do not fall together.
    package init(replayed text: String) {
        self.init(replayed: Array(text.utf8)[...])
    }

    /// The same of UTF-8.
    package init(replayed text: ArraySlice<UInt8>) {
        value = Digest.sha256(of: Array(text)).bytes[..<8].reduce(0) { $0 << 8 | UInt64($1) }
    }

    fileprivate init(_ digest: Digest) {
        let first = digest.bytes[..<3].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        value = first >> 4
    }
}

/// One password's tag under the key of this hour and of the one before: what was tagged at 10:59
/// is still known at 11:01.
package struct PasswordTags: Hashable, Sendable {
    package let current: PasswordTag
    package let previous: PasswordTag

    package init(current: PasswordTag, previous: PasswordTag) {
        self.current = current
        self.previous = previous
    }

    /// - Parameters:
    ///   - password: as it is hashed, after normalisation.
    ///   - key: the tag key; never used for anything else.
    package static func tags(
        for password: Span<UInt8>, key: borrowing Secret, at now: Timestamp
    ) -> PasswordTags {
        let hour = now.seconds.flooredDivision(by: 3_600)
        return PasswordTags(
            current: PasswordTag(digest(of: password, key: key, hour: hour)),
            previous: PasswordTag(digest(of: password, key: key, hour: hour - 1)))
    }

    private static func digest(
        of password: Span<UInt8>, key: borrowing Secret, hour: Int64
    ) -> Digest {
        let info =
            Array("loquet password tag v1\0".utf8)
            + (0..<8).map { UInt8(truncatingIfNeeded: hour >> Int64(56 - 8 * $0)) }
        return Digest.hmac(key: KeyDerivation.hkdf(key: key, info: info, count: 32), password)
    }
}

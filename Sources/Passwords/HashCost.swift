/// What one Argon2id hash costs, bounded: a stored hash outside these bounds is refused unread, so
/// whoever writes the database cannot choose how much memory or time we spend.
///
/// Source: RFC 9106 §4 and OWASP's Password Storage Cheat Sheet.
package struct HashCost: Equatable, Sendable {
    /// KiB, 8 × `parallelism` (Argon2's own least) ... 1_048_576 (1 GiB, our ceiling).
    package let memoryKiB: UInt32
    /// Passes over the memory, 1 ... 10. At 64 MiB ten passes take most of a second.
    package let passes: UInt32
    /// Lanes, 1 ... 4 (RFC 9106's recommendation is the ceiling). They are computed one after the
    /// other on one thread: a second core works on the next request instead.
    package let parallelism: UInt32

    /// KiB. Our ceiling, 1 GiB.
    package static let memoryKiBMax: UInt32 = 1_048_576

    /// - Throws: `.costOutOfRange`, before anything is allocated.
    package init(
        memoryKiB: UInt32, passes: UInt32, parallelism: UInt32 = 1
    ) throws(PasswordHashError) {
        guard (1...4).contains(parallelism), (1...10).contains(passes),
            (8 * parallelism...Self.memoryKiBMax).contains(memoryKiB)
        else { throw .costOutOfRange }
        self.init(written: memoryKiB, passes, parallelism)
    }

    private init(written memoryKiB: UInt32, _ passes: UInt32, _ parallelism: UInt32) {
        self.memoryKiB = memoryKiB
        self.passes = passes
        self.parallelism = parallelism
    }

    /// The same but for what is named, within the bounds above.
    func with(memoryKiB: UInt32? = nil, passes: UInt32? = nil) -> HashCost {
        let cost = HashCost(
            written: memoryKiB ?? self.memoryKiB, passes ?? self.passes, parallelism)
        precondition(cost.memoryKiB <= Self.memoryKiBMax && (1...10).contains(cost.passes))
        return cost
    }

    /// RFC 9106 §4, second recommended option (t = 3, 64 MiB), with one lane instead of four.
    package static let standard = HashCost(written: 65_536, 3, 1)

    /// The least that new hashes may cost: OWASP's minimum (19 MiB, 2 passes).
    package static let floor = HashCost(written: 19_456, 2, 1)

    /// Whether new hashes may be made at this cost.
    package var isAtLeastFloor: Bool { !isBelow(.floor) }

    /// Whether anything is less than in `other`.
    package func isBelow(_ other: HashCost) -> Bool {
        memoryKiB < other.memoryKiB || passes < other.passes || parallelism < other.parallelism
    }
}

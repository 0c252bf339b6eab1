/// Which Argon2, at which cost, as other systems made it. Ours is ``HashCost`` and Argon2id alone.
///
/// Ceilings: 1 GiB of memory, and 4 GiB written in all passes together, which libargon2 takes about five
/// seconds for. Who imports hashes must not choose how long a hashing thread is taken.
package struct Argon2Form: Hashable, Sendable {
    package enum Kind: String, CaseIterable, Sendable {
        case d = "argon2d"
        case i = "argon2i"
        case id = "argon2id"
    }

    /// RFC 9106 is version 1.3; 1.0 is what the first releases of libargon2 made.
    package enum Version: UInt32, CaseIterable, Sendable {
        case v10 = 16
        case v13 = 19
    }

    package let type: Kind
    package let version: Version
    /// KiB, 8 × `parallelism` ... 1_048_576.
    package let memoryKiB: UInt32
    /// 1 or more; memory × passes is at most ``workMax``.
    package let passes: UInt32
    /// Lanes, 1 ... 64, computed one after the other.
    package let parallelism: UInt32

    /// KiB written in all passes together.
    package static let workMax: UInt64 = 4_194_304

    /// - Returns: `nil` outside the bounds.
    package init?(
        _ type: Kind, _ version: Version, memoryKiB: UInt32, passes: UInt32, parallelism: UInt32
    ) {
        guard (1...64).contains(parallelism), passes >= 1,
            (8 * parallelism...1_048_576).contains(memoryKiB),
            UInt64(memoryKiB) * UInt64(passes) <= Argon2Form.workMax
        else { return nil }
        self.type = type
        self.version = version
        self.memoryKiB = memoryKiB
        self.passes = passes
        self.parallelism = parallelism
    }

    /// Our Argon2id at a cost of ours, whose bounds are its own.
    package init(of cost: HashCost) {
        type = .id
        version = .v13
        memoryKiB = cost.memoryKiB
        passes = cost.passes
        parallelism = cost.parallelism
    }

    /// The same as a cost of ours, which any engine computes; `nil` where only libargon2 can.
    var ours: HashCost? {
        guard type == .id, version == .v13 else { return nil }
        do {
            return try HashCost(memoryKiB: memoryKiB, passes: passes, parallelism: parallelism)
        } catch {
            return nil
        }
    }
}

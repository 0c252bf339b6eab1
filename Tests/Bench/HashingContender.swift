import CArgon2
import Glibc
import Passwords
import Service

/// A way to compute one Argon2id hash, or what it is compared with.
enum HashingContender: Equatable, Sendable {
    case engine(Argon2Engine)
    /// libargon2 as a program calls it that knows nothing of arenas: it allocates its memory for each
    /// hash, and gives it back.
    case plainLibrary
    /// Argon2id's reads and writes of memory, and no arithmetic: what no engine can be faster than.
    case memoryAlone

    static let inArena = HashingContender.engine(.libargon2(.configured))

    static let all =
        KernelVariant.supported.map { HashingContender.engine(.kernel($0)) } + [
            .plainLibrary, .inArena, .memoryAlone,
        ]

    var name: String {
        switch self {
        case .engine(.kernel(let variant)): variant.rawValue
        case .engine(.libargon2): "libargon2 in our arena"
        case .plainLibrary: "libargon2"
        case .memoryAlone: "memory traffic alone"
        }
    }

    private static let password = Array("Un-Cheval-1815".utf8)
    private static let salt = [UInt8](repeating: 7, count: 16)

    /// `hashes` on each of `threads` threads at once.
    ///
    /// - Returns: seconds that one hash takes a thread.
    /// - Throws: when a tag is not the one expected.
    func secondsPerHash(
        _ cost: HashCost, threads: Int, hashes: Int, expecting tag: [UInt8]
    ) throws -> Double {
        let duration = try Race.run(threads) { timed throws(PasswordHashError) in
            switch self {
            case .engine(let engine):
                var arena = try Argon2Arena(for: cost)
                try timed { () throws(PasswordHashError) in
                    for _ in 0..<hashes {
                        let made = try Self.tag(cost, by: engine, in: &arena)
                        guard made == tag else { throw .noEngine }
                    }
                }
            case .plainLibrary:
                try timed { () throws(PasswordHashError) in
                    for _ in 0..<hashes {
                        guard try Self.tagByPlainLibrary(cost) == tag else { throw .noEngine }
                    }
                }
            case .memoryAlone:
                let memory = MemoryTraffic(memoryKiB: Int(cost.memoryKiB))
                try timed { () throws(PasswordHashError) in
                    for _ in 0..<hashes { memory.run(passes: Int(cost.passes)) }
                }
            }
        }
        return duration / .seconds(1) / Double(hashes)
    }

    static func tag(
        _ cost: HashCost, by engine: Argon2Engine, in arena: inout Argon2Arena
    ) throws(PasswordHashError) -> [UInt8] {
        let nothing: [UInt8] = []
        return try Argon2id.hash(
            password: password.span, salt: salt.span, secret: nothing.span,
            associatedData: nothing.span, cost: cost, tagCount: 32, by: engine, in: &arena)
    }

    private static func tagByPlainLibrary(_ cost: HashCost) throws(PasswordHashError) -> [UInt8] {
        var tag = [UInt8](repeating: 0, count: 32)
        let code = unsafe tag.withUnsafeMutableBytes { tag in
            unsafe argon2id_hash_raw(
                cost.passes, cost.memoryKiB, cost.parallelism, password, password.count, salt,
                salt.count, tag.baseAddress, tag.count)
        }
        guard code == ARGON2_OK.rawValue else { throw .argon2(code: code) }
        return tag
    }
}

/// What Argon2id does to memory: each block is the next in order, and comes out of an earlier one that
/// is known beforehand in half of the first pass and named by the block before ever after.
@safe
private final class MemoryTraffic {
    // @safe: the memory is allocated in `init`, freed in `deinit` and never leaves this class.
    private let blockCount: UInt64
    private let memory: UnsafeMutableRawBufferPointer

    private static let hugePageBytes = 2 << 20

    init(memoryKiB: Int) {
        blockCount = UInt64(memoryKiB)
        let memory = UnsafeMutableRawBufferPointer.allocate(
            byteCount: memoryKiB * 1_024, alignment: Self.hugePageBytes)
        _ = unsafe madvise(memory.baseAddress, memory.count, MADV_HUGEPAGE)
        for index in memory.indices { unsafe memory[index] = UInt8(truncatingIfNeeded: index) }
        unsafe self.memory = memory
    }

    deinit { unsafe memory.deallocate() }

    func run(passes: Int) {
        var drawn: UInt64 = 0x9E37_79B9_7F4A_7C15
        for pass in 0..<passes {
            for index in 0..<blockCount where pass > 0 || index >= 2 {
                let isIndependent = pass == 0 && index < blockCount / 2
                // RFC 9106 §3.4.1.1: the newer, the likelier.
                let area = pass == 0 ? index - 1 : blockCount / 4 * 3
                let low = drawn & 0xFFFF_FFFF
                let back = (area * ((low * low) >> 32)) >> 32
                let from = (index + blockCount - 2 - back) % blockCount
                let word = copy(from, to: index)
                let seed = isIndependent ? drawn : drawn ^ word
                drawn = (seed ^ (seed >> 29)) &* 0xBF58_476D_1CE4_E5B9 &+ index
            }
        }
    }

    /// - Returns: a word that, as Argon2id's next address, depends on every cache line of the block.
    private func copy(_ from: UInt64, to index: UInt64) -> UInt64 {
        // Both are below `blockCount`.
        let base = unsafe memory.baseAddress!
        let target = unsafe base + Int(index) * 1_024
        unsafe memmove(target, base + Int(from) * 1_024, 1_024)
        var word: UInt64 = 0
        for offset in stride(from: 0, to: 1_024, by: 64) {
            word ^= unsafe target.load(fromByteOffset: offset, as: UInt64.self)
        }
        return word
    }
}

import Glibc

/// The memory in which one hashing thread computes all its hashes, mapped once: memory in use is
/// threads × arena whatever arrives, and no request pays for page faults.
///
/// Huge pages where the kernel has them (Argon2 reads at random, and 4 KiB pages miss the TLB on
/// nearly every read); left out of core dumps. After each hash, also after a refused one, it holds
/// only zeros: either engine overwrites what it used before it gives it back, which takes 1 to 5 % of
/// the hash. (What a hash leaves can be run backwards to its first blocks, and those tell a right
/// password from a wrong one for almost nothing.) It is not locked: a machine that swaps may write to disk what a hash has in progress.
@safe
package struct Argon2Arena: ~Copyable, @unchecked Sendable {
    // @safe, @unchecked Sendable: the mapping has one owner, is written only through the exclusive
    // access that `mutating` gives, and its address leaves only for the time of a closure.

    /// KiB that a hash may use.
    package let memoryKiB: UInt32

    /// All that was mapped, for giving it back.
    private let mapping: UnsafeMutableRawBufferPointer
    /// The part in use, which begins on a huge page.
    private let memory: UnsafeMutableRawBufferPointer

    private static let hugePageBytes = 2 << 20
    private static let pageBytes = 4_096

    /// Maps memory for `cost` and touches every page of it, so that a lack of memory shows here.
    ///
    /// - Throws: `.arenaUnavailable`.
    package init(for cost: HashCost) throws(PasswordHashError) {
        let bytes = Int(cost.memoryKiB) * 1_024
        let mapped = bytes + Argon2Arena.hugePageBytes
        // The corresponding C function is `mmap`.
        let address = unsafe mmap(
            nil, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let base = unsafe address, unsafe base != MAP_FAILED else {
            throw .arenaUnavailable(errno: errno)
        }
        let begin = unsafe base.alignedUp(toMultipleOf: Argon2Arena.hugePageBytes)
        // Only slower without huge pages, so this may fail.
        _ = unsafe madvise(begin, bytes, MADV_HUGEPAGE)
        guard unsafe madvise(base, mapped, MADV_DONTDUMP) == 0 else {
            let reason = errno
            _ = unsafe munmap(base, mapped)
            throw .arenaUnavailable(errno: reason)
        }
        for offset in stride(from: 0, to: bytes, by: Argon2Arena.pageBytes) {
            unsafe begin.storeBytes(of: 0, toByteOffset: offset, as: UInt8.self)
        }
        memoryKiB = cost.memoryKiB
        unsafe mapping = UnsafeMutableRawBufferPointer(start: base, count: mapped)
        unsafe memory = UnsafeMutableRawBufferPointer(start: begin, count: bytes)
    }

    deinit {
        _ = unsafe munmap(mapping.baseAddress, mapping.count)
    }

    /// Lends the memory for the time of the closure, to one borrower at a time.
    mutating func withUnsafeMemory<Result>(
        _ body: (UnsafeMutableRawBufferPointer) -> Result
    ) -> Result {
        unsafe body(memory)
    }

    /// Runs `body`, which takes as much memory by itself, after giving that much of the arena back to the
    /// system, and takes it again afterwards: memory in use stays threads × arena.
    ///
    /// - Parameter memoryKiB: at most ``memoryKiB``.
    mutating func withoutPages<Result, Failure: Error>(
        _ memoryKiB: UInt32, _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        precondition(memoryKiB <= self.memoryKiB)
        // Whole huge pages from the front: a part of one would only be split.
        let huge = Argon2Arena.hugePageBytes
        let wanted = (Int(memoryKiB) * 1_024 + huge - 1) / huge * huge
        let count = min(wanted, Int(self.memoryKiB) * 1_024)
        // Anonymous memory: what is given back reads as zeros afterwards, as it did before. It cannot
        // fail for a range of ours, and what it would cost is memory for the time of the call.
        _ = unsafe madvise(memory.baseAddress, count, MADV_DONTNEED)
        defer {
            for offset in stride(from: 0, to: count, by: Argon2Arena.pageBytes) {
                unsafe memory.storeBytes(of: 0, toByteOffset: offset, as: UInt8.self)
            }
        }
        return try body()
    }
}

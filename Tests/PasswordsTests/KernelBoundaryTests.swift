import Argon2Kernel
import Testing

/// What the kernel refuses by itself, whatever its caller checked.
@Suite struct `The kernel's boundary` {
    private struct Question {
        var variant = ARGON2_KERNEL_PORTABLE
        var memoryKiB: UInt32 = 16
        var passes: UInt32 = 1
        var lanes: UInt32 = 2
        var tagCount = 32
        var arenaBytes = 16 * 1_024
        /// Bytes by which the arena misses a multiple of 64.
        var offset = 0

        /// What the kernel answers, and whether it wrote anything.
        func answer() -> (result: argon2_kernel_result, wrote: Bool) {
            let memory = UnsafeMutableRawBufferPointer.allocate(
                byteCount: arenaBytes + 64, alignment: 64)
            defer { unsafe memory.deallocate() }
            for index in memory.indices { unsafe memory[index] = 0x5A }
            var tag = [UInt8](repeating: 0x5A, count: tagCount)
            let salt = [UInt8](repeating: 1, count: 16)
            let result = unsafe salt.withUnsafeBufferPointer { salt in
                unsafe tag.withUnsafeMutableBufferPointer { tag in
                    let none = unsafe argon2_kernel_bytes(bytes: nil, count: 0)
                    var inputs = unsafe argon2_kernel_inputs(
                        password: none, salt: .init(bytes: salt.baseAddress, count: salt.count),
                        secret: none, associated_data: none, memory_kib: memoryKiB,
                        passes: passes, lanes: lanes)
                    return unsafe argon2_kernel_hash(
                        variant, &inputs, tag.baseAddress, tag.count,
                        memory.baseAddress.map { unsafe $0 + offset }, arenaBytes)
                }
            }
            let arenaIsUntouched = unsafe memory.allSatisfy { $0 == 0x5A }
            let tagIsUntouched = tag.allSatisfy { $0 == 0x5A }
            return (result, !arenaIsUntouched || !tagIsUntouched)
        }
    }

    @Test func `holds what it accepts`() {
        for question in [
            Question(), Question(tagCount: 4), Question(tagCount: 1_000),
            Question(memoryKiB: 8, lanes: 1, arenaBytes: 8 * 1_024), Question(offset: 64),
            Question(memoryKiB: 80, lanes: 10, arenaBytes: 80 * 1_024),
        ] {
            let (result, wrote) = question.answer()
            #expect(result == ARGON2_KERNEL_OK && wrote, "\(question)")
        }
    }

    @Test func `refuses what RFC 9106 does, untouched`() {
        for question in [
            Question(lanes: 0), Question(passes: 0), Question(memoryKiB: 15), Question(tagCount: 3),
            Question(memoryKiB: 0, lanes: 0), Question(lanes: 1 << 24), Question(lanes: .max),
        ] {
            let (result, wrote) = question.answer()
            #expect(result == ARGON2_KERNEL_OUT_OF_RANGE && !wrote, "\(question)")
        }
    }

    @Test func `refuses an arena a byte too small, or off its alignment`() {
        for question in [
            Question(arenaBytes: 16 * 1_024 - 1), Question(arenaBytes: 0), Question(offset: 1),
            Question(offset: 32),
        ] {
            let (result, wrote) = question.answer()
            #expect(result == ARGON2_KERNEL_ARENA && !wrote, "\(question)")
        }
    }

    @Test func `refuses a variant that does not exist, or not here`() {
        #expect(argon2_kernel_supports(ARGON2_KERNEL_PORTABLE) != 0)
        for number in 1...9 as ClosedRange<UInt32> {
            let variant = argon2_kernel_variant(rawValue: number)
            guard argon2_kernel_supports(variant) == 0 else { continue }
            let (result, wrote) = Question(variant: variant).answer()
            #expect(result == ARGON2_KERNEL_UNSUPPORTED && !wrote, "\(number)")
        }
    }
}

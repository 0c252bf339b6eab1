import Argon2Kernel

/// How our own Argon2id fills its memory. The only file that imports the kernel.
package enum KernelVariant: String, CaseIterable, Equatable, Sendable {
    case avx512
    case avx2
    /// Without processor features. Its source lines are AVX-512's, so it stands in for them in tests.
    case portable

    /// Whether this processor and its operating system can run it.
    var isSupported: Bool { argon2_kernel_supports(number) != 0 }

    /// All that this machine can run, the fastest first.
    package static var supported: [KernelVariant] { allCases.filter(\.isSupported) }

    /// The fastest that this machine can run.
    ///
    /// - Returns: `nil` on architectures where nothing was measured against libargon2.
    static var fastest: KernelVariant? {
        #if arch(x86_64)
            return supported.first
        #else
            return nil
        #endif
    }

    /// One hash; the bounds of ``Argon2id/hash(password:salt:secret:associatedData:cost:tagCount:by:in:)``
    /// were checked there.
    ///
    /// - Throws: `.kernel`.
    func hash(
        password: Span<UInt8>, salt: Span<UInt8>, secret: Span<UInt8>, associatedData: Span<UInt8>,
        cost: HashCost, tagCount: Int, in arena: inout Argon2Arena
    ) throws(PasswordHashError) -> [UInt8] {
        var inputs = unsafe argon2_kernel_inputs()
        unsafe inputs.memory_kib = cost.memoryKiB
        unsafe inputs.passes = cost.passes
        unsafe inputs.lanes = cost.parallelism
        var tag = [UInt8](repeating: 0, count: tagCount)
        let result = unsafe arena.withUnsafeMemory { memory in
            unsafe password.withUnsafeBufferPointer { password in
                unsafe salt.withUnsafeBufferPointer { salt in
                    unsafe secret.withUnsafeBufferPointer { secret in
                        unsafe associatedData.withUnsafeBufferPointer { associatedData in
                            unsafe tag.withUnsafeMutableBufferPointer { tag in
                                unsafe inputs.password = lent(password)
                                unsafe inputs.salt = lent(salt)
                                unsafe inputs.secret = lent(secret)
                                unsafe inputs.associated_data = lent(associatedData)
                                return unsafe argon2_kernel_hash(
                                    number, &inputs, tag.baseAddress, tag.count,
                                    memory.baseAddress, memory.count)
                            }
                        }
                    }
                }
            }
        }
        guard result == ARGON2_KERNEL_OK else { throw .kernel(code: result.rawValue) }
        return tag
    }

    private var number: argon2_kernel_variant {
        switch self {
        case .avx512: ARGON2_KERNEL_AVX512
        case .avx2: ARGON2_KERNEL_AVX2
        case .portable: ARGON2_KERNEL_PORTABLE
        }
    }

    private func lent(_ bytes: UnsafeBufferPointer<UInt8>) -> argon2_kernel_bytes {
        unsafe argon2_kernel_bytes(bytes: bytes.baseAddress, count: bytes.count)
    }
}

import CCrypto

/// The first 64 bits of the SHA-1 (FIPS 180-4) of a message, the first byte highest.
///
/// SHA-1 protects nothing here: it is how published corpora of breached passwords name their entries.
/// The number is as sensitive as what it was made of, and is never stored with a person.
package func sha1Prefix(of message: Span<UInt8>) -> UInt64 {
    // 20 bytes in three words, so that nothing is allocated: this runs for every line of a list.
    var words: (UInt64, UInt64, UInt32) = (0, 0, 0)
    let done = unsafe withUnsafeMutableBytes(of: &words) { output in
        unsafe message.withUnsafeBufferPointer { input in
            unsafe EVP_Digest(
                input.baseAddress, input.count,
                output.baseAddress?.assumingMemoryBound(to: UInt8.self), nil,
                Algorithm.sha1.pointer, nil) == 1
        }
    }
    // Fails only for want of memory, as every digest here does.
    precondition(done, "EVP_Digest failed: \(libcryptoReason())")
    return UInt64(bigEndian: words.0)
}

/// SHA-256 of more than fits into memory.
@safe
package struct SHA256Stream: ~Copyable {
    // @safe: made in `init`, freed in `deinit`, never leaves.
    private let context: OpaquePointer

    package init() {
        guard let context = unsafe EVP_MD_CTX_new(),
            unsafe EVP_DigestInit_ex2(context, Algorithm.sha256.pointer, nil) == 1
        else { preconditionFailure("EVP_DigestInit_ex2 failed: \(libcryptoReason())") }
        unsafe self.context = unsafe context
    }

    deinit { unsafe EVP_MD_CTX_free(context) }

    package func update(_ bytes: Span<UInt8>) {
        let done = unsafe bytes.withUnsafeBufferPointer {
            unsafe EVP_DigestUpdate(context, $0.baseAddress, $0.count) == 1
        }
        precondition(done, "EVP_DigestUpdate failed: \(libcryptoReason())")
    }

    /// The digest of everything given so far; afterwards nothing can be added.
    package consuming func finish() -> Digest {
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
            let done = unsafe EVP_DigestFinal_ex(context, buffer.baseAddress, nil) == 1
            precondition(done, "EVP_DigestFinal_ex failed: \(libcryptoReason())")
            count = 32
        }
        guard let digest = Digest(bytes: bytes) else { preconditionFailure("32 bytes") }
        return digest
    }
}

/// Fetched once: looking an algorithm up by its name costs more than a short message's digest.
@safe
private struct Algorithm: @unchecked Sendable {
    // @unchecked Sendable: an algorithm is constant once fetched, and these are never freed.
    let pointer: OpaquePointer

    static let sha1 = Algorithm("SHA1")
    static let sha256 = Algorithm("SHA256")

    private init(_ name: String) {
        guard let pointer = unsafe EVP_MD_fetch(nil, name, nil) else {
            preconditionFailure("libcrypto has no \(name): \(libcryptoReason())")
        }
        unsafe self.pointer = unsafe pointer
    }
}

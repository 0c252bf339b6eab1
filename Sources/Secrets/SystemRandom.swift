import CCrypto

/// The one source of randomness. Rules take random bytes as values; only the floors that do I/O
/// call this.
package enum SystemRandom {
    /// Bytes that stay secret: keys, tokens. From libcrypto's private generator, so that bytes
    /// which are shown to the world never come from the same stream.
    package static func secret(count: Int) -> Secret {
        unsafe Secret(count: count) { buffer in
            let code = unsafe RAND_priv_bytes(buffer.baseAddress, Int32(buffer.count))
            precondition(code == 1, "RAND_priv_bytes failed: \(libcryptoReason())")
        }
    }

    /// Bytes that may be seen: salts, identifiers.
    package static func bytes(count: Int) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, written in
            let code = unsafe RAND_bytes(buffer.baseAddress, Int32(count))
            precondition(code == 1, "RAND_bytes failed: \(libcryptoReason())")
            written = count
        }
    }
}

import CCrypto

/// The two password hashes that libcrypto has. Only for verifying what other systems stored.
///
/// The callers bound every parameter: what is asked here is computed.
package enum PasswordDerivation {
    /// The hash under PBKDF2's HMAC.
    package enum Digest: String, CaseIterable, Sendable {
        case sha1
        case sha256
        case sha512

        /// Bytes of one output block.
        package var count: Int {
            switch self {
            case .sha1: 20
            case .sha256: 32
            case .sha512: 64
            }
        }
    }

    /// PBKDF2 with HMAC (RFC 8018 §5.2).
    ///
    /// - Parameters:
    ///   - iterations: 1 ... 2³¹ − 1, for each block of the output.
    ///   - count: bytes of output, 1 or more.
    /// - Throws: `.libcrypto`.
    package static func pbkdf2(
        _ digest: Digest, password: Span<UInt8>, salt: Span<UInt8>, iterations: Int, count: Int
    ) throws(SecretError) -> [UInt8] {
        var output = [UInt8](repeating: 0, count: count)
        let function: OpaquePointer? =
            switch digest {
            case .sha1: unsafe EVP_sha1()
            case .sha256: unsafe EVP_sha256()
            case .sha512: unsafe EVP_sha512()
            }
        let code = unsafe withCharacters(password) { text, textCount in
            unsafe salt.withUnsafeBufferPointer { salt in
                unsafe output.withUnsafeMutableBufferPointer { output in
                    unsafe PKCS5_PBKDF2_HMAC(
                        text, textCount, salt.baseAddress, Int32(salt.count), Int32(iterations),
                        function, Int32(output.count), output.baseAddress)
                }
            }
        }
        guard code == 1 else {
            throw .libcrypto(operation: "PKCS5_PBKDF2_HMAC", reason: libcryptoReason())
        }
        return output
    }

    /// scrypt (RFC 7914). libcrypto allocates its memory itself: see ``scryptBytes(logN:r:p:)``.
    ///
    /// - Throws: `.libcrypto`, also when there is no memory.
    package static func scrypt(
        password: Span<UInt8>, salt: Span<UInt8>, logN: Int, r: Int, p: Int, count: Int
    ) throws(SecretError) -> [UInt8] {
        var output = [UInt8](repeating: 0, count: count)
        let memoryMax = UInt64(scryptBytes(logN: logN, r: r, p: p))
        // The C library keeps freed memory for later, more of it the more was asked for at once; it must
        // not stay beside the arena that made room for this call.
        defer { malloc_trim(0) }
        let code = unsafe withCharacters(password) { text, textCount in
            unsafe salt.withUnsafeBufferPointer { salt in
                unsafe output.withUnsafeMutableBufferPointer { output in
                    unsafe EVP_PBE_scrypt(
                        text, Int(textCount), salt.baseAddress, salt.count, 1 << UInt64(logN),
                        UInt64(r), UInt64(p), memoryMax, output.baseAddress, output.count)
                }
            }
        }
        guard code == 1 else {
            throw .libcrypto(operation: "EVP_PBE_scrypt", reason: libcryptoReason())
        }
        return output
    }

    /// What libcrypto allocates for one scrypt hash: the table of N blocks, p blocks of input and two
    /// of work, 128 × r bytes each.
    package static func scryptBytes(logN: Int, r: Int, p: Int) -> Int {
        128 * r * ((1 << logN) + p + 2)
    }

    /// libcrypto takes passwords as `char *` and a missing one as an error, so that an empty one needs
    /// an address.
    private static func withCharacters<Result>(
        _ bytes: Span<UInt8>, _ body: (UnsafePointer<CChar>?, Int32) -> Result
    ) -> Result {
        let nothing: [CChar] = [0]
        return unsafe bytes.withUnsafeBufferPointer { buffer in
            guard let start = buffer.baseAddress, buffer.count > 0 else {
                return unsafe nothing.withUnsafeBufferPointer { unsafe body($0.baseAddress, 0) }
            }
            return unsafe start.withMemoryRebound(to: CChar.self, capacity: buffer.count) {
                unsafe body($0, Int32(buffer.count))
            }
        }
    }
}

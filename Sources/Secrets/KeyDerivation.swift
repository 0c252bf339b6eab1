/// HKDF with SHA-256 (RFC 5869), for a key that serves one purpose or one hour.
package enum KeyDerivation {
    /// - Parameters:
    ///   - key: input keying material; ours are 32 random bytes.
    ///   - salt: may be empty, which RFC 5869 reads as 32 zero bytes.
    ///   - info: names the purpose, so that two purposes never share a key.
    ///   - count: 1 ... 8_160 bytes (255 blocks, the RFC's limit).
    package static func hkdf(
        key: borrowing Secret, salt: [UInt8] = [], info: [UInt8], count: Int
    ) -> Secret {
        precondition((1...8_160).contains(count))
        let saltKey = Secret(copying: salt.isEmpty ? [UInt8](repeating: 0, count: 32) : salt)
        let extracted = key.withBytes { Secret(copying: Digest.hmac(key: saltKey, $0).bytes) }
        // Room for all of it at once: growing would leave unwiped copies behind.
        var output: [UInt8] = []
        output.reserveCapacity(count + 32)
        var block: [UInt8] = []
        var counter: UInt8 = 1
        while output.count < count {
            block = Digest.hmac(key: extracted, block + info + [counter]).bytes
            output += block
            counter &+= 1
        }
        defer {
            wipe(&output)
            wipe(&block)
        }
        return Secret(copying: output.span.extracting(first: count))
    }
}

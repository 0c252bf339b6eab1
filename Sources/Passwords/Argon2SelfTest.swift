extension Argon2id {
    /// Whether the library that runs gives the tag of RFC 9106 §5.3, secret and associated data
    /// included. Asked by `doctor`.
    ///
    /// - Parameter arena: at least 32 KiB.
    package static func reproducesRFC9106(
        in arena: inout Argon2Arena
    ) throws(PasswordHashError) -> Bool {
        let cost = try HashCost(memoryKiB: 32, passes: 3, parallelism: 4)
        let tag = try hash(
            password: [UInt8](repeating: 1, count: 32).span,
            salt: [UInt8](repeating: 2, count: 16).span,
            secret: [UInt8](repeating: 3, count: 8).span,
            associatedData: [UInt8](repeating: 4, count: 12).span,
            cost: cost, tagCount: 32, in: &arena)
        return tag == [
            0x0d, 0x64, 0x0d, 0xf5, 0x8d, 0x78, 0x76, 0x6c, 0x08, 0xc0, 0x37, 0xa3, 0x4a, 0x8b,
            0x53,
            0xc9, 0xd0, 0x1e, 0xf0, 0x45, 0x2d, 0x75, 0xb6, 0x5e, 0xb5, 0x25, 0x20, 0xe9, 0x6b,
            0x01,
            0xe6, 0x59,
        ]
    }
}

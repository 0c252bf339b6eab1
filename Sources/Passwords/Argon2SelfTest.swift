import Secrets

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
        return Hexadecimal.encode(tag)
            == "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659"
    }
}

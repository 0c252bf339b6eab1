import CArgon2

/// Argon2id, version 1.3 (RFC 9106), by an engine of the caller's choice. The only file that imports
/// libargon2.
package enum Argon2id {
    /// Bytes. 8 is RFC 9106's least; ours are 16.
    static let saltCounts = 8...64
    /// Bytes. 16 is the least that RFC 9106 §4 recommends; ours are 32.
    static let tagCounts = 16...64

    /// One hash. At ``HashCost/standard`` libargon2 takes about 200 ms and the kernel with AVX2 60 ms; it
    /// is never given up half-way.
    ///
    /// - Parameters:
    ///   - secret: the pepper; empty for none.
    ///   - associatedData: bound to the hash without being secret; empty for none.
    ///   - tagCount: 16 ... 64 bytes.
    ///   - engine: every one gives the same tag.
    ///   - arena: exclusively lent, and all zeros again afterwards.
    /// - Throws: `.arenaTooSmall`, `.saltOutOfRange`, `.tagOutOfRange` before anything happens;
    ///   `.argon2` with libargon2's code, `.kernel` with the kernel's.
    package static func hash(
        password: Span<UInt8>, salt: Span<UInt8>, secret: Span<UInt8>, associatedData: Span<UInt8>,
        cost: HashCost, tagCount: Int, by engine: Argon2Engine,
        in arena: inout Argon2Arena
    ) throws(PasswordHashError) -> [UInt8] {
        guard cost.memoryKiB <= arena.memoryKiB else {
            throw .arenaTooSmall(neededKiB: cost.memoryKiB, arenaKiB: arena.memoryKiB)
        }
        guard saltCounts.contains(salt.count) else { throw .saltOutOfRange }
        guard tagCounts.contains(tagCount) else { throw .tagOutOfRange }
        switch engine {
        case .kernel(let variant):
            return try variant.hash(
                password: password, salt: salt, secret: secret, associatedData: associatedData,
                cost: cost, tagCount: tagCount, in: &arena)
        case .libargon2:
            return try hashByLibrary(
                password: password, salt: salt, secret: secret, associatedData: associatedData,
                cost: cost, tagCount: tagCount, in: &arena)
        }
    }

    private static func hashByLibrary(
        password: Span<UInt8>, salt: Span<UInt8>, secret: Span<UInt8>, associatedData: Span<UInt8>,
        cost: HashCost, tagCount: Int, in arena: inout Argon2Arena
    ) throws(PasswordHashError) -> [UInt8] {
        var context = unsafe context(
            .v13, memoryKiB: cost.memoryKiB, passes: cost.passes, lanes: cost.parallelism)
        return try unsafe run(
            .id, &context, password: password, salt: salt, secret: secret,
            associatedData: associatedData, tagCount: tagCount, in: &arena)
    }

    /// One hash of another kind than ours, by libargon2. The caller bounds the cost.
    ///
    /// - Throws: `.arenaTooSmall` before anything happens; `.argon2` with libargon2's code.
    static func hash(
        _ form: Argon2Form, password: Span<UInt8>, salt: Span<UInt8>, tagCount: Int,
        in arena: inout Argon2Arena
    ) throws(PasswordHashError) -> [UInt8] {
        guard form.memoryKiB <= arena.memoryKiB else {
            throw .arenaTooSmall(neededKiB: form.memoryKiB, arenaKiB: arena.memoryKiB)
        }
        let nothing: [UInt8] = []
        var context = unsafe context(
            form.version, memoryKiB: form.memoryKiB, passes: form.passes, lanes: form.parallelism)
        return try unsafe run(
            form.type, &context, password: password, salt: salt, secret: nothing.span,
            associatedData: nothing.span, tagCount: tagCount, in: &arena)
    }

    private static func context(
        _ version: Argon2Form.Version, memoryKiB: UInt32, passes: UInt32, lanes: UInt32
    ) -> argon2_context {
        var context = unsafe argon2_context()
        unsafe context.t_cost = passes
        unsafe context.m_cost = memoryKiB
        unsafe context.lanes = lanes
        unsafe context.version =
            switch version {
            case .v10: UInt32(ARGON2_VERSION_10.rawValue)
            case .v13: UInt32(ARGON2_VERSION_13.rawValue)
            }
        // No flags: libargon2 would otherwise overwrite the password and the pepper, which are lent.
        unsafe context.flags = 0
        return unsafe context
    }

    private static func run(
        _ type: Argon2Form.Kind, _ context: inout argon2_context, password: Span<UInt8>,
        salt: Span<UInt8>, secret: Span<UInt8>, associatedData: Span<UInt8>, tagCount: Int,
        in arena: inout Argon2Arena
    ) throws(PasswordHashError) -> [UInt8] {
        let kind =
            switch type {
            case .d: Argon2_d
            case .i: Argon2_i
            case .id: Argon2_id
            }
        var tag = [UInt8](repeating: 0, count: tagCount)
        let code = unsafe arena.withUnsafeMemory { memory in
            unsafe password.withUnsafeBufferPointer { password in
                unsafe salt.withUnsafeBufferPointer { salt in
                    unsafe secret.withUnsafeBufferPointer { secret in
                        unsafe associatedData.withUnsafeBufferPointer { associatedData in
                            unsafe tag.withUnsafeMutableBufferPointer { tag in
                                unsafe (context.out, context.outlen) = output(tag)
                                unsafe (context.pwd, context.pwdlen) = input(password)
                                unsafe (context.salt, context.saltlen) = input(salt)
                                unsafe (context.secret, context.secretlen) = input(secret)
                                unsafe (context.ad, context.adlen) = input(associatedData)
                                return unsafe loquet_argon2_in(
                                    &context, kind, memory.baseAddress, memory.count)
                            }
                        }
                    }
                }
            }
        }
        guard code == ARGON2_OK.rawValue else { throw .argon2(code: code) }
        return tag
    }

    private static func output(
        _ bytes: UnsafeMutableBufferPointer<UInt8>
    ) -> (UnsafeMutablePointer<UInt8>?, UInt32) {
        (bytes.baseAddress, UInt32(bytes.count))
    }

    /// argon2_context declares its inputs writable, for the flags that are not set above; without
    /// them libargon2 only reads.
    private static func input(
        _ bytes: UnsafeBufferPointer<UInt8>
    ) -> (UnsafeMutablePointer<UInt8>?, UInt32) {
        unsafe (UnsafeMutablePointer(mutating: bytes.baseAddress), UInt32(bytes.count))
    }
}

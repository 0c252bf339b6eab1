import Passwords

/// A stored hash of any scheme: refused, or written as it was read; its scheme can be read back, and its
/// decoy is a hash of the same scheme that needs as much memory.
func passwordHash(_ bytes: [UInt8]) {
    guard let text = text(bytes) else { return }
    let hash: PasswordHash
    do {
        hash = try PasswordHash(text)
    } catch {
        precondition(!error.expected.isEmpty)
        return
    }
    precondition(same(hash.text, text), "a stored hash with two spellings")
    precondition(hash.memoryKiB <= 1_048_576, "more memory than any arena has")
    let scheme = hash.scheme
    precondition(scheme.text.utf8.count <= 128 && scheme.text.utf8.allSatisfy { $0 < 0x80 })
    precondition(HashScheme(text: scheme.text) == scheme, "a scheme that cannot be read back")
    let decoy = scheme.decoy
    precondition(decoy.scheme == scheme, "a decoy of another scheme")
    precondition(decoy.memoryKiB == hash.memoryKiB, "a decoy of another size")
}

/// What stands beside a stored hash: refused, or written as it was read.
func hashScheme(_ bytes: [UInt8]) {
    guard let text = text(bytes), let scheme = HashScheme(text: text) else { return }
    precondition(same(scheme.text, text), "a scheme with two spellings")
    precondition(scheme.decoy.scheme == scheme, "a decoy of another scheme")
}

import Glibc

extension KeyDirectory {
    func file(of purpose: KeyPurpose, _ id: KeyID) -> String {
        "\(path)/\(purpose.rawValue).\(id.text).key"
    }

    /// Removes a key that nothing needs any more. It must not be in the database by then.
    ///
    /// - Returns: whether there was a file.
    func remove(_ purpose: KeyPurpose, _ id: KeyID) throws(KeyError) -> Bool {
        let file = file(of: purpose, id)
        if unsafe unlink(file) == 0 { return true }
        guard errno == ENOENT else { throw .unreadable(path: file, reason: systemReason()) }
        return false
    }
}

/// What only the service can read, and the id of the key that it was sealed under.
package struct SealedBytes: Equatable, Sendable {
    package let keyID: String
    package let bytes: [UInt8]

    package init(keyID: String, bytes: [UInt8]) {
        self.keyID = keyID
        self.bytes = bytes
    }
}

extension Row {
    /// Two columns beside each other, the key's id first; `nil` when the second is NULL.
    func sealedIfPresent(_ position: Int) throws(DatabaseError) -> SealedBytes? {
        guard let bytes = try bytesIfPresent(position + 1) else { return nil }
        return SealedBytes(keyID: try text(position), bytes: bytes)
    }
}

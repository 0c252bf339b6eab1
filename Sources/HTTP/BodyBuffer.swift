/// Collects a body of at most `limit` bytes, and leaves no outgrown copy of it in memory.
struct BodyBuffer {
    private var bytes: [UInt8] = []
    private let limit: Int

    /// - Parameter expected: the announced length, allocated at once; 0 when it is not known.
    init(limit: Int, expected: Int) {
        self.limit = limit
        bytes.reserveCapacity(min(expected, limit))
    }

    /// - Returns: `false` when the body has grown over the limit; nothing of it is kept then.
    mutating func append(_ part: UnsafeRawBufferPointer) -> Bool {
        guard part.count <= limit - bytes.count else {
            wipe(&bytes)
            bytes = []
            return false
        }
        if bytes.count + part.count > bytes.capacity { grow(for: part.count) }
        unsafe bytes.append(contentsOf: part)
        return true
    }

    consuming func take() -> [UInt8] { bytes }

    /// Wipes what was collected for a request that never became one.
    mutating func discard() { wipe(&bytes) }

    /// An array that grows by itself frees its old storage with the bytes still in it.
    private mutating func grow(for more: Int) {
        var larger: [UInt8] = []
        larger.reserveCapacity(min(limit, max(2 * bytes.capacity, bytes.count + more)))
        larger.append(contentsOf: bytes)
        wipe(&bytes)
        bytes = larger
    }
}

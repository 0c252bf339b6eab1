import CCrypto

/// Bytes that must not leave: a password, a token, a key, a pepper.
///
/// One owner, wiped when it ends. It is not `Copyable` and has no description, so it cannot be
/// printed, kept in an array, captured twice or compared with `==`; the compiler refuses.
/// Wiping is best effort: a copy that a C library or a `String` made on the way in is not reached.
@safe
package struct Secret: ~Copyable, @unchecked Sendable {
    // @unchecked Sendable, @safe: the storage has one owner, is never written after `init`, and its
    // address leaves only for the time of a borrowing closure.
    private let storage: UnsafeMutableBufferPointer<UInt8>

    /// Copies `bytes`; the caller's copy stays the caller's to wipe.
    package init(copying bytes: Span<UInt8>) {
        let storage = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count)
        unsafe bytes.withUnsafeBufferPointer { source in
            _ = unsafe storage.initialize(from: source)
        }
        unsafe self.storage = unsafe storage
    }

    package init(copying bytes: [UInt8]) {
        self.init(copying: bytes.span)
    }

    /// The UTF-8 of `text`. The `String` itself cannot be wiped: let it go at once.
    package init(utf8 text: String) {
        self.init(copying: Array(text.utf8))
    }

    /// `count` bytes that `fill` writes, zeroes where it does not.
    package init<Failure: Error>(
        count: Int, filledBy fill: (UnsafeMutableBufferPointer<UInt8>) throws(Failure) -> Void
    ) throws(Failure) {
        let storage = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: count)
        unsafe storage.initialize(repeating: 0)
        do throws(Failure) {
            try unsafe fill(storage)
        } catch {
            unsafe OPENSSL_cleanse(storage.baseAddress, storage.count)
            unsafe storage.deallocate()
            throw error
        }
        unsafe self.storage = unsafe storage
    }

    deinit {
        unsafe OPENSSL_cleanse(storage.baseAddress, storage.count)
        unsafe storage.deallocate()
    }

    package var count: Int { unsafe storage.count }

    /// Lends the bytes for the time of the closure.
    package func withBytes<Result: ~Copyable, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        // The span cannot outlive the closure, and `self` is borrowed as long as the closure runs.
        try body(unsafe Span(_unsafeElements: UnsafeBufferPointer(storage)))
    }

    /// The same for C functions, which take an address. It must not be kept.
    package func withUnsafePointer<Result: ~Copyable, Failure: Error>(
        _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe body(UnsafeBufferPointer(storage))
    }

    /// A second owner of the same bytes, made knowingly.
    package func duplicate() -> Secret {
        withBytes { Secret(copying: $0) }
    }
}

/// Compares without telling by its time where the first difference is. Lengths are not secret.
package func constantTimeEquals(_ a: Span<UInt8>, _ b: Span<UInt8>) -> Bool {
    guard a.count == b.count else { return false }
    return unsafe a.withUnsafeBufferPointer { left in
        unsafe b.withUnsafeBufferPointer { right in
            unsafe CRYPTO_memcmp(left.baseAddress, right.baseAddress, left.count) == 0
        }
    }
}

/// Overwrites an array that held a secret on its way. Best effort: copies made before are not
/// reached.
package func wipe(_ bytes: inout [UInt8]) {
    unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe OPENSSL_cleanse(buffer.baseAddress, buffer.count)
    }
}

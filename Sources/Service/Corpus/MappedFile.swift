import Glibc

/// A file as memory, to be read in small places. The corresponding C function is mmap(2).
@safe
struct MappedFile: ~Copyable, @unchecked Sendable {
    // @unchecked Sendable, @safe: the pages are read-only, have one owner, are unmapped in `deinit`, and
    // their address leaves only for the time of a borrowing closure. Only `loquet corpus check` maps a file,
    // for a moment: see CorpusFile.
    private let pages: UnsafeRawBufferPointer

    /// - Parameters:
    ///   - descriptor: may be closed afterwards.
    ///   - bytes: 1 or more, and no more than the file has.
    init(_ descriptor: Int32, bytes: Int) throws(CorpusError) {
        let address = unsafe mmap(nil, bytes, PROT_READ, MAP_SHARED, descriptor, 0)
        guard let address = unsafe address, unsafe address != MAP_FAILED else {
            throw .unreadable(systemReason())
        }
        // Look-ups are anywhere: reading ahead would only fill memory. Advice may be ignored.
        _ = unsafe madvise(address, bytes, MADV_RANDOM)
        unsafe pages = UnsafeRawBufferPointer(start: address, count: bytes)
    }

    deinit {
        _ = unsafe munmap(UnsafeMutableRawPointer(mutating: pages.baseAddress), pages.count)
    }

    func withBytes<Result, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(unsafe Span(_unsafeElements: pages.assumingMemoryBound(to: UInt8.self)))
    }
}

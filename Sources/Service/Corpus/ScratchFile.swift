import Glibc

/// A file that only this process knows: it loses its name at once, and the kernel frees it when the
/// process ends, however it ends.
struct ScratchFile: ~Copyable, Sendable {
    private let descriptor: Int32

    /// - Parameter path: a name for a moment, where there is room.
    init(_ path: String) throws(CorpusError) {
        descriptor = unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .unwritable(systemReason()) }
        _ = unsafe unlink(path)
    }

    deinit { close(descriptor) }

    func write(_ numbers: [UInt64], at offset: Int) throws(CorpusError) {
        let failure = unsafe numbers.withUnsafeBytes { unsafe writeAll($0, to: descriptor, offset) }
        if let failure { throw .unwritable(failure) }
    }

    /// Fills `numbers` with `count` of them.
    func read(_ numbers: inout [UInt64], count: Int, at offset: Int) throws(CorpusError) {
        if numbers.count != count { numbers = [UInt64](repeating: 0, count: count) }
        let failure = unsafe numbers.withUnsafeMutableBytes {
            unsafe readAll(into: $0, from: descriptor, offset)
        }
        if let failure { throw .unreadable(failure) }
    }
}

/// Writes all bytes at an offset. The corresponding C function is pwrite(2).
///
/// - Returns: the system's words when it could not.
func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32, _ offset: Int) -> String? {
    var done = 0
    while done < bytes.count {
        // The base address of a buffer that is not empty is never nil.
        let count = unsafe pwrite(
            descriptor, bytes.baseAddress! + done, bytes.count - done, offset + done)
        if count < 0 {
            if errno == EINTR { continue }
            return systemReason()
        }
        done += count
    }
    return nil
}

/// Fills a buffer from an offset. The corresponding C function is pread(2).
///
/// - Returns: what went wrong; the file may be shorter.
func readAll(
    into bytes: UnsafeMutableRawBufferPointer, from descriptor: Int32, _ offset: Int
) -> String? {
    var done = 0
    while done < bytes.count {
        // The base address of a buffer that is not empty is never nil.
        let count = unsafe pread(
            descriptor, bytes.baseAddress! + done, bytes.count - done, offset + done)
        if count == 0 { return "it is shorter than expected" }
        if count < 0 {
            if errno == EINTR { continue }
            return systemReason()
        }
        done += count
    }
    return nil
}

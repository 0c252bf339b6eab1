import Glibc

/// Why a file could not be read: the system's words, without the path.
package struct FileError: Error, Equatable, Sendable {
    package let reason: String
}

/// The whole of a small file.
///
/// - Throws: when it cannot be opened or read, or holds more than `bytesMax` bytes.
package func readBoundedFile(_ path: String, bytesMax: Int) throws(FileError) -> [UInt8] {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError(reason: systemReason()) }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: bytesMax + 1)
    var filled = 0
    while filled < bytes.count {
        let count = unsafe bytes.withUnsafeMutableBytes {
            unsafe read(descriptor, $0.baseAddress! + filled, $0.count - filled)  // never empty
        }
        if count == 0 { break }
        if count < 0 {
            if errno == EINTR { continue }
            throw FileError(reason: systemReason())
        }
        filled += count
    }
    guard filled <= bytesMax else { throw FileError(reason: "it is larger than \(bytesMax) bytes") }
    return Array(bytes.prefix(filled))
}

/// Writes a file that only its owner can read, complete or not at all: a temporary beside it is
/// synced, then takes the final name.
///
/// - Parameter replaces: whether a file of that name may be there already and goes.
package func writePrivateFile(
    _ path: String, _ bytes: Span<UInt8>, replaces: Bool = false
) throws(FileError) {
    let temporary = path + ".new"
    _ = unsafe unlink(temporary)
    let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw FileError(reason: systemReason()) }
    defer { close(descriptor) }
    defer { _ = unsafe unlink(temporary) }
    var written = 0
    while written < bytes.count {
        let count = unsafe bytes.withUnsafeBufferPointer {
            unsafe write(descriptor, $0.baseAddress! + written, $0.count - written)  // not empty
        }
        if count < 0 {
            if errno == EINTR { continue }
            throw FileError(reason: systemReason())
        }
        written += count
    }
    guard fsync(descriptor) == 0 else { throw FileError(reason: systemReason()) }
    let named = unsafe replaces ? rename(temporary, path) : link(temporary, path)
    guard named == 0 else { throw FileError(reason: systemReason()) }
    try syncDirectory(of: path)
}

/// Makes the names in a file's directory durable, as fsync(2) asks for.
func syncDirectory(of path: String) throws(FileError) {
    let parent = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    let descriptor = unsafe open(parent.isEmpty ? "/" : parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError(reason: systemReason()) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw FileError(reason: systemReason()) }
}

/// The text of `errno`, which must be read before anything else runs.
package func systemReason() -> String {
    unsafe String(cString: strerror(errno))
}

import Glibc
package import Passwords
import Secrets

/// A corpus of breached passwords in a file, as `loquet corpus build` made it.
///
/// Opening reads and verifies all of it, so that one that is damaged or cut off is refused and never
/// half used. Afterwards it is mapped, not held: the kernel keeps in memory what look-ups touch.
/// A file that is replaced under its name, as `loquet corpus build` does it, goes on being used as it
/// was until the next start. One that is overwritten in place is another matter: nobody looks at the
/// digest again, and a process that reads behind the end of a file that was cut off is killed.
package final class CorpusFile: BreachCorpus {
    package let layout: CorpusLayout
    package let version: String
    private let mapped: MappedFile

    package init(_ path: String) throws(CorpusError) {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unreadable(systemReason()) }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw .unreadable(systemReason()) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .unreadable("it is not a regular file")
        }
        guard status.st_size >= CorpusLayout.pageBytes else { throw .notACorpus }
        var header = [UInt8](repeating: 0, count: CorpusLayout.pageBytes)
        try read(&header, from: descriptor, at: 0)
        layout = try CorpusLayout(header: header.span)
        guard status.st_size == layout.fileBytes else {
            throw .size(bytes: status.st_size, expected: layout.fileBytes)
        }
        let digest = try digestOfCorpus(layout, descriptor)
        guard digest.bytes.elementsEqual(header[CorpusLayout.digestPlace]) else { throw .damaged }
        version = CorpusFile.version(digest)
        mapped = try MappedFile(descriptor, bytes: layout.fileBytes)
        try mapped.withBytes { bytes throws(CorpusError) in try layout.check(bytes) }
    }

    package func contains(_ key: CorpusKey) -> Bool {
        mapped.withBytes { layout.contains(key, in: $0) }
    }

    /// Beyond what opening verified: that look-ups find every entry. For `loquet corpus check`.
    package func checkOrder() throws(CorpusError) {
        try mapped.withBytes { bytes throws(CorpusError) in try layout.checkOrder(bytes) }
    }

    /// Half of the digest is enough of a name.
    static func version(_ digest: Digest) -> String {
        Hexadecimal.encode(Array(digest.bytes.prefix(16)))
    }
}

/// SHA-256 of the file with zeroes where the digest stands, read through the descriptor and not the
/// mapping: a disk that fails is an error then, and memory stays small.
func digestOfCorpus(_ layout: CorpusLayout, _ descriptor: Int32) throws(CorpusError) -> Digest {
    let stream = SHA256Stream()
    stream.update(layout.header.span)
    var piece = [UInt8](repeating: 0, count: 1 << 20)
    var offset = CorpusLayout.pageBytes
    while offset < layout.fileBytes {
        let rest = layout.fileBytes - offset
        if rest < piece.count { piece = [UInt8](repeating: 0, count: rest) }
        try read(&piece, from: descriptor, at: offset)
        stream.update(piece.span)
        offset += piece.count
    }
    return stream.finish()
}

private func read(
    _ bytes: inout [UInt8], from descriptor: Int32, at offset: Int
) throws(CorpusError) {
    let failure = unsafe bytes.withUnsafeMutableBytes {
        unsafe readAll(into: $0, from: descriptor, offset)
    }
    if let failure { throw .unreadable(failure) }
}

import Glibc
package import Passwords
import Secrets
import Threads

/// A corpus of breached passwords in a file, as `loquet corpus build` made it.
///
/// Opening reads and verifies all of it, so that one that is damaged or cut off is refused and never
/// half used. Afterwards the index is held, 8 bytes a bucket, and a look-up reads one bucket: part of one
/// page, which the kernel keeps in memory when it is touched often.
/// A file that is replaced under its name, as `loquet corpus build` does it, goes on being used as it
/// was until the next start. One that is written over or cut off in place is noticed by the next
/// look-up, by its size and the time of its last change, and never asked again: see ``isIntact``. It is
/// not mapped into memory, because reading behind the end of a map kills the process.
package final class CorpusFile: BreachCorpus {
    package let layout: CorpusLayout
    package let version: String
    private let file: OpenCorpus
    private let index: [UInt8]
    private let isChanged = Guarded(false)

    package init(_ path: String) throws(CorpusError) {
        let file = try OpenCorpus(path)
        guard file.stamp.bytes >= CorpusLayout.pageBytes else { throw .notACorpus }
        var header = [UInt8](repeating: 0, count: CorpusLayout.pageBytes)
        try read(&header, from: file.descriptor, at: 0)
        let layout = try CorpusLayout(header: header.span)
        guard file.stamp.bytes == layout.fileBytes else {
            throw .size(bytes: file.stamp.bytes, expected: layout.fileBytes)
        }
        let digest = try digestOfCorpus(layout, file.descriptor)
        guard digest.bytes.elementsEqual(header[CorpusLayout.digestPlace]) else { throw .damaged }
        var index = [UInt8](repeating: 0, count: layout.indexBytes)
        try read(&index, from: file.descriptor, at: layout.indexStart)
        try layout.check(index: index.span)
        guard file.isUnchanged else { throw .unreadable(CorpusFile.changedMeanwhile) }
        version = CorpusFile.version(digest)
        self.layout = layout
        self.index = index
        self.file = file
    }

    package var isIntact: Bool { !isChanged.withLock { $0 } }

    package func contains(_ key: CorpusKey) -> Bool {
        // What was read counts only when the file was still the one that was verified.
        guard let isFound = lookUp(key), file.isUnchanged else {
            isChanged.withLock { $0 = true }
            return false
        }
        return isFound
    }

    /// - Returns: `nil` when the file cannot be read.
    private func lookUp(_ key: CorpusKey) -> Bool? {
        let index = index
        let slot = layout.slot(layout.bucket(of: key), index: index.span)
        let place = layout.entriesPlace(slot)
        return unsafe withUnsafeTemporaryAllocation(
            byteCount: CorpusLayout.pageBytes, alignment: 8
        ) { page -> Bool? in
            // The index was checked: no bucket is larger than a page.
            let part = unsafe UnsafeMutableRawBufferPointer(rebasing: page[..<place.count])
            let failure = unsafe readAll(into: part, from: file.descriptor, place.lowerBound)
            guard failure == nil else { return nil }
            let entries = unsafe Span<UInt8>(
                _unsafeElements: UnsafeRawBufferPointer(part).assumingMemoryBound(to: UInt8.self))
            return layout.holds(key, entries)
        }
    }

    /// Beyond what opening verified: that look-ups find every entry. For `loquet corpus check`.
    package func checkOrder() throws(CorpusError) {
        try MappedFile(file.descriptor, bytes: layout.fileBytes).withBytes {
            bytes throws(CorpusError) in try layout.checkOrder(bytes)
        }
    }

    static let changedMeanwhile = "it was changed while it was read"

    /// Half of the digest is enough of a name.
    static func version(_ digest: Digest) -> String {
        Hexadecimal.encode(Array(digest.bytes.prefix(16)))
    }
}

/// A regular file that is read in places, and how it was when it was opened.
private struct OpenCorpus: ~Copyable, Sendable {
    let descriptor: Int32
    let stamp: Stamp

    /// What changes when somebody writes into a file or cuts it off, and not when it is renamed or loses
    /// its name.
    struct Stamp: Equatable, Sendable {
        let bytes: Int
        let seconds: Int
        let nanoseconds: Int

        init(_ status: stat) {
            bytes = status.st_size
            seconds = status.st_mtim.tv_sec
            nanoseconds = status.st_mtim.tv_nsec
        }
    }

    init(_ path: String) throws(CorpusError) {
        // Without waiting: a pipe that nobody writes into must not hold up the start.
        descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .unreadable(systemReason()) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else {
            let reason = systemReason()
            close(descriptor)
            throw .unreadable(reason)
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw .unreadable("it is not a regular file")
        }
        stamp = Stamp(status)
    }

    deinit { close(descriptor) }

    var isUnchanged: Bool {
        var status = stat()
        return unsafe fstat(descriptor, &status) == 0 && Stamp(status) == stamp
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

import Glibc

/// A file read line by line in bounded memory, from its beginning to its end.
package final class LineFile {
    package enum Line: Equatable {
        /// Without its line feed.
        case bytes([UInt8])
        /// More bytes than asked for; they were skipped.
        case tooLong
    }

    private static let chunkBytes = 65_536

    private let descriptor: Int32
    private let lineBytesMax: Int
    private var chunk: [UInt8] = []
    private var position = 0
    /// Of the file, as it was when it was opened.
    package let bytesTotal: Int
    /// What is read, the part of a chunk that has not been looked at included.
    package private(set) var bytesDone = 0

    /// - Throws: when it cannot be opened or is a directory.
    package init(_ path: String, lineBytesMax: Int) throws(FileError) {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError(reason: systemReason()) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT != S_IFDIR else {
            close(descriptor)
            throw FileError(reason: "it is no file that can be read")
        }
        self.descriptor = descriptor
        self.lineBytesMax = lineBytesMax
        bytesTotal = Int(status.st_size)
    }

    deinit { close(descriptor) }

    /// Whether both are the same file, whatever they are called.
    package func isSame(as other: Int32) -> Bool {
        var mine = stat()
        var theirs = stat()
        guard unsafe fstat(descriptor, &mine) == 0, unsafe fstat(other, &theirs) == 0 else {
            return false
        }
        return mine.st_dev == theirs.st_dev && mine.st_ino == theirs.st_ino
    }

    /// - Returns: `nil` at the end. A last line needs no line feed.
    package func next() throws(FileError) -> Line? {
        var line: [UInt8] = []
        var isTooLong = false
        var sawAnything = false
        while true {
            if position == chunk.count {
                try fill()
                if chunk.isEmpty { break }
            }
            sawAnything = true
            let rest = chunk[position...]
            let end = rest.firstIndex(of: 0x0A)
            let part = rest[..<(end ?? rest.endIndex)]
            if line.count + part.count > lineBytesMax {
                isTooLong = true
                line = []
            } else if !isTooLong {
                line += part
            }
            position = end.map { $0 + 1 } ?? chunk.count
            if end != nil { break }
        }
        guard sawAnything else { return nil }
        return isTooLong ? .tooLong : .bytes(line)
    }

    private func fill() throws(FileError) {
        var buffer = [UInt8](repeating: 0, count: Self.chunkBytes)
        var count = -1
        repeat {
            count = unsafe buffer.withUnsafeMutableBytes {
                unsafe read(descriptor, $0.baseAddress, $0.count)
            }
        } while count < 0 && errno == EINTR
        guard count >= 0 else { throw FileError(reason: systemReason()) }
        chunk = Array(buffer.prefix(count))
        position = 0
        bytesDone += count
    }
}

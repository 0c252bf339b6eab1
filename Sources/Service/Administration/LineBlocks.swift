import Glibc

/// A descriptor read in blocks of whole lines, so that a file of any size is gone through in the
/// memory of one block.
package struct LineBlocks: ~Copyable {
    /// Bytes of a line that are looked at: over any password's, and any JSON line's that holds one.
    /// A longer line is cut there, which no password rule and no digest accepts.
    package static let lineBytesMax = 65_536
    /// Bytes of a block; one with a single line that is too long has less.
    package static let blockBytes = 1 << 18

    private let descriptor: Int32
    /// Read already, and belongs to the next block.
    private var rest: [UInt8] = []
    /// Whether what comes up to the next line feed belongs to a line that was cut.
    private var isSkipping = false
    private var isAtEnd = false
    /// Bytes read so far.
    package private(set) var bytesRead: Int64 = 0

    package init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// Fills `block` with whole lines, each ended by a line feed; at the end of the input the last
    /// one may lack it.
    ///
    /// - Returns: how many bytes, `nil` at the end.
    package mutating func next(into block: inout [UInt8]) throws(FileError) -> Int? {
        if block.count != LineBlocks.blockBytes {
            block = [UInt8](repeating: 0, count: LineBlocks.blockBytes)
        }
        var filled = rest.count
        block.replaceSubrange(..<filled, with: rest)
        while !isAtEnd, filled < block.count {
            let count = try readMore(&block, at: filled)
            isAtEnd = count == 0
            filled += isSkipping ? dropCutLine(&block, filled, count) : count
        }
        guard filled > 0 else { return nil }
        if isAtEnd {
            rest = []
            return filled
        }
        if let end = block[..<filled].lastIndex(of: 0x0A) {
            rest = Array(block[(end + 1)..<filled])
            return end + 1
        }
        // One line fills the block.
        rest = []
        isSkipping = true
        block[LineBlocks.lineBytesMax] = 0x0A
        return LineBlocks.lineBytesMax + 1
    }

    private mutating func readMore(
        _ block: inout [UInt8], at filled: Int
    ) throws(FileError) -> Int {
        while true {
            let count = unsafe block.withUnsafeMutableBytes {
                // The caller left room, so the base address is not nil.
                unsafe read(descriptor, $0.baseAddress! + filled, $0.count - filled)
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw FileError(reason: systemReason())
            }
            bytesRead += Int64(count)
            return count
        }
    }

    /// - Returns: how many of the bytes just read stay, moved to where they were read to.
    private mutating func dropCutLine(
        _ block: inout [UInt8], _ start: Int, _ count: Int
    ) -> Int {
        let fresh = block[start..<start + count]
        guard let end = fresh.firstIndex(of: 0x0A) else { return 0 }
        isSkipping = false
        let kept = Array(fresh[(end + 1)...])
        block.replaceSubrange(start..<start + kept.count, with: kept)
        return kept.count
    }
}

extension Span<UInt8> {
    /// Calls `body` with every line, without its line feed.
    @inline(__always)
    package func forEachLine<Failure: Error>(
        _ body: (Range<Int>) throws(Failure) -> Void
    ) throws(Failure) {
        var start = 0
        while start < count {
            var end = start
            while end < count, self[end] != 0x0A { end += 1 }
            try body(start..<end)
            start = end + 1
        }
    }
}

package import Passwords

/// Where the pages of a corpus are written to.
package protocol CorpusSink {
    mutating func write(_ bytes: [UInt8], at offset: Int) throws(CorpusError)
}

/// Lays ascending keys out as ``CorpusLayout`` says, in one pass and little memory. The first page is
/// left out: it holds the digest of the others.
package struct CorpusPacker<Sink: CorpusSink> {
    package private(set) var sink: Sink
    /// Counts are not known before the end; places depend on the prefix alone.
    private let shape: CorpusLayout
    private var index: Stretch
    private var data: Stretch
    private var bucket = 0
    /// Of the bucket being filled.
    private var suffixes: [UInt64] = []
    private var end = CorpusSlot()
    private var entryCount = 0

    /// Bytes that follow each other in the file, written in large pieces.
    private struct Stretch {
        var bytes: [UInt8] = []
        var offset: Int

        mutating func flush(to sink: inout Sink) throws(CorpusError) {
            try sink.write(bytes, at: offset)
            offset += bytes.count
            bytes.removeAll(keepingCapacity: true)
        }
    }

    /// Bytes that are gathered before they are written.
    private static var pieceBytes: Int { 1 << 18 }

    /// - Parameter prefixBits: so many that no bucket is larger than a page, see
    ///   ``CorpusPrefix``.
    package init(prefixBits: Int, to sink: Sink) {
        self.sink = sink
        shape = CorpusLayout(prefixBits: prefixBits, entryCount: 1, dataPageCount: 1)
        index = Stretch(offset: shape.indexStart)
        data = Stretch(offset: shape.dataStart)
        suffixes.reserveCapacity(shape.entriesPerPage)
    }

    /// - Precondition: larger than the key before.
    package mutating func add(_ key: CorpusKey) throws(CorpusError) {
        let wanted = shape.bucket(of: key)
        precondition(wanted >= bucket, "keys descend")
        while bucket < wanted { try closeBucket() }
        suffixes.append(shape.suffix(of: key))
    }

    /// - Returns: the layout, whose header goes into the first page.
    package mutating func finish() throws(CorpusError) -> CorpusLayout {
        while bucket < shape.bucketCount { try closeBucket() }
        precondition(entryCount > 0, "a corpus without entries")
        fillPage()
        try index.flush(to: &sink)
        try data.flush(to: &sink)
        return CorpusLayout(
            prefixBits: shape.prefixBits, entryCount: entryCount, dataPageCount: end.page + 1)
    }

    private mutating func closeBucket() throws(CorpusError) {
        var slot = CorpusSlot()
        if !suffixes.isEmpty {
            precondition(suffixes.count <= shape.entriesPerPage, "a bucket larger than a page")
            if end.first + suffixes.count > shape.entriesPerPage {
                fillPage()
                end = CorpusSlot(page: end.page + 1)
            }
            slot = CorpusSlot(page: end.page, first: end.first, count: suffixes.count)
            for suffix in suffixes {
                for shift in stride(from: 8 * (shape.entryBytes - 1), through: 0, by: -8) {
                    data.bytes.append(UInt8(truncatingIfNeeded: suffix >> UInt64(shift)))
                }
            }
            end.first += suffixes.count
            entryCount += suffixes.count
            suffixes.removeAll(keepingCapacity: true)
        }
        index.bytes.append(number: slot.bits, bytes: CorpusLayout.slotBytes)
        bucket += 1
        if index.bytes.count >= Self.pieceBytes { try index.flush(to: &sink) }
        if data.bytes.count >= Self.pieceBytes { try data.flush(to: &sink) }
    }

    /// Zeroes to the end of the page.
    private mutating func fillPage() {
        let used = (data.offset - shape.dataStart + data.bytes.count) % CorpusLayout.pageBytes
        guard used > 0 else { return }
        data.bytes += repeatElement(0, count: CorpusLayout.pageBytes - used)
    }
}

/// How many bits of a key name its bucket, for a set of keys shown in ascending order.
package struct CorpusPrefix {
    /// Entries in the smallest page: with so many between two keys, they must be in different buckets.
    private static let span = CorpusLayout.pageBytes / 7
    /// Entries of a bucket on average: 300 bytes of them, so that little of a page stays empty.
    private static let bucketEntriesMax = 48

    private var recent = [UInt64](repeating: 0, count: span)
    private var neededBits = 0
    package private(set) var count = 0

    package init() {}

    package mutating func note(_ key: CorpusKey) {
        let place = count % CorpusPrefix.span
        if count >= CorpusPrefix.span {
            let common = (recent[place] ^ key.bits).leadingZeroBitCount
            neededBits = max(neededBits, common + 1)
        }
        recent[place] = key.bits
        count += 1
    }

    /// - Throws: when there are none, too many for the format, or too many that begin alike.
    package func bits() throws(CorpusError) -> Int {
        guard count > 0 else { throw .empty }
        guard count <= Int(UInt32.max) else {
            throw .tooMany("more than \(UInt32.max) entries")
        }
        let range = CorpusLayout.prefixBitsRange
        guard neededBits <= range.upperBound else {
            throw .tooMany(
                "more than \(CorpusPrefix.span) entries begin with the same \(range.upperBound) bits: "
                    + "these are no SHA-1 digests of passwords")
        }
        let wanted = range.first { count >> $0 <= CorpusPrefix.bucketEntriesMax }
        return max(neededBits, wanted ?? range.upperBound)
    }
}

/// A corpus in memory, with the digest left out: what it looks like before it is a file.
///
/// - Parameter keys: ascending, each once.
package func corpusImage(of keys: [CorpusKey]) throws(CorpusError) -> [UInt8] {
    var prefix = CorpusPrefix()
    for key in keys { prefix.note(key) }
    var packer = CorpusPacker(prefixBits: try prefix.bits(), to: MemorySink())
    for key in keys { try packer.add(key) }
    let layout = try packer.finish()
    var sink = packer.sink
    try sink.write(layout.header, at: 0)
    return sink.bytes
}

private struct MemorySink: CorpusSink {
    var bytes: [UInt8] = []

    mutating func write(_ piece: [UInt8], at offset: Int) throws(CorpusError) {
        let missing = offset + piece.count - bytes.count
        if missing > 0 { bytes += repeatElement(0, count: missing) }
        bytes.replaceSubrange(offset..<offset + piece.count, with: piece)
    }
}

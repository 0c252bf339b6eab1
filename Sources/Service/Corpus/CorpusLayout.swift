package import Passwords

/// How a corpus of breached passwords lies in its file: what one page of 4 096 bytes holds is found
/// by arithmetic from the key, so that a look-up touches one page of the index and one of the data.
///
/// An entry is a ``CorpusKey``, the first 64 bits of a SHA-1. Its first `prefixBits` bits name a
/// bucket; the index says where the bucket's entries are. They are kept without the whole bytes of
/// the key that the bucket already tells, ascending, big-endian, and never across two pages.
///
/// | bytes | |
/// |---|---|
/// | 0 ..< 8 | `LOQUETBC` |
/// | 8 ..< 12 | format version, 1 |
/// | 12 ..< 16 | prefix bits, 9 ... 26 |
/// | 16 ..< 24 | entries |
/// | 24 ..< 32 | data pages |
/// | 32 ..< 64 | SHA-256 of the whole file with zeroes in this place |
/// | 64 ..< 4096 | zeroes |
/// | then | the index, 8 bytes a bucket: data page (4), first entry in it (2), entries (2); all 0 if none |
/// | then | data pages; what no bucket claims is zero |
///
/// Numbers are little-endian, entries big-endian. The same entries always give the same file, so the
/// digest is the content's name too. A password that is not in the corpus is taken for one that is
/// with a probability of entries / 2⁶⁴: 1 in 10¹² for 20 million entries.
package struct CorpusLayout: Equatable, Sendable {
    package static let pageBytes = 4_096
    static let magic = Array("LOQUETBC".utf8)
    static let formatVersion: UInt32 = 1
    /// 2⁹ buckets fill one index page; 2²⁶ have an index of 512 MiB, enough for 4 thousand million
    /// entries.
    package static let prefixBitsRange = 9...26
    /// Bytes of one bucket in the index.
    static let slotBytes = 8
    /// Where the digest stands in the file.
    static let digestPlace = 32..<64

    package let prefixBits: Int
    /// 1 or more.
    package let entryCount: Int
    /// 1 or more.
    package let dataPageCount: Int

    /// Whole bytes of a key that its bucket tells.
    private var toldBytes: Int { prefixBits / 8 }
    /// 5 ... 7.
    package var entryBytes: Int { 8 - toldBytes }
    package var entriesPerPage: Int { CorpusLayout.pageBytes / entryBytes }
    package var bucketCount: Int { 1 << prefixBits }
    var indexStart: Int { CorpusLayout.pageBytes }
    var indexBytes: Int { bucketCount * CorpusLayout.slotBytes }
    var dataStart: Int { indexStart + indexBytes }
    /// The size of the whole file.
    package var fileBytes: Int { dataStart + dataPageCount * CorpusLayout.pageBytes }
    /// Of taking a password for one that is in the corpus.
    package var falsePositiveProbability: Double { Double(entryCount) / 0x1p64 }

    init(prefixBits: Int, entryCount: Int, dataPageCount: Int) {
        precondition(CorpusLayout.prefixBitsRange.contains(prefixBits))
        self.prefixBits = prefixBits
        self.entryCount = entryCount
        self.dataPageCount = dataPageCount
    }

    func bucket(of key: CorpusKey) -> Int {
        Int(truncatingIfNeeded: key.bits >> UInt64(64 - prefixBits))
    }

    /// What is stored of a key.
    func suffix(of key: CorpusKey) -> UInt64 {
        key.bits & (UInt64.max >> UInt64(8 * toldBytes))
    }

    /// The bytes of the index that a look-up reads.
    package func slotPlace(of key: CorpusKey) -> Range<Int> {
        let start = indexStart + bucket(of: key) * CorpusLayout.slotBytes
        return start..<start + CorpusLayout.slotBytes
    }

    /// The bytes that hold a bucket's entries.
    package func entriesPlace(_ slot: CorpusSlot) -> Range<Int> {
        let start =
            dataStart + slot.page * CorpusLayout.pageBytes + slot.first * entryBytes
        return start..<start + slot.count * entryBytes
    }
}

/// Where the entries of one bucket are.
package struct CorpusSlot: Equatable, Sendable {
    /// Counted from the first data page.
    package var page = 0
    /// The first entry, counted from the page's start.
    package var first = 0
    package var count = 0

    init(page: Int = 0, first: Int = 0, count: Int = 0) {
        (self.page, self.first, self.count) = (page, first, count)
    }

    init(bits: UInt64) {
        page = Int(UInt32(truncatingIfNeeded: bits))
        first = Int(UInt16(truncatingIfNeeded: bits >> 32))
        count = Int(UInt16(truncatingIfNeeded: bits >> 48))
    }

    var bits: UInt64 {
        UInt64(UInt32(page)) | UInt64(UInt16(first)) << 32 | UInt64(UInt16(count)) << 48
    }
}

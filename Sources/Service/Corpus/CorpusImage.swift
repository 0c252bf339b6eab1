package import Passwords

/// Reading a corpus from its bytes, wherever they are.
extension CorpusLayout {
    /// - Parameter header: the first page.
    package init(header: Span<UInt8>) throws(CorpusError) {
        guard header.count == CorpusLayout.pageBytes,
            CorpusLayout.magic.indices.allSatisfy({ header[$0] == CorpusLayout.magic[$0] })
        else { throw .notACorpus }
        let version = UInt32(truncatingIfNeeded: header.number(at: 8, bytes: 4))
        guard version == CorpusLayout.formatVersion else { throw .formatVersion(version) }
        let prefixBits = Int(header.number(at: 12, bytes: 4))
        guard CorpusLayout.prefixBitsRange.contains(prefixBits) else {
            throw .malformed("prefix bits out of range")
        }
        let entryCount = header.number(at: 16, bytes: 8)
        let dataPageCount = header.number(at: 24, bytes: 8)
        // A slot names a page with 32 bits, and no page is empty.
        guard (1...UInt64(UInt32.max)).contains(dataPageCount), entryCount >= dataPageCount,
            entryCount <= dataPageCount * UInt64(CorpusLayout.pageBytes)
        else { throw .malformed("impossible counts") }
        for index in CorpusLayout.digestPlace.upperBound..<header.count where header[index] != 0 {
            throw .malformed("something behind the header")
        }
        self.init(
            prefixBits: prefixBits, entryCount: Int(entryCount), dataPageCount: Int(dataPageCount))
    }

    /// The first page, with zeroes where the digest goes.
    var header: [UInt8] {
        var page = CorpusLayout.magic
        page.append(number: UInt64(CorpusLayout.formatVersion), bytes: 4)
        page.append(number: UInt64(prefixBits), bytes: 4)
        page.append(number: UInt64(entryCount), bytes: 8)
        page.append(number: UInt64(dataPageCount), bytes: 8)
        return page + [UInt8](repeating: 0, count: CorpusLayout.pageBytes - page.count)
    }

    /// - Parameter index: the file's part between header and data.
    func slot(_ bucket: Int, index: Span<UInt8>) -> CorpusSlot {
        CorpusSlot(bits: index.number(at: bucket * CorpusLayout.slotBytes, bytes: 8))
    }

    private func slot(_ bucket: Int, in file: Span<UInt8>) -> CorpusSlot {
        slot(bucket, index: file.extracting(indexStart..<dataStart))
    }

    package func slot(of key: CorpusKey, in file: Span<UInt8>) -> CorpusSlot {
        slot(bucket(of: key), in: file)
    }

    /// Whether a key is in the file. One page of the index is read, then one of the data.
    ///
    /// - Precondition: `file` passed ``check(_:)``.
    package func contains(_ key: CorpusKey, in file: Span<UInt8>) -> Bool {
        holds(key, file.extracting(entriesPlace(slot(of: key, in: file))))
    }

    /// Whether a key is among some entries.
    ///
    /// - Parameter entries: those of the key's bucket.
    func holds(_ key: CorpusKey, _ entries: Span<UInt8>) -> Bool {
        let wanted = suffix(of: key)
        var low = 0
        var high = entries.count / entryBytes
        while low < high {
            let middle = (low + high) / 2
            let entry = entries.bigEndian(at: middle * entryBytes, entryBytes)
            if entry == wanted { return true }
            if entry < wanted { low = middle + 1 } else { high = middle }
        }
        return false
    }

    /// That every bucket lies inside one page, after the one before it, and that nothing is missing:
    /// after this no look-up can leave the file. Reads the index alone.
    package func check(_ file: Span<UInt8>) throws(CorpusError) {
        guard file.count == fileBytes else {
            throw .size(bytes: file.count, expected: fileBytes)
        }
        try check(index: file.extracting(indexStart..<dataStart))
    }

    /// The same of the index, ``indexBytes`` long.
    func check(index: Span<UInt8>) throws(CorpusError) {
        var end = CorpusSlot()
        var total = 0
        for bucket in 0..<bucketCount {
            let slot = slot(bucket, index: index)
            if slot.count == 0 {
                guard slot == CorpusSlot() else { throw .malformed("an empty bucket with a place") }
                continue
            }
            let follows = slot.page == end.page && slot.first == end.first
            let opensPage = slot.page == end.page + 1 && slot.first == 0
            guard follows || (opensPage && total > 0),
                slot.first + slot.count <= entriesPerPage
            else { throw .malformed("a bucket out of place") }
            end = CorpusSlot(page: slot.page, first: slot.first + slot.count)
            total += slot.count
        }
        guard total == entryCount, end.page == dataPageCount - 1 else {
            throw .malformed("entries that no bucket has")
        }
    }

    /// That every bucket ascends and holds keys of its own only. Reads the whole file.
    ///
    /// - Precondition: `file` passed ``check(_:)``.
    package func checkOrder(_ file: Span<UInt8>) throws(CorpusError) {
        for bucket in 0..<bucketCount {
            let slot = slot(bucket, in: file)
            let start = entriesPlace(slot).lowerBound
            var last: UInt64?
            for index in 0..<slot.count {
                let entry = file.bigEndian(at: start + index * entryBytes, entryBytes)
                guard entry >> UInt64(64 - prefixBits) == overlap(bucket),
                    last.map({ $0 < entry }) ?? true
                else { throw .malformed("entries out of order") }
                last = entry
            }
        }
    }

    /// The bits of a bucket's number that its entries repeat, because only whole bytes are left out.
    private func overlap(_ bucket: Int) -> UInt64 {
        UInt64(bucket) & (1 << UInt64(prefixBits % 8) - 1)
    }
}

extension Span<UInt8> {
    /// Little-endian.
    @inline(__always)
    func number(at start: Int, bytes: Int) -> UInt64 {
        var number: UInt64 = 0
        for index in 0..<bytes { number |= UInt64(self[start + index]) << UInt64(8 * index) }
        return number
    }

    @inline(__always)
    func bigEndian(at start: Int, _ bytes: Int) -> UInt64 {
        var number: UInt64 = 0
        for index in 0..<bytes { number = number << 8 | UInt64(self[start + index]) }
        return number
    }
}

extension [UInt8] {
    /// Little-endian.
    mutating func append(number: UInt64, bytes: Int) {
        for index in 0..<bytes { append(UInt8(truncatingIfNeeded: number >> UInt64(8 * index))) }
    }
}

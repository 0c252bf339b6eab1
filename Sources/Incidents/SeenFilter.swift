/// Which of many things were seen, in a fixed number of bits (a Bloom filter with four bits for each).
///
/// What was seen is never called new. Of new things some are called seen: one in a billion when there
/// is room for 700 times as many bits as things, one in forty at eight bits each. So a count of new
/// things is exact while they are few, and a lower bound when they are very many.
struct SeenFilter: Sendable {
    private var words: [UInt64]

    /// - Parameter bits: a power of two, 64 or more.
    init(bits: Int) {
        precondition(bits >= 64 && bits & (bits - 1) == 0)
        words = [UInt64](repeating: 0, count: bits / 64)
    }

    /// - Returns: whether it is new.
    mutating func insert(_ key: UInt64) -> Bool {
        var isNew = false
        for (word, bit) in Places(key, words.count) where words[word] & bit == 0 {
            words[word] |= bit
            isNew = true
        }
        return isNew
    }

    func contains(_ key: UInt64) -> Bool {
        Places(key, words.count).allSatisfy { words[$0] & $1 != 0 }
    }

    mutating func removeAll() {
        for index in words.indices { words[index] = 0 }
    }

    /// The four places of a key.
    private struct Places: Sequence, IteratorProtocol {
        private var value: UInt64
        private let step: UInt64
        private let mask: UInt64
        private var left = 4

        init(_ key: UInt64, _ wordCount: Int) {
            value = mixed(key)
            step = mixed(value) | 1
            mask = UInt64(wordCount * 64 - 1)
        }

        mutating func next() -> (word: Int, bit: UInt64)? {
            guard left > 0 else { return nil }
            left -= 1
            defer { value &+= step }
            let place = value & mask
            return (Int(place >> 6), 1 << (place & 63))
        }
    }
}

/// Spreads every bit over all of them: the last step of the generator SplitMix64.
func mixed(_ value: UInt64) -> UInt64 {
    var value = value &+ 0x9E37_79B9_7F4A_7C15
    value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
    return value ^ value >> 31
}

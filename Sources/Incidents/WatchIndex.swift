import Accounts

/// Where the entries of a ``WatchTable`` stand: a hash table of 8 bytes a place, linearly probed,
/// never more than half full.
///
/// A place holds the low 32 bits of the key's hash above the number of the slot and 1, or 0.
struct WatchIndex: Sendable {
    private var places = [UInt64](repeating: 0, count: 16)
    private var count = 0

    private var mask: Int { places.count - 1 }

    /// - Parameter isIt: whether the slot's key is the one looked for.
    func slot(_ hash: UInt32, where isIt: (Int) -> Bool) -> Int? {
        var place = Int(hash) & mask
        while places[place] != 0 {
            let found = places[place]
            if UInt32(truncatingIfNeeded: found >> 32) == hash {
                let slot = Int(UInt32(truncatingIfNeeded: found)) - 1
                if isIt(slot) { return slot }
            }
            place = (place + 1) & mask
        }
        return nil
    }

    /// Notes a key that is not there yet.
    mutating func insert(_ hash: UInt32, slot: Int) {
        if (count + 1) * 2 > places.count { grow() }
        count += 1
        put(UInt64(hash) << 32 | UInt64(slot + 1))
    }

    /// Notes that the entry of a slot moved.
    mutating func move(_ hash: UInt32, from old: Int, to new: Int) {
        places[place(of: hash, old)] = UInt64(hash) << 32 | UInt64(new + 1)
    }

    mutating func remove(_ hash: UInt32, slot: Int) {
        var hole = place(of: hash, slot)
        count -= 1
        // Whoever was pushed on by what goes moves back, so that no search ends early.
        var next = (hole + 1) & mask
        while places[next] != 0 {
            let home = Int(places[next] >> 32) & mask
            if (next - home) & mask >= (next - hole) & mask {
                places[hole] = places[next]
                hole = next
            }
            next = (next + 1) & mask
        }
        places[hole] = 0
    }

    private func place(of hash: UInt32, _ slot: Int) -> Int {
        let wanted = UInt64(hash) << 32 | UInt64(slot + 1)
        var place = Int(hash) & mask
        while places[place] != wanted {
            precondition(places[place] != 0, "a slot that was never noted")
            place = (place + 1) & mask
        }
        return place
    }

    private mutating func put(_ entry: UInt64) {
        var place = Int(entry >> 32) & mask
        while places[place] != 0 { place = (place + 1) & mask }
        places[place] = entry
    }

    private mutating func grow() {
        let old = places
        places = [UInt64](repeating: 0, count: old.count * 2)
        for entry in old where entry != 0 { put(entry) }
    }
}

/// What a ``WatchTable`` finds things by.
protocol WatchKey: Hashable, Sendable {
    /// Spread over all bits. Nobody outside can choose two keys that agree in them.
    var watchHash: UInt32 { get }
}

extension OpaqueID: WatchKey {
    // Ids are random.
    var watchHash: UInt32 { UInt32(truncatingIfNeeded: mixed(bits)) }
}

extension PasswordTag: WatchKey {
    // Cut from a keyed digest.
    var watchHash: UInt32 { UInt32(truncatingIfNeeded: mixed(value)) }
}

extension SourcePrefix: WatchKey {
    // Strangers choose addresses, so this one has a secret of the process in it. It decides only
    // where a key is looked for, never what the table holds.
    var watchHash: UInt32 {
        var hasher = Hasher()
        hasher.combine(UInt64(truncatingIfNeeded: network.bits >> 64) ^ UInt64(length))
        hasher.combine(UInt64(truncatingIfNeeded: network.bits))
        return UInt32(truncatingIfNeeded: hasher.finalize())
    }
}

extension UInt64: WatchKey {
    // Made of an account's random bits.
    var watchHash: UInt32 { UInt32(truncatingIfNeeded: mixed(self)) }
}

/// What a detector follows, never more than `capacity` things: ``BoundedTable`` again, for values that
/// are looked at several times for each event.
///
/// A second table because generic code of another module is not compiled for our values, which made
/// the detectors five times slower. Here nothing is copied to be looked at, and an entry that must go
/// is handed out.
///
/// Entries stand in an array; a hand goes round it as on a clock. What the hand meets depends only on
/// the calls made, never on hash seeds: two nodes that see the same calls hold the same table.
struct WatchTable<Key: WatchKey, Value: Sendable>: Sendable {
    private struct Entry: Sendable {
        let key: Key
        let hash: UInt32
        var value: Value
    }

    /// At least 1.
    let capacity: Int
    private var index = WatchIndex()
    private var entries: [Entry] = []
    private var hand = 0

    init(capacity: Int) {
        precondition(capacity > 0)
        self.capacity = capacity
    }

    var count: Int { entries.count }
    var isFull: Bool { entries.count >= capacity }

    /// Where a key's entry stands until the next entry is removed.
    func slot(of key: Key) -> Int? {
        index.slot(key.watchHash) { entries[$0].key == key }
    }

    subscript(slot slot: Int) -> Value {
        _read { yield entries[slot].value }
        _modify { yield &entries[slot].value }
    }

    subscript(key: Key) -> Value? {
        guard let slot = slot(of: key) else { return nil }
        return entries[slot].value
    }

    /// Adds an entry for a key that has none. There must be room.
    ///
    /// - Returns: where it stands.
    mutating func add(_ value: Value, for key: Key) -> Int {
        precondition(!isFull, "room is made before adding")
        let hash = key.watchHash
        index.insert(hash, slot: entries.count)
        entries.append(Entry(key: key, hash: hash, value: value))
        return entries.count - 1
    }

    mutating func remove(_ key: Key) -> Value? {
        guard let slot = slot(of: key) else { return nil }
        return removeSlot(slot).value
    }

    /// Looks at the next `steps` entries and removes those that are dead. With two steps for each
    /// entry added, the dead never outnumber the living for long.
    mutating func sweep(steps: Int, removing isDead: (borrowing Value) -> Bool) {
        for _ in 0..<min(steps, entries.count) {
            if hand >= entries.count { hand = 0 }
            if isDead(entries[hand].value) { _ = removeSlot(hand) } else { hand += 1 }
        }
    }

    /// Looks at the next eight entries and takes out the one that matters least.
    ///
    /// - Parameter rank: how much an entry matters; `nil` keeps it whatever happens.
    /// - Returns: `nil` when all of them must be kept.
    mutating func takeLeast<Rank: Comparable>(
        by rank: (borrowing Value) -> Rank?
    ) -> (key: Key, value: Value)? {
        var least: (slot: Int, rank: Rank)?
        for _ in 0..<min(8, entries.count) {
            if hand >= entries.count { hand = 0 }
            if let rank = rank(entries[hand].value) {
                if let other = least, other.rank <= rank {} else { least = (hand, rank) }
            }
            hand += 1
        }
        guard let slot = least?.slot else { return nil }
        let entry = removeSlot(slot)
        return (entry.key, entry.value)
    }

    /// The last entry takes the free place.
    private mutating func removeSlot(_ slot: Int) -> Entry {
        let last = entries.count - 1
        index.remove(entries[slot].hash, slot: slot)
        if slot != last {
            index.move(entries[last].hash, from: last, to: slot)
            entries.swapAt(slot, last)
        }
        return entries.removeLast()
    }
}

/// A dictionary that never holds more than `capacity` entries and gets rid of dead ones a few at a
/// time, so that no single call pays for a clean-up of everything.
///
/// Entries also stand in an array; a hand goes round it as on a clock. What the hand meets depends
/// only on the calls made, never on hash seeds: two nodes that see the same calls hold the same
/// table.
package struct BoundedTable<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    /// At least 1.
    package let capacity: Int
    private var slots: [Key: Int] = [:]
    private var keys: [Key] = []
    private var values: [Value] = []
    private var hand = 0

    package init(capacity: Int) {
        precondition(capacity > 0)
        self.capacity = capacity
    }

    package var count: Int { keys.count }

    package subscript(key: Key) -> Value? {
        slots[key].map { values[$0] }
    }

    /// Whether ``set(_:for:)`` would succeed.
    package func hasRoom(for key: Key) -> Bool {
        count < capacity || slots[key] != nil
    }

    /// - Returns: `false`, having changed nothing, when the key is new and the table full.
    @discardableResult
    package mutating func set(_ value: Value, for key: Key) -> Bool {
        if let slot = slots[key] {
            values[slot] = value
            return true
        }
        guard count < capacity else { return false }
        slots[key] = keys.count
        keys.append(key)
        values.append(value)
        return true
    }

    /// Changes a value where it lies; `nil` when there is none.
    @discardableResult
    package mutating func change<Result>(
        _ key: Key, _ body: (inout Value) -> Result
    ) -> Result? {
        guard let slot = slots[key] else { return nil }
        return body(&values[slot])
    }

    package mutating func remove(_ key: Key) {
        guard let slot = slots[key] else { return }
        removeSlot(slot)
    }

    /// Looks at the next `steps` entries and removes those that are dead. With two steps for each
    /// entry added, the dead never outnumber the living for long.
    package mutating func sweep(steps: Int, removing isDead: (Value) -> Bool) {
        for _ in 0..<min(steps, count) {
            advanceHand()
            if isDead(values[hand]) {
                removeSlot(hand)
            } else {
                hand += 1
            }
        }
    }

    /// Looks at the next `candidates` entries and removes the one with the oldest age.
    ///
    /// - Parameter age: when the entry last mattered; `nil` keeps it whatever happens.
    /// - Returns: `false` when all of them must be kept.
    package mutating func removeStalest(
        of candidates: Int, age: (Value) -> Timestamp?
    ) -> Bool {
        var stalest: (slot: Int, age: Timestamp)?
        for _ in 0..<min(candidates, count) {
            advanceHand()
            if let age = age(values[hand]), stalest.map({ age < $0.age }) ?? true {
                stalest = (hand, age)
            }
            hand += 1
        }
        guard let stalest else { return false }
        removeSlot(stalest.slot)
        return true
    }

    private mutating func advanceHand() {
        if hand >= count { hand = 0 }
    }

    /// The last entry takes the free place.
    private mutating func removeSlot(_ slot: Int) {
        slots[keys[slot]] = nil
        keys.swapAt(slot, keys.count - 1)
        values.swapAt(slot, values.count - 1)
        keys.removeLast()
        values.removeLast()
        if slot < keys.count { slots[keys[slot]] = slot }
    }
}

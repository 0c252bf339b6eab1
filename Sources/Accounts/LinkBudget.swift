/// How many links one identifier may have sent: so many in an hour, whoever asks. Unknown identifiers
/// have one too, so that the refusals tell nothing.
///
/// It does not stand in the way of the owner who is locked out: it has nothing to do with failed
/// sign-ins, and a refused request is answered like any other.
package struct LinkBudget: Hashable, Sendable {
    /// Enough for somebody who looks in the wrong folder, too few to fill a mailbox.
    package static let linksMax = 5
    package static let window = Duration.hours(1)

    private var asked = AttemptStamps()

    package init() {}

    /// Counts a request, or does not when the hour's are spent.
    ///
    /// - Returns: whether a link may go out.
    package mutating func spend(at now: Timestamp) -> Bool {
        asked.settle(at: now, window: Self.window)
        guard asked.stamps.count < Self.linksMax else { return false }
        asked.record(at: now)
        return true
    }

    /// When nothing in it counts any more; `nil` when that is now.
    package var expiresAt: Timestamp? { asked.last.map { $0 + Self.window } }

    private static let formatVersion: UInt8 = 1

    /// A version byte, then eight bytes for each request, big-endian microseconds. At most 41 bytes.
    package var encoded: [UInt8] {
        asked.stamps.reduce(into: [Self.formatVersion]) { bytes, stamp in
            for shift in stride(from: 56, through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: stamp.microseconds >> Int64(shift)))
            }
        }
    }

    /// - Returns: `nil` for bytes that ``encoded`` never gives. A caller must then refuse: taking a
    ///   damaged row for an empty one would hand out a fresh budget.
    package init?(encoded bytes: [UInt8]) {
        guard bytes.first == Self.formatVersion, bytes.count % 8 == 1,
            bytes.count <= 1 + 8 * Self.linksMax
        else { return nil }
        var stamps: [Timestamp] = []
        for start in stride(from: 1, to: bytes.count, by: 8) {
            let microseconds = bytes[start..<start + 8].reduce(Int64(0)) { $0 << 8 | Int64($1) }
            let stamp = Timestamp(microseconds: microseconds)
            guard stamp.microseconds == microseconds else { return nil }
            stamps.append(stamp)
        }
        guard let asked = AttemptStamps(ordered: stamps) else { return nil }
        self.asked = asked
    }
}

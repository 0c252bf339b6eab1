package import Accounts

/// A UUID version 7 (RFC 9562 §5.7): 48 bits of milliseconds, then 74 random bits. With the
/// deployment's URI it is what consumers tell repeats by; time first keeps the event table's
/// index growing at one end.
package struct EventID: Hashable, Sendable {
    /// 16 bytes.
    package let bytes: [UInt8]

    /// - Parameters:
    ///   - time: 1970 or later.
    ///   - random: exactly 10 bytes, of which 74 bits are used.
    package init(at time: Timestamp, random: [UInt8]) {
        precondition(random.count == 10, "an event id takes 10 random bytes")
        let milliseconds = UInt64(max(0, time.milliseconds))
        var bytes = (0..<6).map { UInt8(truncatingIfNeeded: milliseconds >> UInt64(40 - 8 * $0)) }
        bytes += random
        bytes[6] = 0x70 | bytes[6] & 0x0F
        bytes[8] = 0x80 | bytes[8] & 0x3F
        self.bytes = bytes
    }

    /// Strict: lower-case hexadecimal with hyphens, version 7, variant of the RFC.
    package init?(parsing text: String) {
        let symbols = Array(text.utf8)
        guard symbols.count == 36 else { return nil }
        var nibbles: [UInt8] = []
        for (index, symbol) in symbols.enumerated() {
            switch (index, symbol) {
            case (8, 0x2D), (13, 0x2D), (18, 0x2D), (23, 0x2D): continue
            case (8, _), (13, _), (18, _), (23, _): return nil
            case (_, 0x30...0x39): nibbles.append(symbol - 0x30)
            case (_, 0x61...0x66): nibbles.append(symbol - 0x61 + 10)
            default: return nil
            }
        }
        let bytes = stride(from: 0, to: 32, by: 2).map { nibbles[$0] << 4 | nibbles[$0 + 1] }
        self.init(bytes: bytes)
    }

    /// - Returns: `nil` unless these are the 16 bytes of a version 7 UUID.
    package init?(bytes: [UInt8]) {
        guard bytes.count == 16, bytes[6] >> 4 == 7, bytes[8] >> 6 == 0b10 else { return nil }
        self.bytes = bytes
    }

    package var text: String {
        var text: [UInt8] = []
        for (index, byte) in bytes.enumerated() {
            if [4, 6, 8, 10].contains(index) { text.append(0x2D) }
            for nibble in [byte >> 4, byte & 15] {
                text.append(nibble < 10 ? 0x30 + nibble : 0x61 + nibble - 10)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The milliseconds in front, as a time.
    package var time: Timestamp {
        Timestamp(milliseconds: bytes[..<6].reduce(0) { $0 << 8 | Int64($1) })
    }
}

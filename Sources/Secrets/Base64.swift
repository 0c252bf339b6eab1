/// Base64 without padding (RFC 4648): tokens and ids are written in the URL alphabet of §5, the
/// fields of a PHC string in the standard one of §4.
package enum Base64 {
    package enum Alphabet: Sendable {
        /// RFC 4648 §4, `+` and `/`.
        case standard
        /// RFC 4648 §5, `-` and `_`.
        case url
    }

    package static func encode(_ bytes: Span<UInt8>, _ alphabet: Alphabet) -> String {
        let symbols = Array(symbols(alphabet))
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count * 4 + 2) / 3)
        var pending: UInt32 = 0
        var bits = 0
        for index in bytes.indices {
            pending = pending << 8 | UInt32(bytes[index])
            bits += 8
            while bits >= 6 {
                bits -= 6
                text.append(symbols[Int(pending >> UInt32(bits) & 63)])
            }
        }
        if bits > 0 { text.append(symbols[Int(pending << UInt32(6 - bits) & 63)]) }
        return String(decoding: text, as: UTF8.self)
    }

    package static func encode(_ bytes: [UInt8], _ alphabet: Alphabet) -> String {
        encode(bytes.span, alphabet)
    }

    /// Strict: no padding, no white space, no stray bits, so that one value has one spelling.
    ///
    /// - Returns: `nil` for anything that ``encode(_:_:)-([UInt8],_)`` does not write.
    package static func decode(_ text: some Sequence<UInt8>, _ alphabet: Alphabet) -> [UInt8]? {
        var values = [UInt8](repeating: 255, count: 256)
        for (value, symbol) in symbols(alphabet).enumerated() { values[Int(symbol)] = UInt8(value) }
        var bytes: [UInt8] = []
        var pending: UInt32 = 0
        var bits = 0
        for symbol in text {
            let value = values[Int(symbol)]
            guard value != 255 else { return nil }
            pending = (pending << 6 | UInt32(value)) & 0xFFFF
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: pending >> UInt32(bits)))
            }
        }
        guard bits < 6, pending & (1 << UInt32(bits) - 1) == 0 else { return nil }
        return bytes
    }

    private static func symbols(_ alphabet: Alphabet) -> some Collection<UInt8> {
        let common = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
        return switch alphabet {
        case .standard: (common + "+/").utf8
        case .url: (common + "-_").utf8
        }
    }
}

package import Passwords

/// One line of what a corpus is built from.
package enum CorpusLine {
    /// `SHA1` or `SHA1:COUNT`: 40 hexadecimal digits in either case, and how often the password was
    /// seen, 1 where it does not say. A carriage return at the end does not count.
    ///
    /// - Returns: `nil` for anything else.
    package static func digest(_ line: Span<UInt8>) -> (key: CorpusKey, seenCount: UInt64)? {
        var end = line.count
        if end > 0, line[end - 1] == 0x0D { end -= 1 }
        guard end >= 40 else { return nil }
        var bits: UInt64 = 0
        var wrong: UInt8 = 0
        for index in 0..<40 {
            let value = CorpusLine.digits[Int(line[index])]
            wrong |= value
            if index < 16 { bits = bits << 4 | UInt64(value & 15) }
        }
        guard wrong < 16 else { return nil }
        if end == 40 { return (CorpusKey(bits: bits), 1) }
        guard line[40] == UInt8(ascii: ":"), end > 41 else { return nil }
        var count: UInt64 = 0
        for index in 41..<end {
            let digit = line[index] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            let (tens, isOver) = count.multipliedReportingOverflow(by: 10)
            let (sum, isOverToo) = tens.addingReportingOverflow(UInt64(digit))
            guard !isOver, !isOverToo else { return nil }
            count = sum
        }
        return (CorpusKey(bits: bits), count)
    }

    /// A password as it stands. A carriage return at the end does not count.
    ///
    /// - Returns: `nil` for a line that no password can be: not UTF-8, too long, or empty.
    package static func password(_ line: Span<UInt8>) -> CorpusKey? {
        var end = line.count
        if end > 0, line[end - 1] == 0x0D { end -= 1 }
        guard end > 0 else { return nil }
        do {
            return try CorpusKey(ofUTF8: line.extracting(0..<end))
        } catch {
            return nil
        }
    }

    /// The value of a hexadecimal digit; 255 for what is none.
    private static let digits: [UInt8] = (0...255).map { (byte: UInt8) in
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: 255
        }
    }
}

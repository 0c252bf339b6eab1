import Secrets

/// Reading the fields of a stored hash: strictly, so that one value has one spelling.
enum HashText {
    /// What stands between the separators, empty ones too.
    static func fields(
        _ text: [UInt8], by separator: Unicode.Scalar
    ) -> [[UInt8]] {
        text.split(separator: UInt8(ascii: separator), omittingEmptySubsequences: false)
            .map(Array.init)
    }

    /// A number from 0 on without sign and leading zeros.
    ///
    /// - Returns: `nil` for anything else and for more than nine digits.
    static func number(_ digits: some Collection<UInt8>) -> Int? {
        guard (1...9).contains(digits.count),
            digits.count == 1 || digits.first != UInt8(ascii: "0")
        else { return nil }
        var value = 0
        for digit in digits {
            guard UInt8(ascii: "0")...UInt8(ascii: "9") ~= digit else { return nil }
            value = value * 10 + Int(digit - UInt8(ascii: "0"))
        }
        return value
    }

    /// `name=number`.
    static func number(_ field: [UInt8], named name: StaticString) -> Int? {
        let start = Array("\(name)=".utf8)
        guard field.starts(with: start) else { return nil }
        return number(field.dropFirst(start.count))
    }

    /// What Python's base64 writes: the standard alphabet, padded with `=` to a multiple of four.
    static func padded(_ text: [UInt8]) -> [UInt8]? {
        let digits = text.prefix { $0 != UInt8(ascii: "=") }
        let padding = text.count - digits.count
        guard text.count.isMultiple(of: 4), padding <= 2,
            text.suffix(padding).allSatisfy({ $0 == UInt8(ascii: "=") })
        else { return nil }
        return Base64.decode(digits, .standard)
    }

    /// What passlib writes: no padding, and `.` where base64 has `+`.
    static func dotted(_ text: [UInt8]) -> [UInt8]? {
        guard !text.contains(UInt8(ascii: "+")) else { return nil }
        return Base64.decode(
            text.map { $0 == UInt8(ascii: ".") ? UInt8(ascii: "+") : $0 }, .standard)
    }

    /// Whether these are digits of crypt(3)'s base 64: `./0-9A-Za-z`.
    static func isCryptText(_ text: some Sequence<UInt8>) -> Bool {
        text.allSatisfy { byte in
            switch byte {
            case 0x2E...0x39, 0x41...0x5A, 0x61...0x7A: true
            default: false
            }
        }
    }

    /// A salt that stands as text: visible ASCII, 1 ... 128 bytes.
    static func isPlainSalt(_ text: [UInt8]) -> Bool {
        (1...128).contains(text.count) && text.allSatisfy { (0x21...0x7E).contains($0) }
    }
}

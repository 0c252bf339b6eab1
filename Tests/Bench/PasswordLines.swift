import Foundation
import Passwords

/// A number that looks like any other, the same each time: the benches' data (SplitMix64).
func spread(_ number: UInt64) -> UInt64 {
    var z = number &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
}

/// What people's passwords look like: words with digits and signs, look-alikes, random ones, and one
/// in twenty that is not ASCII.
enum PasswordLines {
    private static let words = [
        "azerty", "soleil", "P@ssw0rd", "Marseille", "dragon", "Motdepasse", "juillet", "Hunter",
        "tournevis", "Bibliotheque", "quatorze", "Wonderland", "n3ptun3", "Grenadine",
    ].map { Array($0.utf8) }
    private static let foreign = [
        "é", "è", "ç", "É", "ü", "œ", "ñ", "€", "«", "я", "ж", "λ", "中", "e\u{301}",
    ].map { Array($0.utf8) }
    private static let signs = Array("!?.-_*#@+=".utf8)

    /// Line `number` without its line feed.
    static func append(_ number: Int, to bytes: inout [UInt8]) {
        var random = spread(UInt64(number))
        func take(_ count: Int) -> Int {
            let value = Int(random % UInt64(count))
            random /= UInt64(count)
            return value
        }
        let isForeign = number % 20 == 7
        if take(2) == 0 {
            for _ in 0..<6 + take(8) { bytes.append(UInt8(0x21 + take(94))) }
        } else {
            bytes += words[take(words.count)]
            if isForeign { bytes += foreign[take(foreign.count)] }
            bytes += String(take(10_000)).utf8
            bytes.append(signs[take(signs.count)])
            return
        }
        if isForeign { bytes += foreign[take(foreign.count)] }
    }

    static func write(_ count: Int, to path: String) throws {
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let file = FileHandle(forWritingAtPath: path)
        else { throw BenchError(text: "cannot write \(path)") }
        try write(count, to: file) { append($0, to: &$1) }
        try file.close()
    }

    /// `count` lines in large pieces.
    static func write(
        _ count: Int, to file: FileHandle, line: (Int, inout [UInt8]) throws -> Void
    ) throws {
        var piece: [UInt8] = []
        for number in 0..<count {
            try line(number, &piece)
            piece.append(0x0A)
            if piece.count > 1 << 18 || number == count - 1 {
                try file.write(contentsOf: piece)
                piece.removeAll(keepingCapacity: true)
            }
        }
    }
}

/// `SHA1:COUNT` lines in no order. One in a hundred is the digest of a line of the list.
enum CorpusLines {
    private static let digits = Array("0123456789ABCDEF".utf8)

    static func key(_ number: Int, of lines: Int) -> UInt64 {
        guard number % 100 == 0, number < lines else {
            return spread(UInt64(number) << 1 | 1 << 63)
        }
        var line: [UInt8] = []
        PasswordLines.append(number, to: &line)
        do {
            return try CorpusKey(ofUTF8: line.span).bits
        } catch {
            preconditionFailure("the bench's own lines are passwords")
        }
    }

    static func write(_ count: Int, of lines: Int, to file: FileHandle) throws {
        try PasswordLines.write(count, to: file) { number, bytes in
            let key = key(number, of: lines)
            for shift in stride(from: UInt64(60), through: 0, by: -4) {
                bytes.append(digits[Int(key >> shift & 15)])
            }
            // Nobody looks at the last 24 digits.
            bytes += repeatElement(digits[Int(key & 15)], count: 24)
            bytes.append(UInt8(ascii: ":"))
            bytes += String(number % 1_000 + 1).utf8
        }
    }
}

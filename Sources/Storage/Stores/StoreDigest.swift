package import Secrets

/// What a table holds, in a form that two databases can be compared by.
package struct StoreDigest: Equatable, Sendable {
    package let rowCount: Int64
    /// SHA-256 over the count and the sum of all rows' SHA-256 digests modulo 2^256. A sum, because
    /// databases sort text differently: the order of rows does not matter, their values do.
    package let digest: Digest

    /// The digest in hexadecimal.
    package var text: String { Hexadecimal.encode(digest.bytes) }
}

/// Adds rows up to a ``StoreDigest``. Finds accidents: whoever can choose rows freely could make two
/// sets of them with one sum.
struct RowSum {
    private(set) var rowCount: Int64 = 0
    /// Little-endian 64-bit words.
    private var words: [UInt64] = [0, 0, 0, 0]

    mutating func add(_ row: [SQLValue]) {
        let digest = Digest.sha256(of: Self.encoding(of: row)).bytes
        var carry: UInt64 = 0
        for index in words.indices {
            var word: UInt64 = 0
            for byte in digest[(index * 8)..<(index * 8 + 8)].reversed() {
                word = word << 8 | UInt64(byte)
            }
            let (partial, first) = words[index].addingReportingOverflow(word)
            let (sum, second) = partial.addingReportingOverflow(carry)
            words[index] = sum
            carry = first || second ? 1 : 0
        }
        rowCount += 1
    }

    var digest: StoreDigest {
        var message = bytes(of: UInt64(bitPattern: rowCount))
        for word in words { message += bytes(of: word) }
        return StoreDigest(rowCount: rowCount, digest: .sha256(of: message))
    }

    /// Each value as its kind, its length and its bytes, so that no two rows have one encoding.
    private static func encoding(of row: [SQLValue]) -> [UInt8] {
        var encoded: [UInt8] = []
        for value in row {
            switch value {
            case .null: encoded.append(0)
            case .integer(let number):
                encoded.append(1)
                encoded += bytes(of: UInt64(bitPattern: number))
            case .boolean(let truth): encoded += [2, truth ? 1 : 0]
            case .text(let text):
                encoded.append(3)
                encoded += bytes(of: UInt64(text.utf8.count))
                encoded += text.utf8
            case .bytes(let content):
                encoded.append(4)
                encoded += bytes(of: UInt64(content.count))
                encoded += content
            }
        }
        return encoded
    }
}

/// Big-endian.
private func bytes(of number: UInt64) -> [UInt8] {
    stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: number >> UInt64($0)) }
}

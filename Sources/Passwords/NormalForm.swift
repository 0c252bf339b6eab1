import Foundation
import Secrets

/// The one spelling of a text that is hashed, verified and compared: every space separator becomes
/// U+0020, then NFC. Nothing is trimmed, folded or collapsed.
///
/// Source: RFC 8265 §4.2 (OpaqueString), without its width and case mapping. NFC and not NFKC, as
/// in the final NIST SP 800-63B-4: NFKC makes different passwords equal.
enum NormalForm {
    static func of(_ text: String) -> String {
        var spaced = String.UnicodeScalarView()
        var isComposed = true
        for scalar in text.unicodeScalars {
            spaced.append(isSpaceSeparator(scalar) ? " " : scalar)
            isComposed = isComposed && scalar.value < firstMark
        }
        let text = String(spaced)
        return isComposed ? text : text.precomposedStringWithCanonicalMapping
    }

    /// U+0300 is the first scalar that NFC can join to another or replace.
    private static let firstMark: UInt32 = 0x300

    private static func isSpaceSeparator(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value < 0x1680 { return scalar.value == 0xA0 }
        return scalar.properties.generalCategory == .spaceSeparator
    }

    /// For comparing without case, the same for every locale: lower, upper and lower again, so that
    /// what shares a capital (`ς` and `σ`, `ß` and `SS`) ends as one text, then NFC once more,
    /// because case mapping can leave it where marks are involved. UTF-8, of a normal form.
    static func caseless(_ scalars: some Sequence<Unicode.Scalar>) -> [UInt8] {
        var folded: [UInt8] = []
        var hasMark = false
        for scalar in scalars {
            let value = Int(scalar.value)
            if value < caselessCommon.count, let single = caselessCommon[value] {
                folded.append(contentsOf: single.utf8)
                hasMark = hasMark || ScalarKind(of: single).contains(.mark)
            } else {
                for part in caselessComputed(scalar) {
                    folded.append(contentsOf: part.utf8)
                    hasMark = hasMark || ScalarKind(of: part).contains(.mark)
                }
            }
        }
        guard hasMark else { return folded }
        defer { wipe(&folded) }
        let text = String(decoding: folded, as: UTF8.self)
        return Array(text.precomposedStringWithCanonicalMapping.utf8)
    }

    /// U+0000…U+07FF without case where that is one scalar, for the same reason as
    /// ``ScalarKind/common``.
    private static let caselessCommon: [Unicode.Scalar?] = (0..<0x800).map { value in
        let folded = Unicode.Scalar(value).map(caselessComputed) ?? []
        return folded.count == 1 ? folded[0] : nil
    }

    private static func caselessComputed(_ scalar: Unicode.Scalar) -> [Unicode.Scalar] {
        var folded: [Unicode.Scalar] = []
        for lower in scalar.properties.lowercaseMapping.unicodeScalars {
            for upper in lower.properties.uppercaseMapping.unicodeScalars {
                folded += upper.properties.lowercaseMapping.unicodeScalars
            }
        }
        return folded
    }
}

/// A–Z become a–z; every other byte, also those of longer UTF-8 sequences, stays.
@inline(__always)
func asciiLowercase(_ byte: UInt8) -> UInt8 {
    byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte
}

@inline(__always)
func isASCIILetter(_ byte: UInt8) -> Bool {
    (byte | 0x20) &- UInt8(ascii: "a") < 26
}

extension BidirectionalCollection {
    /// Without the elements at both ends that do not satisfy `isKept`.
    func trimmed(toFirstAndLast isKept: (Element) -> Bool) -> SubSequence {
        guard let first = firstIndex(where: isKept), let last = lastIndex(where: isKept) else {
            return self[endIndex..<endIndex]
        }
        return self[first...last]
    }
}

extension Span<UInt8> {
    /// The same for bytes. ASCII only has one scalar a byte.
    func trimmed(toFirstAndLast isKept: (UInt8) -> Bool) -> Range<Int> {
        var first = 0
        var end = count
        while first < end, !isKept(self[first]) { first += 1 }
        while end > first, !isKept(self[end - 1]) { end -= 1 }
        return first..<end
    }

    var isASCII: Bool {
        var union: UInt8 = 0
        for index in indices { union |= self[index] }
        return union < 0x80
    }
}

import Secrets

/// Passwords too common to be one. A password is refused when it *is* a listed base, or is one with
/// digits and signs around it (`Azerty123!`) or with look-alikes in it (`P@ssw0rd`). A listed base
/// inside a longer password is no hit: four listed words in a row are a good password.
///
/// A look-up reads the password at most four times, however many look-alikes it has: `1` may stand
/// for `i` or `l` at each of its places, so look-alikes are compared as classes and never spelt out.
package struct Blocklist: Sendable {
    /// A place in the table. `count` 0 marks an empty one.
    private struct Slot {
        var hash: UInt64 = 0
        var start = 0
        var count = 0
    }

    /// Every base as caseless UTF-8, one after the other.
    private var text: [UInt8] = []
    /// Open addressing, a power of two, at most half full, so a miss ends at once.
    private var slots: [Slot]
    /// Bytes of the longest base: nothing longer is looked up.
    private var baseBytesMax = 0
    package private(set) var count = 0

    /// The list that ships, see ``CommonBases``.
    package static let builtIn = Blocklist(bases: CommonBases.all)

    /// - Parameter bases: words in any case; empty ones and repetitions are dropped.
    package init(bases: [String]) {
        var capacity = 16
        while capacity < bases.count * 2 { capacity *= 2 }
        slots = [Slot](repeating: Slot(), count: capacity)
        for base in bases {
            let inner = NormalForm.of(base).unicodeScalars.trimmed { $0 != " " }
            insert(NormalForm.caseless(inner))
        }
    }

    private mutating func insert(_ base: [UInt8]) {
        guard !base.isEmpty else { return }
        let hash = Blocklist.hash(base.span)
        var index = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[index].count > 0 {
            let slot = slots[index]
            if text[slot.start..<slot.start + slot.count].elementsEqual(base) { return }
            index = (index + 1) & (slots.count - 1)
        }
        slots[index] = Slot(hash: hash, start: text.count, count: base.count)
        text += base
        baseBytesMax = max(baseBytesMax, base.count)
        count += 1
    }

    /// Whether `password` is one of the bases or one of the context's words, by the rule above.
    func lists(_ password: borrowing Password, context: PasswordContext) -> Bool {
        let isASCII = password.isASCII
        return password.withBytes { bytes in
            isASCII ? lists(ascii: bytes, context) : lists(utf8: bytes, context)
        }
    }

    /// The short way: ASCII is folded while it is compared, so nothing is copied.
    func lists(ascii bytes: Span<UInt8>, _ context: PasswordContext) -> Bool {
        let whole = bytes.trimmed { $0 != UInt8(ascii: " ") }
        if matches(bytes.extracting(whole), context) { return true }
        let letters = bytes.trimmed(toFirstAndLast: isASCIILetter)
        return letters != whole && matches(bytes.extracting(letters), context)
    }

    /// - Parameter bytes: a normal form, so well-formed UTF-8.
    func lists(utf8 bytes: Span<UInt8>, _ context: PasswordContext) -> Bool {
        // This string is an unwiped copy: there is no other way to read scalars from bytes.
        let scalars = unsafe String(copying: UTF8Span(unchecked: bytes)).unicodeScalars
        if matches(caseless: scalars.trimmed { $0 != " " }, context) { return true }
        return matches(
            caseless: scalars.trimmed { ScalarKind(of: $0).contains(.letter) }, context)
    }

    private func matches(
        caseless scalars: Substring.UnicodeScalarView, _ context: PasswordContext
    ) -> Bool {
        var candidate = NormalForm.caseless(scalars)
        defer { wipe(&candidate) }
        return matches(candidate.span, context)
    }

    /// - Parameter candidate: UTF-8, caseless but for ASCII capitals. Empty never matches.
    private func matches(_ candidate: Span<UInt8>, _ context: PasswordContext) -> Bool {
        guard !candidate.isEmpty else { return false }
        for word in context.words where Blocklist.spells(candidate, word.span) { return true }
        guard candidate.count <= baseBytesMax else { return false }
        let hash = Blocklist.hash(candidate)
        var index = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[index].count > 0 {
            let slot = slots[index]
            if slot.hash == hash {
                let base = text.span.extracting(slot.start..<slot.start + slot.count)
                if Blocklist.spells(candidate, base) { return true }
            }
            index = (index + 1) & (slots.count - 1)
        }
        return false
    }

    /// Whether `candidate` is `base`, either as it stands or with every look-alike undone.
    private static func spells(_ candidate: Span<UInt8>, _ base: Span<UInt8>) -> Bool {
        guard candidate.count == base.count else { return false }
        var asItStands = true
        var undone = true
        for index in candidate.indices {
            let byte = asciiLowercase(candidate[index])
            asItStands = asItStands && byte == base[index]
            undone = undone && isUndone(byte, base[index])
            guard asItStands || undone else { return false }
        }
        return true
    }

    /// `@4→a 3→e 1→i|l 0→o $5→s 7→t`; everything else stands for itself.
    private static func isUndone(_ byte: UInt8, _ letter: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "1"): letter == UInt8(ascii: "i") || letter == UInt8(ascii: "l")
        default: letter == representative(byte)
        }
    }

    /// The letter that a look-alike stands for (`i` for `1`).
    private static func representative(_ byte: UInt8) -> UInt8 {
        switch byte {
        case UInt8(ascii: "@"), UInt8(ascii: "4"): UInt8(ascii: "a")
        case UInt8(ascii: "3"): UInt8(ascii: "e")
        case UInt8(ascii: "1"): UInt8(ascii: "i")
        case UInt8(ascii: "0"): UInt8(ascii: "o")
        case UInt8(ascii: "$"), UInt8(ascii: "5"): UInt8(ascii: "s")
        case UInt8(ascii: "7"): UInt8(ascii: "t")
        default: byte
        }
    }

    /// FNV-1a, 64 bits, over a spelling in which look-alikes, and also `i` and `l`, are one symbol:
    /// a password and every base it may spell share it. The list is ours, so nobody can aim at it.
    private static func hash(_ bytes: Span<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for index in bytes.indices {
            let symbol = representative(asciiLowercase(bytes[index]))
            hash ^= UInt64(symbol == UInt8(ascii: "l") ? UInt8(ascii: "i") : symbol)
            hash = hash &* 0x0000_0100_0000_01B3
        }
        // The low bits choose the slot; fold the better-mixed high ones into them.
        return hash ^ hash >> 32
    }
}

import HTTP
package import Passwords

extension Language {
    /// The language that an `Accept-Language` field asks for (RFC 9110 §12.5.4): the one with the
    /// highest weight, of equal ones the first named, English where none is.
    ///
    /// `fr-CA` asks for `fr`, as by lookup (RFC 4647 §3.4); a `*` stands for what is not named. An
    /// element that is no language range with a weight is passed over. A field that refuses every
    /// language is answered in English, which the RFC allows.
    package init(acceptLanguage field: String?) {
        self = .english
        guard let field else { return }
        var best: UInt16 = 0
        var star: UInt16 = 0
        var named: Set<Language> = []
        for element in field.utf8.split(separator: UInt8(ascii: ",")) {
            guard let range = LanguageRange(element) else { continue }
            guard range.primary != [UInt8(ascii: "*")] else {
                star = max(star, range.weight)
                continue
            }
            guard let language = Language(rawValue: String(decoding: range.primary, as: UTF8.self))
            else { continue }
            named.insert(language)
            if range.weight > best { (self, best) = (language, range.weight) }
        }
        guard star > best, let other = Language.allCases.first(where: { !named.contains($0) })
        else { return }
        self = other
    }

    init(_ request: Request) {
        self.init(acceptLanguage: request.header("Accept-Language"))
    }

    /// The fields of an answer whose text was chosen so.
    var headers: [(name: String, value: String)] {
        [(name: "Content-Language", value: rawValue), (name: "Vary", value: "Accept-Language")]
    }
}

/// `fr-CH;q=0.8`: the first subtag in lower case, and a thousand times the weight.
private struct LanguageRange {
    /// 1 ... 8 letters, or `*`.
    let primary: [UInt8]
    /// 0 ... 1 000.
    let weight: UInt16

    /// - Returns: `nil` for anything else.
    init?(_ element: Substring.UTF8View.SubSequence) {
        self.init(Array(element))
    }

    private init?(_ element: [UInt8]) {
        let parts = element.split(
            separator: UInt8(ascii: ";"), maxSplits: 1, omittingEmptySubsequences: false
        ).map { trimmed($0) }
        let subtags = parts[0].split(
            separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard let first = subtags.first, subtags.allSatisfy({ (1...8).contains($0.count) }),
            first.allSatisfy(isLetter) || (first.elementsEqual([UInt8(ascii: "*")])),
            subtags.dropFirst().joined().allSatisfy({ isLetter($0) || isDigit($0) })
        else { return nil }
        primary = first.map { $0 | 0x20 }
        guard parts.count > 1 else {
            weight = 1_000
            return
        }
        let pair = parts[1].split(
            separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
        guard pair.count == 2,
            pair[0].elementsEqual([UInt8(ascii: "q")])
                || pair[0].elementsEqual([UInt8(ascii: "Q")]),
            let weight = thousandths(pair[1])
        else { return nil }
        self.weight = weight
    }
}

/// `0`, `0.8`, `0.875`, `1`, `1.000` (RFC 9110 §12.4.2).
private func thousandths(_ text: ArraySlice<UInt8>) -> UInt16? {
    guard let whole = text.first, whole == UInt8(ascii: "0") || whole == UInt8(ascii: "1") else {
        return nil
    }
    var value = UInt16(whole - UInt8(ascii: "0")) * 1_000
    let rest = text.dropFirst()
    if rest.isEmpty { return value }
    guard rest.first == UInt8(ascii: "."), rest.count <= 4 else { return nil }
    var unit: UInt16 = 100
    for digit in rest.dropFirst() {
        guard isDigit(digit) else { return nil }
        value += UInt16(digit - UInt8(ascii: "0")) * unit
        unit /= 10
    }
    return value <= 1_000 ? value : nil
}

private func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let isText = { (byte: UInt8) in byte != 0x20 && byte != 0x09 }
    guard let first = bytes.firstIndex(where: isText), let last = bytes.lastIndex(where: isText)
    else { return [] }
    return bytes[first...last]
}

private func isLetter(_ byte: UInt8) -> Bool {
    (byte | 0x20) &- UInt8(ascii: "a") < 26
}

private func isDigit(_ byte: UInt8) -> Bool {
    byte &- UInt8(ascii: "0") < 10
}

/// The IPv4 or IPv6 address that a sign-in came from.
///
/// Kept as 128 bits, an IPv4 address as `::ffff:a.b.c.d` (RFC 4291 §2.5.5.2), which makes the two
/// spellings one value: a client cannot double its budget by writing one as the other.
package struct SourceAddress: Hashable, Sendable {
    package let bits: UInt128

    package init(bits: UInt128) { self.bits = bits }

    package var isIPv4: Bool { bits >> 32 == 0xFFFF }

    /// What one subscriber holds: the IPv4 address itself, or the IPv6 /64.
    package var narrow: SourcePrefix { SourcePrefix(self, length: isIPv4 ? 128 : 64) }

    /// What one site or small network holds: the IPv4 /24 or the IPv6 /48.
    package var wide: SourcePrefix { SourcePrefix(self, length: isIPv4 ? 120 : 48) }

    /// What one registry handed out: the /8 of either family, 512 of them in all.
    package var broad: SourcePrefix { SourcePrefix(self, length: isIPv4 ? 104 : 8) }

    /// Which narrow place of its wide network this is.
    package var placeInNetwork: UInt16 {
        isIPv4 ? UInt16(bits & 0xFF) : UInt16(truncatingIfNeeded: bits >> 64)
    }

    /// Strict. IPv4: four decimal numbers without leading zeros (`010` is 8 to some readers and 10
    /// to others). IPv6: RFC 4291 §2.2, `::` at most once and for at least one group, an IPv4 tail
    /// allowed; no zone (`%eth0`), no brackets, no prefix length, no port.
    package init?(parsing text: String) {
        self.init(parsing: Array(text.utf8)[...])
    }

    /// The same of UTF-8.
    package init?(parsing bytes: ArraySlice<UInt8>) {
        // The longest spelling: six groups of four and an IPv4 tail, 45 characters.
        guard bytes.count <= 45 else { return nil }
        let parsed: UInt128? =
            bytes.contains(UInt8(ascii: ":"))
            ? parseIPv6(Array(bytes)) : parseIPv4(bytes).map { 0xFFFF << 32 | UInt128($0) }
        guard let parsed else { return nil }
        bits = parsed
    }

    /// Dotted decimal, or RFC 5952: lower case, no leading zeros, the first of the longest runs
    /// of two or more zero groups as `::`.
    package var text: String {
        guard !isIPv4 else {
            return [24, 16, 8, 0].map { String(bits >> UInt128($0) & 255) }.joined(separator: ".")
        }
        let groups = (0..<8).map { UInt16(truncatingIfNeeded: bits >> UInt128(112 - 16 * $0)) }
        let texts = groups.map { String($0, radix: 16) }
        guard let run = longestZeroRun(groups) else { return texts.joined(separator: ":") }
        return texts[..<run.lowerBound].joined(separator: ":") + "::"
            + texts[run.upperBound...].joined(separator: ":")
    }
}

/// A network that an address belongs to: `203.0.113.0/24`, `2001:db8:1::/48`.
package struct SourcePrefix: Hashable, Sendable {
    /// The address with the host bits cleared.
    package let network: SourceAddress
    /// 0 … 128, counted on the 128-bit form: an IPv4 /24 is 120.
    package let length: UInt8

    /// - Parameter length: 0 … 128 on the 128-bit form.
    package init(_ address: SourceAddress, length: UInt8) {
        precondition(length <= 128)
        let mask: UInt128 = length == 0 ? 0 : .max << UInt128(128 - length)
        network = SourceAddress(bits: address.bits & mask)
        self.length = length
    }

    /// Every address of both families: `::/0`, since an IPv4 address is one of `::ffff:0:0/96` here.
    package static let everywhere = SourcePrefix(SourceAddress(bits: 0), length: 0)

    /// A whole address has no `/32` or `/128` behind it.
    package var text: String {
        if length == 128 { return network.text }
        return network.text + "/" + String(network.isIPv4 ? length - 96 : length)
    }

    package func contains(_ address: SourceAddress) -> Bool {
        SourcePrefix(address, length: length) == self
    }
}

private func parseIPv4(_ bytes: ArraySlice<UInt8>) -> UInt32? {
    var address: UInt32 = 0
    var dots = 0
    var number: UInt32?
    for byte in bytes {
        if byte == UInt8(ascii: "."), let part = number, dots < 3 {
            address = address << 8 | part
            dots += 1
            number = nil
        } else if (0x30...0x39).contains(byte), number != 0 {
            let next = (number ?? 0) * 10 + UInt32(byte - 0x30)
            guard next <= 255 else { return nil }
            number = next
        } else {
            return nil
        }
    }
    guard dots == 3, let number else { return nil }
    return address << 8 | number
}

private func parseIPv6(_ bytes: [UInt8]) -> UInt128? {
    let colon = UInt8(ascii: ":")
    let gap = zip(bytes.indices, bytes.indices.dropFirst()).first {
        bytes[$0] == colon && bytes[$1] == colon
    }
    guard let gap else {
        guard let groups = parseGroups(bytes[...], tailAllowed: true), groups.count == 8
        else { return nil }
        return joined(groups)
    }
    let head = bytes[..<gap.0]
    let tail = bytes[(gap.1 + 1)...]
    // A second `::`, or `:::`, leaves an empty group on one side, which parseGroups refuses.
    guard let before = head.isEmpty ? [] : parseGroups(head, tailAllowed: false),
        let after = tail.isEmpty ? [] : parseGroups(tail, tailAllowed: true),
        before.count + after.count <= 7
    else { return nil }
    let zeros = [UInt16](repeating: 0, count: 8 - before.count - after.count)
    return joined(before + zeros + after)
}

private func parseGroups(_ bytes: ArraySlice<UInt8>, tailAllowed: Bool) -> [UInt16]? {
    let parts = bytes.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    var groups: [UInt16] = []
    for (index, part) in parts.enumerated() {
        if tailAllowed, index == parts.count - 1, part.contains(UInt8(ascii: ".")) {
            guard let address = parseIPv4(part) else { return nil }
            groups += [UInt16(address >> 16), UInt16(truncatingIfNeeded: address)]
            continue
        }
        guard (1...4).contains(part.count), part.allSatisfy(isHexDigit),
            let group = UInt16(String(decoding: part, as: UTF8.self), radix: 16)
        else { return nil }
        groups.append(group)
    }
    return groups
}

private func isHexDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x46, 0x61...0x66: true
    default: false
    }
}

private func joined(_ groups: [UInt16]) -> UInt128 {
    groups.reduce(0) { $0 << 16 | UInt128($1) }
}

private func longestZeroRun(_ groups: [UInt16]) -> Range<Int>? {
    var longest: Range<Int>?
    var start = 0
    while start < groups.count {
        var end = start
        while end < groups.count, groups[end] == 0 { end += 1 }
        if end - start >= 2, end - start > (longest?.count ?? 0) { longest = start..<end }
        start = max(end, start + 1)
    }
    return longest
}

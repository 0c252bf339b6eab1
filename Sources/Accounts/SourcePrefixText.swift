extension SourcePrefix {
    /// A network as an operator writes it: an address alone, or an address and how many of its bits
    /// count, `203.0.113.0/24` or `2001:db8:1::/48`. Strict: no leading zeros, and no bits set behind
    /// the ones that count, because `203.0.113.7/24` may mean either.
    package init?(parsing text: String) {
        guard text.utf8.count <= 49 else { return nil }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let address = SourceAddress(parsing: String(parts[0]))
        else { return nil }
        // An IPv4 address written as IPv6 counts its bits as IPv6.
        let isIPv4 = !parts[0].contains(":")
        var length: UInt8 = 128
        if parts.count == 2 {
            let digits = parts[1].utf8
            guard (1...3).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }),
                digits.count == 1 || digits.first != UInt8(ascii: "0"),
                let bits = UInt8(String(parts[1])), bits <= (isIPv4 ? 32 : 128)
            else { return nil }
            length = isIPv4 ? bits + 96 : bits
        }
        self.init(address, length: length)
        guard network == address else { return nil }
    }
}

extension SourcePrefix {
    /// Strict: what ``text`` writes, and nothing else: an address, or a network with its length, no
    /// host bits.
    package init?(parsing text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let address = SourceAddress(parsing: String(parts[0]))
        else { return nil }
        var length: UInt8 = 128
        if parts.count == 2 {
            guard let number = UInt8(parts[1]), number < (address.isIPv4 ? 32 : 128) else {
                return nil
            }
            length = address.isIPv4 ? number + 96 : number
        }
        self.init(address, length: length)
        guard self.text.utf8.elementsEqual(text.utf8) else { return nil }
    }
}

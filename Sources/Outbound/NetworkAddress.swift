import Glibc

/// An IPv4 or IPv6 address that something is sent to.
///
/// Kept as 128 bits, an IPv4 address as `::ffff:a.b.c.d` (RFC 4291 §2.5.5.2): one host, one value.
package struct NetworkAddress: Hashable, Sendable {
    package let bits: UInt128

    /// - Parameter bytes: 16, in network order.
    init(bytes: [UInt8]) {
        precondition(bytes.count == 16, "an address has 16 bytes")
        self.init(bits: bytes.reduce(0) { $0 << 8 | UInt128($1) })
    }

    private init(bits: UInt128) { self.bits = bits }

    /// Strict: what inet_pton(3) takes, so four decimal numbers without leading zeros, or the groups
    /// of RFC 4291 §2.2; no zone, brackets, prefix length or port.
    package init?(parsing text: String) {
        // inet_pton stops at a NUL.
        guard !text.utf8.contains(0) else { return nil }
        var bytes = [UInt8](repeating: 0, count: 16)
        if unsafe inet_pton(AF_INET, text, &bytes) == 1 {
            self.init(bits: bytes[..<4].reduce(0xFFFF) { $0 << 8 | UInt128($1) })
            return
        }
        guard unsafe inet_pton(AF_INET6, text, &bytes) == 1 else { return nil }
        self.init(bytes: bytes)
    }

    package var isIPv4: Bool { bits >> 32 == 0xFFFF }

    /// Whether it is a host of the public Internet, by IANA's registries of special-purpose addresses.
    ///
    /// Refused: unspecified, loopback, private, link-local, shared (CGNAT, RFC 6598), unique local,
    /// multicast, documentation, benchmarking, reserved; and whatever carries an IPv4 address inside
    /// (IPv4-compatible, NAT64, 6to4, Teredo), because the address behind it is not seen here. A
    /// mapped IPv4 address is judged as that address.
    package var isPublic: Bool {
        if isIPv4 { return !Network.specialIPv4.contains { $0.contains(self) } }
        // The only block that is given out, RFC 4291 §2.4 and IANA's table of it.
        return bits >> 125 == 0b001 && !Network.specialIPv6.contains { $0.contains(self) }
    }
}

/// Addresses that begin alike: `10.0.0.0/8`, `fd00::/8`, or one address.
package struct Network: Hashable, Sendable {
    private let base: UInt128
    /// 0 … 128, on the 128-bit form.
    private let length: Int

    /// An address, with or without `/` and a length.
    ///
    /// - Returns: `nil` for anything else, and when bits behind the length are set: a slip of the pen
    ///   must not open more than was meant.
    package init?(parsing text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let address = NetworkAddress(parsing: String(first)) else {
            return nil
        }
        // `::ffff:0:0/96` must not be read as an IPv4 network of length 96.
        let isIPv4 = address.isIPv4 && !first.utf8.contains(UInt8(ascii: ":"))
        let lengthMax = isIPv4 ? 32 : 128
        var length = lengthMax
        if parts.count == 2 {
            let digits = parts[1].utf8
            guard (1...3).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }),
                let number = Int(parts[1]), number <= lengthMax
            else { return nil }
            length = number
        }
        self.init(address.bits, length: isIPv4 ? length + 96 : length)
        guard base == address.bits else { return nil }
    }

    private init(_ bits: UInt128, length: Int) {
        base = length == 0 ? 0 : bits & (.max << UInt128(128 - length))
        self.length = length
    }

    package func contains(_ address: NetworkAddress) -> Bool {
        Network(address.bits, length: length).base == base
    }

    // https://www.iana.org/assignments/iana-ipv4-special-registry, and multicast.
    fileprivate static let specialIPv4 = [
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
        "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",
    ].compactMap(Network.init(parsing:))

    // https://www.iana.org/assignments/iana-ipv6-special-registry, as far as it is inside 2000::/3:
    // protocol assignments with Teredo, documentation twice, 6to4.
    fileprivate static let specialIPv6 = [
        "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
    ].compactMap(Network.init(parsing:))
}

/// Which addresses may be connected to.
package struct AddressRule: Hashable, Sendable {
    /// Admitted although they are not public.
    private let exceptions: [Network]
    private let admitsPublic: Bool
    private let admitsAll: Bool

    /// Public addresses and the networks named.
    package init(publicAnd exceptions: [Network]) {
        self.exceptions = exceptions
        admitsPublic = true
        admitsAll = false
    }

    /// The networks named and nothing else.
    package init(only networks: [Network]) {
        exceptions = networks
        admitsPublic = false
        admitsAll = false
    }

    private init() {
        exceptions = []
        admitsPublic = true
        admitsAll = true
    }

    /// For hosts that only the configuration names, and that are meant to be inside.
    package static let everywhere = AddressRule()

    package func admits(_ address: NetworkAddress) -> Bool {
        admitsAll || (admitsPublic && address.isPublic)
            || exceptions.contains { $0.contains(address) }
    }
}

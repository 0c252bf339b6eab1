/// Why a URL is refused: what was expected, in words. Never the URL, which may hold a token.
package struct EndpointError: Error, Equatable, Sendable {
    package let expected: String

    init(_ expected: String) { self.expected = expected }
}

/// Where a webhook is posted to: `https://host[:port][/path][?query]`.
///
/// Stricter than RFC 3986, so that no two readers of it take another host: visible ASCII, a host in
/// lower case, no user name, no fragment, no number in a spelling of its own (`0x7f.1`).
package struct HTTPSEndpoint: Hashable, Sendable {
    /// As it was given.
    package let text: String
    package let place: HostAndPort

    /// 2 048 bytes: longer ones do not pass proxies.
    package static let bytesMax = 2_048

    package init(parsing text: String) throws(EndpointError) {
        let bytes = Array(text.utf8)
        guard bytes.count <= Self.bytesMax else {
            throw EndpointError("a URL of at most \(Self.bytesMax) bytes")
        }
        guard text.hasPrefix("https://") else { throw EndpointError("a URL that begins https://") }
        guard bytes.allSatisfy(isURLByte), areEscapesWhole(bytes) else {
            throw EndpointError("a URL in the ASCII that RFC 3986 allows, other bytes as %XX")
        }
        guard !bytes.contains(UInt8(ascii: "#")) else {
            throw EndpointError("a URL without a fragment (#…)")
        }
        let rest = bytes.dropFirst(8)
        let authority = rest.prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
        guard !authority.contains(UInt8(ascii: "@")) else {
            throw EndpointError("a URL without a user name; requests are signed")
        }
        place = try HostAndPort(authority, defaultPort: 443)
        self.text = text
    }
}

/// Where a broker listens: `amqps://[user@]host[:port][/vhost]`, or `amqp://` on this machine.
package struct AMQPEndpoint: Hashable, Sendable {
    package let place: HostAndPort
    package let isTLS: Bool
    /// `guest` when none is named.
    package let user: String
    /// `/` when none is named.
    package let vhost: String

    package static let bytesMax = 2_048

    /// Without a password: it belongs into a file that only the service reads.
    package init(parsing text: String) throws(EndpointError) {
        let bytes = Array(text.utf8)
        guard bytes.count <= Self.bytesMax, bytes.allSatisfy(isURLByte), areEscapesWhole(bytes)
        else { throw EndpointError("a URL of at most \(Self.bytesMax) bytes of ASCII") }
        isTLS = text.hasPrefix("amqps://")
        guard isTLS || text.hasPrefix("amqp://") else {
            throw EndpointError("a URL that begins amqps://, or amqp:// on this machine")
        }
        guard !bytes.contains(where: { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") }) else {
            throw EndpointError("a URL without parameters and fragment")
        }
        let rest = bytes.dropFirst(isTLS ? 8 : 7)
        let authority = rest.prefix { $0 != UInt8(ascii: "/") }
        let path = rest[authority.endIndex...].dropFirst()
        let parts = authority.split(
            separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        guard parts.count <= 2 else { throw EndpointError("at most one user name") }
        if parts.count == 2, parts[0].contains(UInt8(ascii: ":")) {
            throw EndpointError(
                "no password: keep it in the file that sinks.amqp.password_file names")
        }
        let name = parts.count == 2 ? unescaped(parts[0]) : "guest"
        let vhost = path.isEmpty ? "/" : unescaped(path)
        // AMQP's short strings: 255 bytes.
        guard let name, (1...255).contains(name.utf8.count), let vhost, vhost.utf8.count <= 255
        else { throw EndpointError("a user name and a vhost of at most 255 bytes of UTF-8") }
        place = try HostAndPort(parts[parts.count - 1], defaultPort: isTLS ? 5_671 : 5_672)
        guard isTLS || place.isThisMachine else {
            throw EndpointError("amqps:// unless the host is this machine")
        }
        user = name
        self.vhost = vhost
    }
}

/// A host name or address, and a port.
package struct HostAndPort: Hashable, Sendable {
    /// A name in lower case, an IPv4 address, or an IPv6 address without brackets.
    package let host: String
    /// 1 … 65 535.
    package let port: UInt16
    /// `nil` for a name.
    package let address: NetworkAddress?

    /// `auth.example.com:8443`, `[2001:db8::1]`
    package var text: String {
        let name = address.map { !$0.isIPv4 || host.contains(":") } ?? false ? "[\(host)]" : host
        return "\(name):\(port)"
    }

    package var isThisMachine: Bool {
        host == "localhost" || address.map { $0.bits == 1 || $0.bits >> 24 == 0xFFFF_7F } ?? false
    }

    init(_ authority: ArraySlice<UInt8>, defaultPort: UInt16) throws(EndpointError) {
        let hostBytes: ArraySlice<UInt8>
        let portBytes: ArraySlice<UInt8>
        if authority.first == UInt8(ascii: "[") {
            guard let end = authority.firstIndex(of: UInt8(ascii: "]")) else {
                throw EndpointError("an IPv6 address in brackets")
            }
            hostBytes = authority[..<end].dropFirst()
            portBytes = authority[(end + 1)...]
            let text = String(decoding: hostBytes, as: UTF8.self)
            guard text.contains(":"), let address = NetworkAddress(parsing: text) else {
                throw EndpointError("an IPv6 address in brackets")
            }
            host = text
            self.address = address
        } else {
            hostBytes = authority.prefix { $0 != UInt8(ascii: ":") }
            portBytes = authority[hostBytes.endIndex...]
            host = String(decoding: hostBytes, as: UTF8.self)
            address = NetworkAddress(parsing: host)
            guard address != nil || isHostName(hostBytes) else {
                throw EndpointError("a host name in lower-case letters, or an address")
            }
        }
        port = try portNumber(portBytes) ?? defaultPort
    }
}

/// `:8443`, or nothing.
private func portNumber(_ bytes: ArraySlice<UInt8>) throws(EndpointError) -> UInt16? {
    if bytes.isEmpty { return nil }
    let digits = bytes.dropFirst()
    guard bytes.first == UInt8(ascii: ":"), (1...5).contains(digits.count),
        digits.allSatisfy(isDigit), digits.first != UInt8(ascii: "0"),
        let port = UInt16(String(decoding: digits, as: UTF8.self))
    else { throw EndpointError("a port, 1 ... 65535, behind the host") }
    return port
}

/// Labels of 1 to 63 letters, digits, hyphens and underscores; the last begins with a letter, so that
/// no reader takes the name for a number.
private func isHostName(_ bytes: ArraySlice<UInt8>) -> Bool {
    let labels = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    let isLetter = { (byte: UInt8) in (0x61...0x7A).contains(byte) }
    guard bytes.count <= 253, let top = labels.last, let first = top.first, isLetter(first) else {
        return false
    }
    return labels.allSatisfy { label in
        (1...63).contains(label.count) && label.first != UInt8(ascii: "-")
            && label.last != UInt8(ascii: "-")
            && label.allSatisfy {
                isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
            }
    }
}

private func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

/// Unreserved, reserved or the percent sign, RFC 3986 §2.
private func isURLByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    default: "-._~:/?#[]@!$&'()*+,;=%".utf8.contains(byte)
    }
}

private func areEscapesWhole(_ bytes: [UInt8]) -> Bool {
    bytes.indices.allSatisfy { index in
        bytes[index] != UInt8(ascii: "%")
            || (index + 2 < bytes.count && hex(bytes[index + 1]) != nil
                && hex(bytes[index + 2]) != nil)
    }
}

private func hex(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x41 + 10
    case 0x61...0x66: byte - 0x61 + 10
    default: nil
    }
}

/// - Returns: `nil` when it is no UTF-8 without NUL.
private func unescaped(_ bytes: ArraySlice<UInt8>) -> String? {
    var output: [UInt8] = []
    var rest = bytes
    while let byte = rest.popFirst() {
        guard byte == UInt8(ascii: "%") else {
            output.append(byte)
            continue
        }
        guard let high = rest.popFirst().flatMap(hex), let low = rest.popFirst().flatMap(hex) else {
            return nil
        }
        output.append(high << 4 | low)
    }
    return output.contains(0) ? nil : String(validating: output, as: UTF8.self)
}

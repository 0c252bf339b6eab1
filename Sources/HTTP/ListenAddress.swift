import Glibc

/// A numeric address and a port to listen on. Names are refused: what a server binds must not
/// depend on a resolver.
package struct ListenAddress: Sendable, Equatable {
    /// An IPv4 or IPv6 address without brackets, as given.
    package let host: String
    /// 0 asks the system for any free port.
    package let port: UInt16

    var isIPv6: Bool { host.utf8.contains(UInt8(ascii: ":")) }

    /// - Parameter text: `127.0.0.1:8080`, `0.0.0.0:8080`, `[::1]:8080`; `[::]:8080` listens for
    ///   IPv4 as well.
    /// - Throws: `.badListenAddress`.
    package init(parsing text: String) throws(HTTPServerError) {
        guard let colon = text.lastIndex(of: ":") else { throw .badListenAddress(text) }
        let digits = text[text.index(after: colon)...]
        // UInt16 alone would also read "+80".
        guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = UInt16(digits)
        else { throw .badListenAddress(text) }
        var host = String(text[..<colon])
        var family = AF_INET
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = String(host.dropFirst().dropLast())
            family = AF_INET6
        }
        // inet_pton stops at a NUL, so a text with one would pass for its beginning.
        guard !host.utf8.contains(0), isNumeric(host, family) else {
            throw .badListenAddress(text)
        }
        self.host = host
        self.port = port
    }

    private init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// Whether only this machine reaches it.
    package var isLoopback: Bool { host.hasPrefix("127.") || host == "::1" }

    /// The same address with the port that the system chose.
    func with(port: UInt16) -> ListenAddress { ListenAddress(host: host, port: port) }
}

extension ListenAddress: CustomStringConvertible {
    package var description: String { isIPv6 ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

private func isNumeric(_ host: String, _ family: Int32) -> Bool {
    var address = in6_addr()
    return unsafe inet_pton(family, host, &address) == 1
}

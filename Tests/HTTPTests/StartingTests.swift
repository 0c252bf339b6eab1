import Glibc
import HTTP
import Testing

@Suite struct `A listen address` {
    @Test(arguments: [
        ("127.0.0.1:8080", "127.0.0.1", 8_080), ("0.0.0.0:0", "0.0.0.0", 0),
        ("[::1]:65535", "::1", 65_535), ("[::]:80", "::", 80),
    ])
    func `is an address and a port`(text: String, host: String, port: Int) throws {
        let address = try ListenAddress(parsing: text)
        #expect(address.host == host && Int(address.port) == port)
        #expect("\(address)" == text)
    }

    @Test(arguments: [
        "", ":", "8080", "127.0.0.1", "127.0.0.1:", ":8080", "127.0.0.1:65536", "127.0.0.1:-1",
        "127.0.0.1:+80", "127.0.0.1: 80", "127.0.0.1:80 ", "localhost:8080", "127.1:80",
        "256.0.0.1:80", "::1:8080", "[::1]", "[127.0.0.1]:80", "[::1:80", "127.0.0.1\0.x:80",
        "http://127.0.0.1:80",
    ])
    func `is nothing else`(text: String) {
        #expect(throws: HTTPServerError.badListenAddress(text)) {
            try ListenAddress(parsing: text)
        }
    }
}

@Suite struct `A server that cannot start` {
    private func start(_ address: ListenAddress) throws {
        _ = try HTTPServer(listen: address, handler: PeerNaming(), log: { _ in })
    }

    @Test func `says that its port is taken`() throws {
        let site = try Site()
        let address = try ListenAddress(parsing: "127.0.0.1:\(site.port)")
        #expect(throws: HTTPServerError.addressInUse(address)) { try start(address) }
        #expect("\(HTTPServerError.addressInUse(address))".contains("127.0.0.1:\(site.port)"))
    }

    @Test func `says that the address is not this machine's`() throws {
        // 192.0.2.0/24 is for documentation (RFC 5737).
        let address = try ListenAddress(parsing: "192.0.2.1:8080")
        let expected = HTTPServerError.cannotListen(address, code: EADDRNOTAVAIL)
        #expect(throws: expected) { try start(address) }
        #expect("\(expected)".contains("Cannot assign requested address"))
    }

    @Test func `says that so many connections need more files`() throws {
        let limits = HTTPLimits(connectionsMax: 1_000_000)
        var limit = rlimit()
        unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        guard limit.rlim_max < 1_000_256 else { return }
        let expected = HTTPServerError.tooFewFiles(
            needed: 1_000_256, available: Int(limit.rlim_max))
        #expect(throws: expected) { try Site(limits) }
    }

    @Test func `leaves its port free for the next try`() throws {
        let site = try Site()
        let port = site.port
        site.server.stop()
        try start(try ListenAddress(parsing: "127.0.0.1:\(port)"))
        try start(try ListenAddress(parsing: "127.0.0.1:\(port)"))
    }
}

@Suite struct `A server on IPv6` {
    @Test func `listens on a free port`() throws {
        let server = try HTTPServer(
            listen: ListenAddress(parsing: "[::1]:0"), handler: PeerNaming(), log: { _ in })
        #expect(server.port != 0)
    }

    @Test func `on every address serves IPv4 too, and names such clients as IPv4`() throws {
        let handler = PeerNaming()
        let server = try HTTPServer(
            listen: ListenAddress(parsing: "[::]:0"), handler: handler, log: { _ in })
        let client = try RawClient(port: server.port)
        client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(try client.answer()?.body == "127.0.0.1")
    }
}

/// Answers with the client's address.
private struct PeerNaming: RequestHandler {
    func reply(to request: Request) -> Reply {
        .now(Response(status: 200, body: Array(request.peer.utf8)))
    }

    func response(for refusal: HTTPRefusal) -> Response { Response(status: refusal.status) }

    func finished(_ request: FinishedRequest) {}
}

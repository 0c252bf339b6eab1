import Outbound
import Testing

@Suite struct `A webhook's URL` {
    @Test(
        arguments: [
            ("https://a.example.com", "a.example.com", 443, nil),
            ("https://a.example.com:8443/hook?x=%2F#", nil, 0, nil),
            ("https://a.example.com:8443/hook?x=%2F", "a.example.com", 8443, nil),
            ("https://203.0.113.7/", "203.0.113.7", 443, "203.0.113.7"),
            ("https://[2001:db8::1]:65535", "2001:db8::1", 65535, "2001:db8::1"),
            ("https://localhost?x", "localhost", 443, nil),
            ("https://xn--bcher-kva.example", "xn--bcher-kva.example", 443, nil),
            ("https://a_b.example:1/", "a_b.example", 1, nil),
        ] as [(String, String?, UInt16, String?)])
    func `names one host and port, to libcurl too`(
        text: String, host: String?, port: UInt16, address: String?
    ) throws {
        guard let host else {
            #expect(throws: EndpointError.self) { try HTTPSEndpoint(parsing: text) }
            return
        }
        let endpoint = try HTTPSEndpoint(parsing: text)
        #expect(endpoint.place.host == host)
        #expect(endpoint.place.port == port)
        #expect(endpoint.place.address == address.flatMap(NetworkAddress.init(parsing:)))
        #expect(endpoint.text == text)
        #expect(endpoint.isReadAlikeByLibcurl)
    }

    @Test(arguments: [
        "", "https", "https:", "https://", "https:///x", "http://a.example", "HTTPS://a.example",
        "https:/a.example", " https://a.example", "https://a.example ", "https://A.example",
        "https://a.example:", "https://a.example:0", "https://a.example:65536",
        "https://a.example:080", "https://a.example:8o", "https://u@a.example",
        "https://u:p@a.example", "https://a.example\\@b.example", "https://a.example#x",
        "https://a.example/%", "https://a.example/%4", "https://a.example/%zz",
        "https://a.example/\u{E9}", "https://a.example/\n", "https://a.example/a b",
        "https://-a.example", "https://a-.example", "https://a..example", "https://.example",
        "https://a.example.", "https://0x7f.1", "https://2130706433", "https://127.1",
        "https://a.1", "https://01.2.3.4", "https://1.2.3.4.5", "https://[::1", "https://::1",
        "https://[::1%25lo]", "https://[127.0.0.1]", "https://[::1]x",
        "https://a.example,b.example",
        "https://" + String(repeating: "a", count: 64) + ".example",
    ]) func `is refused when two readers might differ`(text: String) {
        #expect(throws: EndpointError.self) { try HTTPSEndpoint(parsing: text) }
    }

    @Test func `has 2 048 bytes at most`() throws {
        let stem = "https://a.example/"
        let longest = stem + String(repeating: "x", count: 2_048 - stem.utf8.count)
        #expect(try HTTPSEndpoint(parsing: longest).text.utf8.count == 2_048)
        #expect(throws: EndpointError.self) { try HTTPSEndpoint(parsing: longest + "x") }
    }

    @Test func `does not repeat itself in its refusal`() {
        let error = #expect(throws: EndpointError.self) {
            try HTTPSEndpoint(parsing: "http://a.example/the-token")
        }
        #expect(error?.expected.contains("token") == false)
    }
}

@Suite struct `A broker's URL` {
    @Test func `names host, port, user and vhost`() throws {
        let whole = try AMQPEndpoint(parsing: "amqps://lo%40quet@mq.example.com:5555/a%2Fb")
        #expect(whole.isTLS && whole.user == "lo@quet" && whole.vhost == "a/b")
        #expect(whole.place.text == "mq.example.com:5555")
        let short = try AMQPEndpoint(parsing: "amqps://mq.example.com")
        #expect(short.user == "guest" && short.vhost == "/" && short.place.port == 5_671)
        #expect(try AMQPEndpoint(parsing: "amqps://mq.example.com/").vhost == "/")
    }

    @Test(arguments: [
        "amqp://localhost", "amqp://127.0.0.1:1", "amqp://127.9.9.9", "amqp://[::1]:5672/x",
    ])
    func `may be without TLS on this machine`(text: String) throws {
        #expect(try !AMQPEndpoint(parsing: text).isTLS)
    }

    @Test(arguments: [
        "", "amqp://mq.example.com", "amqp://10.0.0.1", "amqp://128.0.0.1", "http://localhost",
        "amqps://", "amqps://u:p@mq.example.com", "amqps://u@v@mq.example.com",
        "amqps://@mq.example.com", "amqps://mq.example.com?heartbeat=1", "amqps://mq.example.com#x",
        "amqps://mq.example.com/%00", "amqps://mq.example.com/%ff", "amqps://mq.example.com/%",
        "amqps://MQ.example.com", "amqps://" + String(repeating: "u", count: 256) + "@a.example",
    ]) func `is nothing else`(text: String) {
        #expect(throws: EndpointError.self) { try AMQPEndpoint(parsing: text) }
    }
}

import HTTP
import Testing

@Suite struct `A client that is slow without end` {
    private static let limits = HTTPLimits(wholeRequest: .milliseconds(250))
    /// The deadline, one tenth of it between looks, and a busy machine.
    private static let borne = Duration.milliseconds(200)...Duration.seconds(4)

    @Test func `is cut off in the header fields`() throws {
        let site = try Site(Self.limits)
        let client = try site.client()
        client.send("GET / HTTP/1.1\r\nHost: h\r\nX: ")
        #expect(Self.borne.contains(try client.drip(UInt8(ascii: "a"))))
        #expect(site.handled == 0)
    }

    @Test func `is cut off in the request line`() throws {
        let client = try Site(Self.limits).client()
        #expect(Self.borne.contains(try client.drip(UInt8(ascii: "A"))))
    }

    @Test func `is cut off in the request line of a later request, after the idle limit`() throws {
        let limits = HTTPLimits(idle: .seconds(1), wholeRequest: .milliseconds(250))
        let client = try Site(limits).client()
        client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(try client.answer()?.status == 200)
        let duration = try client.drip(UInt8(ascii: "A"))
        #expect(duration > .milliseconds(900) && duration < .seconds(5))
    }

    @Test func `is cut off in the body`() throws {
        let site = try Site(Self.limits)
        let client = try site.client()
        client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 60000\r\n\r\n")
        #expect(Self.borne.contains(try client.drip(UInt8(ascii: "a"))))
        #expect(site.handled == 0)
        #expect(site.finished(1)?.first?.status == nil)
    }

    @Test func `is cut off in a chunked body that only grows`() throws {
        let site = try Site(HTTPLimits(bodyBytesMax: 10, wholeRequest: .milliseconds(250)))
        let client = try site.client()
        client.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nfffff\r\n")
        #expect(Self.borne.contains(try client.drip(UInt8(ascii: "a"))))
    }

    @Test func `is cut off in the body of a later request`() throws {
        let client = try Site(Self.limits).client()
        client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(try client.answer()?.status == 200)
        client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 60000\r\n\r\n")
        #expect(Self.borne.contains(try client.drip(UInt8(ascii: "a"))))
    }

    @Test func `is cut off when it says nothing`() throws {
        let site = try Site(Self.limits)
        #expect(try site.client().rest() == "")
    }

    @Test func `is cut off when it hardly reads its answer`() throws {
        let site = try Site(Self.limits) { _ in
            .now(Response(status: 200, body: [UInt8](repeating: 0x61, count: 32_000_000)))
        }
        let client = try site.client()
        client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(try client.receive(count: 10))
        let finished = try #require(site.finished(1)?.first)
        #expect(finished.status == 200 && !finished.isDelivered)
    }

    @Test func `is not cut off while its request is parked`() throws {
        let site = try Site.parking(Self.limits)
        let client = try site.client()
        client.send("GET /parked HTTP/1.1\r\nHost: h\r\n\r\n")
        let parked = try site.parked()
        // Four deadlines long, the client hears nothing and is not closed either.
        #expect(throws: RawClient.TimedOut.self) { try client.receive(atMost: 1_000) }
        parked.finish(with: Response(status: 204))
        #expect(try client.answer()?.status == 204)
    }
}

import Glibc
import HTTP
import Testing

@Suite struct `A server that stops` {
    @Test func `answers what is in flight first`() throws {
        let site = try Site.parking()
        let clients = try (0..<6).map { _ in try site.client() }
        for client in clients { client.send("GET /parked HTTP/1.1\r\nHost: h\r\n\r\n") }
        let parked = try clients.map { _ in try site.parked() }
        site.server.stopAccepting()
        #expect(!site.server.waitUntilIdle(atMost: .milliseconds(20)))
        for request in parked { request.finish(with: Response(status: 200)) }
        #expect(site.server.waitUntilIdle(atMost: .seconds(8)))
        site.server.stop()
        for client in clients {
            let answer = try #require(try client.answer())
            #expect(answer.status == 200 && answer.has("Connection: close"))
        }
    }

    @Test func `refuses new connections at once`() throws {
        let site = try Site()
        site.server.stopAccepting()
        let refused = #expect(throws: RawClient.Refused.self) { try site.client() }
        #expect(refused?.code == ECONNREFUSED)
    }

    @Test func `is idle when nothing was asked`() throws {
        #expect(try Site().server.waitUntilIdle(atMost: .zero))
    }

    @Test func `serves kept connections until then, and closes them`() throws {
        let site = try Site()
        let client = try site.client()
        client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        _ = try client.answer()
        site.server.stopAccepting()
        client.send("GET / HTTP/1.1\r\nHost: h\r\nX: y\r\n\r\n")
        let text = try client.rest()
        #expect(text.hasPrefix("HTTP/1.1 200 ") && text.contains("Connection: close\r\n"))
    }

    @Test func `takes parked requests back, and lets them be finished in vain`() throws {
        let site = try Site.parking()
        let client = try site.client()
        client.send("GET /parked HTTP/1.1\r\nHost: h\r\n\r\n")
        let parked = try site.parked()
        site.server.stop()
        parked.finish(with: Response(status: 200))
        let text = try client.rest()
        #expect(text.isEmpty || text.hasPrefix("HTTP/1.1 503 "))
        #expect(site.finished(1)?.count == 1)
    }

    @Test func `closes idle connections and may be stopped twice`() throws {
        let site = try Site()
        let client = try site.client()
        client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        _ = try client.answer()
        site.server.stop()
        site.server.stop()
        #expect(try client.rest() == "")
    }
}

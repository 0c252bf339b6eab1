import HTTP
import Testing

@Suite struct `The limit of a body` {
    private static let limits = HTTPLimits(bodyBytesMax: 1_000)

    private func post(_ count: Int) -> String {
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: \(count)\r\n\r\n"
            + String(repeating: "a", count: count)
    }

    private func chunked(_ count: Int) -> String {
        let tens = String(repeating: "a\r\naaaaaaaaaa\r\n", count: count / 10)
        let ones = String(repeating: "1\r\na\r\n", count: count % 10)
        return "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n\(tens)\(ones)"
            + "0\r\n\r\n"
    }

    @Test func `lets a body of exactly that size in`() throws {
        let client = try Site(Self.limits).client()
        client.send(post(1_000))
        #expect(try client.answer()?.status == 200)
        client.send(chunked(1_000))
        #expect(try client.answer()?.status == 200)
    }

    @Test func `refuses one byte more by its announced length, before reading it`() throws {
        let site = try Site(Self.limits)
        let head = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1001\r\n\r\n"
        let text = try site.exchange(head)
        #expect(text.hasPrefix("HTTP/1.1 413 ") && text.hasSuffix("refused: bodyTooLarge"))
        #expect(text.contains("Connection: close\r\n"))
        #expect(site.handled == 0)
    }

    @Test func `refuses one chunked byte more`() throws {
        let site = try Site(Self.limits)
        let text = try site.exchange(chunked(1_001))
        #expect(text.hasPrefix("HTTP/1.1 413 ") && text.hasSuffix("refused: bodyTooLarge"))
        #expect(site.handled == 0)
        #expect(site.finished(1)?.first?.requestBodyBytes == 1_001)
    }

    @Test func `refuses before asking a client that waits for 100`() throws {
        let text = try Site(Self.limits).exchange(
            "PUT / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 1001\r\n\r\n")
        #expect(text.hasPrefix("HTTP/1.1 413 "))
    }

    @Test(arguments: ["9223372036854775807", "18446744073709551616", "99999999999999999999999"])
    func `refuses lengths that no number holds`(length: String) throws {
        let site = try Site(Self.limits)
        let text = try site.exchange(
            "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: \(length)\r\n\r\n")
        #expect(text.contains(" 413 "))
        #expect(site.handled == 0)
    }

    @Test func `answers a client that sends its oversized body before it reads`() throws {
        let client = try Site(Self.limits).client()
        client.send(post(1_000_000))
        #expect(try client.answer()?.status == 413)
    }
}

@Suite struct `The limit of header fields` {
    private static let limits = HTTPLimits(headerBytesMax: 4_096)

    private func get(totalBytes: Int) -> String {
        let head = "GET / HTTP/1.1\r\nHost: h\r\nX: "
        return head + String(repeating: "a", count: totalBytes - head.utf8.count - 4) + "\r\n\r\n"
    }

    @Test func `lets a head of exactly that size in`() throws {
        let client = try Site(Self.limits).client()
        client.send(get(totalBytes: 4_096))
        #expect(try client.answer()?.status == 200)
    }

    @Test func `refuses one byte more`() throws {
        let site = try Site(Self.limits)
        let text = try site.exchange(get(totalBytes: 4_097))
        #expect(text.hasPrefix("HTTP/1.1 431 ") && text.hasSuffix("refused: headersTooLarge"))
        #expect(site.handled == 0)
    }

    @Test func `refuses fields and targets that never end`() throws {
        let site = try Site(Self.limits)
        #expect(try site.exchange(get(totalBytes: 100_000)).contains(" 431 "))
        let target = String(repeating: "a", count: 100_000)
        let text = try site.exchange("GET /\(target) HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(text.contains(" 414 "))
        #expect(site.handled == 0)
    }

    @Test func `holds for the default of 8 KiB too`() throws {
        let site = try Site()
        let client = try site.client()
        client.send(get(totalBytes: 8_192))
        #expect(try client.answer()?.status == 200)
        #expect(try site.exchange(get(totalBytes: 8_193)).contains(" 431 "))
    }
}

@Suite struct `The limit of connections from one address` {
    @Test func `closes the first one over it and keeps the others`() throws {
        let site = try Site(HTTPLimits(connectionsPerAddressMax: 2))
        let clients = [try site.client(), try site.client()]
        for client in clients {
            client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
            #expect(try client.answer()?.status == 200)
        }
        #expect(try site.client().rest() == "")
        clients[0].send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(try clients[0].answer()?.status == 200)
    }
}

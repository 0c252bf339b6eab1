import HTTP
import Testing
import Threads

@Suite struct `A request` {
    @Test func `reaches the handler with its method, path and query as sent`() throws {
        let client = try Site().client()
        client.send("GET /a%2fb/%41?x=%20&y HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(try client.answer()?.body == "GET /a%2fb/%41?x=%20&y ")
    }

    @Test(arguments: ["DELETE", "HEAD", "OPTIONS", "PATCH", "PUT", "BREW"])
    func `reaches the handler whatever its method`(method: String) throws {
        let site = try Site()
        let text = try site.exchange("\(method) / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
        #expect(text.hasPrefix("HTTP/1.1 200 "))
        #expect(site.handled == 1)
    }

    @Test func `carries its headers, whatever their case`() throws {
        let site = try Site { request in
            let values = ["authorization", "X-EMPTY", "missing"].map { request.header($0) ?? "-" }
            return .now(Response(status: 200, body: Array(values.joined(separator: "|").utf8)))
        }
        let client = try site.client()
        client.send("GET / HTTP/1.1\r\nHost: h\r\nAUTHORIZATION: Bearer a b  \r\nx-empty: \r\n\r\n")
        #expect(try client.answer()?.body == "Bearer a b||-")
    }

    @Test func `without a space after its colons is the same`() throws {
        let client = try Site().client()
        client.send("POST / HTTP/1.1\r\nHost:h\r\nContent-Length:3\r\n\r\nabc")
        #expect(try client.answer()?.body == "POST / abc")
    }

    @Test func `knows who sent it`() throws {
        let site = try Site { .now(Response(status: 200, body: Array($0.peer.utf8))) }
        let client = try site.client()
        client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(try client.answer()?.body == "127.0.0.1")
    }

    @Test func `carries a body of announced length`() throws {
        let client = try Site().client()
        client.send("POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello")
        #expect(try client.answer()?.body == "POST /p hello")
    }

    @Test func `carries a chunked body put together`() throws {
        let client = try Site().client()
        client.send("POST /p HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: Chunked\r\n\r\n")
        client.send("3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n")
        #expect(try client.answer()?.body == "POST /p hello")
    }

    @Test func `carries a body that came byte by byte`() throws {
        let client = try Site().client()
        for byte in "POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello".utf8 {
            client.send([byte])
        }
        #expect(try client.answer()?.body == "POST /p hello")
    }

    @Test func `that expects 100 gets it before its body`() throws {
        let client = try Site().client()
        client.send(
            "PUT / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
        #expect(try client.answer()?.status == 100)
        client.send("ok")
        #expect(try client.answer()?.body == "PUT / ok")
    }

    @Test func `is followed by others on the same connection`() throws {
        let site = try Site()
        let client = try site.client()
        for number in 1...5 {
            client.send("GET /\(number) HTTP/1.1\r\nHost: h\r\n\r\n")
            #expect(try client.answer()?.body == "GET /\(number) ")
        }
        #expect(site.handled == 5)
    }

    @Test func `may be sent before the answer to the one before, and is answered in order`() throws
    {
        let client = try Site().client()
        let requests = (1...20).map { number in
            "POST /\(number) HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nab"
        }
        client.send(requests.joined())
        for number in 1...20 {
            #expect(try client.answer()?.body == "POST /\(number) ab")
        }
    }

    @Test func `is reported when it is finished`() throws {
        let site = try Site()
        let client = try site.client()
        client.send("POST /p?secret HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc")
        _ = try client.answer()
        let report = try #require(site.finished(1)?.first)
        #expect(report.method == "POST" && report.path == "/p" && report.peer == "127.0.0.1")
        #expect(report.status == 200 && report.isDelivered)
        #expect(report.requestBodyBytes == 3)
        #expect(report.responseBodyBytes == "POST /p?secret abc".utf8.count)
        #expect(report.duration > .zero)
    }
}

@Suite struct `An answer` {
    @Test func `carries its headers and names no software`() throws {
        let site = try Site { _ in
            .now(
                Response(status: 201, headers: [("Location", "/x"), ("Cache-Control", "no-store")]))
        }
        let client = try site.client()
        client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        let answer = try #require(try client.answer())
        #expect(answer.status == 201)
        #expect(answer.has("Location: /x") && answer.has("Cache-Control: no-store"))
        #expect(answer.has("Content-Length: 0"))
        #expect(!answer.headers.contains { $0.lowercased().hasPrefix("server:") })
    }

    @Test func `closes its connection when it says so`() throws {
        let site = try Site { _ in .now(Response(status: 200, closes: true)) }
        let text = try site.exchange("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(text.contains("Connection: close\r\n"))
    }

    @Test func `to HEAD has the length of a body and no body`() throws {
        let site = try Site()
        let text = try site.exchange("HEAD / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
        #expect(text.contains("Content-Length: 7\r\n"))
        #expect(text.hasSuffix("\r\n\r\n"))
    }

    @Test func `of 1 MiB arrives whole`() throws {
        let site = try Site { _ in
            .now(Response(status: 200, body: [UInt8](repeating: 0x61, count: 1_048_576)))
        }
        let client = try site.client()
        client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(try client.answer()?.body.utf8.count == 1_048_576)
    }

    @Test func `with a line end in a header stops the process`() async {
        await #expect(processExitsWith: .failure) {
            _ = Response(status: 200, headers: [("Location", "/a\r\nSet-Cookie: b")])
        }
    }
}

import HTTP
import Testing

/// A request that two servers could read differently, by what is wrong with it.
struct Ambiguity: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let bytes: [UInt8]

    init(_ what: String, _ text: String) {
        testDescription = what
        bytes = Array(text.utf8)
    }

    /// Each would be executed, or waited for, by libmicrohttpd 0.9.75 in its strict mode, or is
    /// refused by it; a second request is appended where one could be smuggled.
    static let all = [
        Ambiguity(
            "both lengths",
            "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n"),
        Ambiguity(
            "both lengths, the other way round",
            "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n"
                + "0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n"),
        Ambiguity(
            "two lengths that differ", post("Content-Length: 3\r\nContent-Length: 5", "abcde")),
        Ambiguity("two lengths that agree", post("Content-Length: 3\r\nContent-Length: 3", "abc")),
        Ambiguity("two hosts", get("Host: g")),
        Ambiguity("no host", "GET / HTTP/1.1\r\nAccept: a\r\n\r\n"),
        Ambiguity("an unknown coding", post("Transfer-Encoding: xchunked", "0\r\n\r\n")),
        Ambiguity("two codings", post("Transfer-Encoding: gzip, chunked", "0\r\n\r\n")),
        Ambiguity("the identity coding", post("Transfer-Encoding: identity", "abc")),
        Ambiguity(
            "chunked twice", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "")),
        Ambiguity(
            "a coding in HTTP/1.0",
            "POST / HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        Ambiguity("bare line feeds", "GET / HTTP/1.1\nHost: h\nAccept: a\n\n"),
        Ambiguity("one bare line feed", "GET / HTTP/1.1\r\nHost: h\nAccept: a\r\n\r\n"),
        Ambiguity("an empty name", get(": value")),
        Ambiguity("a folded line", get("X: a\r\n b")),
        Ambiguity("a folded line that forges a name", get("Author: a\r\n ization: b")),
        Ambiguity("a space before the colon", post("Content-Length : 3", "abc")),
        Ambiguity("a space inside a name", get("X Y: a")),
        Ambiguity("a NUL in a value", get("X: a\u{0}b")),
        Ambiguity("a NUL in a name", get("X\u{0}Y: a")),
        Ambiguity("a NUL in the target", "GET /a\u{0}b HTTP/1.1\r\nHost: h\r\n\r\n"),
        Ambiguity("an escaped NUL in the target", "GET /a%00b HTTP/1.1\r\nHost: h\r\n\r\n"),
        Ambiguity("a control byte in the target", "GET /a\u{1}b HTTP/1.1\r\nHost: h\r\n\r\n"),
        Ambiguity("a byte over ASCII in the target", "GET /é HTTP/1.1\r\nHost: h\r\n\r\n"),
        Ambiguity("a carriage return in a value", get("X: a\rb")),
        Ambiguity("a control byte in a value", get("X: a\u{8}b")),
        Ambiguity("a length with a plus", post("Content-Length: +3", "abc")),
        Ambiguity("a negative length", post("Content-Length: -1", "")),
        Ambiguity("a list of lengths", post("Content-Length: 3, 3", "abc")),
        Ambiguity("a length in hexadecimal", post("Content-Length: 0x3", "abc")),
        Ambiguity("an empty length", post("Content-Length: ", "")),
        Ambiguity("no colon", get("X")),
        Ambiguity("two spaces after a colon", get("X:  a")),
        Ambiguity("a space after a length", post("Content-Length: 3 ", "abc")),
        Ambiguity("a space after a coding", post("Transfer-Encoding: chunked ", "0\r\n\r\n")),
    ]

    private static func get(_ fields: String) -> String {
        "GET / HTTP/1.1\r\nHost: h\r\n\(fields)\r\n\r\n"
    }

    private static func post(_ fields: String, _ body: String) -> String {
        "POST / HTTP/1.1\r\nHost: h\r\n\(fields)\r\n\r\n\(body)"
    }
}

@Suite struct `An ambiguous request` {
    @Test(arguments: Ambiguity.all)
    func `is refused at once and ends its connection`(row: Ambiguity) throws {
        // The limits are far longer than the client waits: nothing here ends by running out.
        let site = try Site()
        let text = try site.exchange(row.bytes)
        #expect(text.hasPrefix("HTTP/1.1 400 ") || text.hasPrefix("HTTP/1.0 400 "))
        #expect(!text.contains(" 200 "))
        #expect(site.handled == 0)
    }

    @Test func `is answered in the words of the handler`() throws {
        let client = try Site().client()
        client.send("GET / HTTP/1.1\r\nHost: h\r\nHost: g\r\n\r\n")
        let answer = try #require(try client.answer())
        #expect(answer.body == "refused: malformedFraming")
        #expect(answer.has("Content-Type: application/problem+json"))
        #expect(answer.has("Connection: close"))
    }

    @Test func `is reported without what cannot be believed of it`() throws {
        let site = try Site()
        _ = try site.exchange("GET /x HTTP/1.1\r\nHost: h\r\nHost: g\r\n\r\n")
        let report = try #require(site.finished(1)?.first)
        #expect(report.method == "" && report.path == "" && report.status == 400)
    }
}

@Suite struct `Another protocol` {
    @Test func `HTTP/2 by prior knowledge is refused with 505`() throws {
        let text = try Site().exchange("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        #expect(text.contains(" 505 "))
    }

    @Test func `a TLS handshake on a plain port is refused`() throws {
        let site = try Site()
        let hello: [UInt8] = [0x16, 0x03, 0x01, 0x00, 0x04, 0x01, 0x0d, 0x0a, 0x0d, 0x0a]
        _ = try site.exchange(hello)
        #expect(site.handled == 0)
    }
}

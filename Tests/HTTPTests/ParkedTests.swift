import HTTP
import Testing
import Threads

@Suite struct `A parked request` {
    @Test func `is answered by any thread`() throws {
        let site = try Site.parking()
        let client = try site.client()
        client.send("POST /parked HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc")
        let parked = try site.parked()
        let lane = NamedThread("lane") {
            parked.finish(with: Response(status: 200, body: Array("late".utf8)))
        }
        lane.join()
        #expect(try client.answer()?.body == "late")
    }

    @Test func `may be finished before the handler returns`() throws {
        let site = try Site { request in
            .parked { $0.finish(with: echo(request)) }
        }
        let client = try site.client()
        for _ in 1...100 {
            client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
            #expect(try client.answer()?.body == "GET / ")
        }
    }

    @Test func `does not hold up other connections of its thread`() throws {
        let site = try Site.parking()
        let waiting = try (0..<8).map { _ in try site.client() }
        for client in waiting { client.send("GET /parked HTTP/1.1\r\nHost: h\r\n\r\n") }
        let parked = try waiting.map { _ in try site.parked() }
        let other = try site.client()
        other.send("GET /quick HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(try other.answer()?.body == "GET /quick ")
        for request in parked { request.finish(with: Response(status: 204)) }
        for client in waiting { #expect(try client.answer()?.status == 204) }
    }

    @Test func `keeps its place between pipelined ones`() throws {
        let site = try Site.parking()
        let client = try site.client()
        client.send(
            "GET /1 HTTP/1.1\r\nHost: h\r\n\r\n"
                + "POST /parked HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nab"
                + "GET /parked HTTP/1.1\r\nHost: h\r\n\r\n"
                + "GET /4 HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(try client.answer()?.body == "GET /1 ")
        for text in ["second", "third"] {
            try site.parked().finish(with: Response(status: 200, body: Array(text.utf8)))
            #expect(try client.answer()?.body == text)
        }
        #expect(try client.answer()?.body == "GET /4 ")
    }

    @Test func `whose client has gone is finished in vain and in peace`() throws {
        let site = try Site.parking()
        for _ in 1...20 {
            let client = try site.client()
            client.send("GET /parked HTTP/1.1\r\nHost: h\r\n\r\n")
            let parked = try site.parked()
            client.close()
            parked.finish(with: Response(status: 200))
        }
        #expect(site.finished(20)?.count == 20)
        let other = try site.client()
        other.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(try other.answer()?.status == 200)
    }

    @Test func `that is dropped answers 500 and keeps its connection`() throws {
        let site = try Site { $0.path == "/dropped" ? .parked { _ in } : .now(echo($0)) }
        let client = try site.client()
        client.send("GET /dropped HTTP/1.1\r\nHost: h\r\n\r\n")
        let answer = try #require(try client.answer())
        #expect(answer.status == 500 && answer.body == "refused: unanswered")
        client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(try client.answer()?.status == 200)
    }

    @Test func `that is finished twice stops the process`() async {
        await #expect(processExitsWith: .failure) {
            let site = try Site.parking()
            let client = try site.client()
            client.send("GET /parked HTTP/1.1\r\nHost: h\r\n\r\n")
            let parked = try site.parked()
            parked.finish(with: Response(status: 200))
            parked.finish(with: Response(status: 200))
        }
    }

    @Test func `is answered to whom it belongs, from several threads at once`() throws {
        let (connections, rounds) = (32, 5)
        let queue = Guarded<[@Sendable () -> Void]>([])
        let site = try Site { request in
            .parked { parked in
                queue.change { $0.append { parked.finish(with: echo(request)) } }
            }
        }
        let lanes = (1...4).map { number in
            NamedThread("lane \(number)") {
                for _ in 0..<(connections * rounds / 4) {
                    queue.wait(atMost: .seconds(8)) { $0.popLast() }?()
                }
            }
        }
        let clients = try (0..<connections).map { _ in try site.client() }
        for round in 1...rounds {
            for (number, client) in clients.enumerated() {
                client.send("GET /\(round)/\(number) HTTP/1.1\r\nHost: h\r\n\r\n")
            }
            for (number, client) in clients.enumerated() {
                #expect(try client.answer()?.body == "GET /\(round)/\(number) ")
            }
        }
        for lane in lanes { lane.join() }
    }
}

import HTTP
import Testing
import Threads

/// A server on a free port of the loopback, whose answers are written by the test.
final class Site: Sendable {
    let server: HTTPServer
    private let desk: Desk

    var port: UInt16 { server.port }

    init(
        _ limits: HTTPLimits = HTTPLimits(), tls: TLSIdentity? = nil, threads: Int = 2,
        reply: @escaping @Sendable (Request) -> Reply = { .now(echo($0)) }
    ) throws {
        desk = Desk(reply: reply)
        server = try HTTPServer(
            listen: ListenAddress(parsing: "127.0.0.1:0"), limits: limits, tls: tls,
            threads: threads, handler: desk, log: { _ in })
    }

    deinit { server.stop() }

    func client() throws -> RawClient { try RawClient(port: port, keeping: self) }

    /// What a new client reads until the server closes.
    func exchange(_ text: String) throws -> String { try exchange(Array(text.utf8)) }

    func exchange(_ bytes: [UInt8]) throws -> String {
        let client = try client()
        client.send(bytes)
        return try client.rest()
    }

    /// How many requests the handler saw so far.
    var handled: Int { desk.state.withLock { $0.handled } }

    /// The first `count` finished requests, once there are as many.
    func finished(_ count: Int) -> [FinishedRequest]? {
        desk.state.wait(atMost: .seconds(8)) { $0.finished.count >= count ? $0.finished : nil }
    }

    /// The next request that `parkAll` put aside.
    func parked() throws -> ParkedRequest {
        try #require(
            desk.state.wait(atMost: .seconds(8)) {
                $0.parked.isEmpty ? nil : $0.parked.removeFirst()
            })
    }

    /// A site whose every request under `/parked` waits for the test to finish it.
    static func parking(_ limits: HTTPLimits = HTTPLimits()) throws -> Site {
        let site = Guarded<Desk?>(nil)
        let made = try Site(limits) { request in
            guard request.path.hasPrefix("/parked") else { return .now(echo(request)) }
            return .parked { parked in
                let desk = site.withLock { $0 }
                desk?.state.change { $0.parked.append(parked) }
            }
        }
        let desk = made.desk
        site.withLock { $0 = desk }
        return made
    }
}

private final class Desk: RequestHandler {
    struct State {
        var handled = 0
        var finished: [FinishedRequest] = []
        var parked: [ParkedRequest] = []
    }

    let state = Guarded(State())
    private let answer: @Sendable (Request) -> Reply

    init(reply: @escaping @Sendable (Request) -> Reply) {
        answer = reply
    }

    func reply(to request: Request) -> Reply {
        state.withLock { $0.handled += 1 }
        return answer(request)
    }

    func response(for refusal: HTTPRefusal) -> Response {
        Response(
            status: refusal.status, headers: [("Content-Type", "application/problem+json")],
            body: Array("refused: \(refusal)".utf8))
    }

    func finished(_ request: FinishedRequest) {
        state.change { $0.finished.append(request) }
    }
}

/// `METHOD path?query body`.
func echo(_ request: Request) -> Response {
    let query = request.query.map { "?\($0)" } ?? ""
    let body = String(decoding: request.body, as: UTF8.self)
    return Response(
        status: 200, headers: [("Content-Type", "text/plain")],
        body: Array("\(request.method) \(request.path)\(query) \(body)".utf8))
}

import Foundation
import HTTP
import Outbound
import Service
import Threads

/// Whether a login waits for a sink that is down: two deployments, one with a webhook that takes every
/// event and one whose webhook and broker are not there, in turns. Accounts are registered all the while,
/// so that there is something to deliver, and where nothing is taken the queue grows.
func measureSinks(_ options: LoadOptions) throws {
    let receiver = try Receiver()
    defer { receiver.stop() }
    let up = try SinkSide(options) { try receiver.configure(&$0) }
    let down = try SinkSide(options) { configuration in
        // Nothing listens on port 1.
        try receiver.configure(&configuration, port: 1)
        configuration.sinks.amqp = try AMQPEndpoint(parsing: "amqp://127.0.0.1:1")
    }
    defer {
        up.stop()
        down.stop()
    }
    let rounds = 5
    let slot = Duration.seconds(options.seconds) / (2 * (rounds + 1))
    var pairs: [(up: Slot, down: Slot)] = []
    // The first round only warms up.
    for round in 0...rounds {
        let pair = (up: try up.run(for: slot), down: try down.run(for: slot))
        if round > 0 { pairs.append(pair) }
    }
    print(table(pairs))
    let posted = receiver.count
    guard posted > 0 else { throw BenchError(text: "the sink that is up took nothing") }
    print("\nregistered meanwhile: \(up.registered) and \(down.registered); posted: \(posted)")
}

private func table(_ pairs: [(up: Slot, down: Slot)]) -> String {
    func milliseconds(_ share: Double, _ slot: Slot) -> Double {
        quantile(share, of: slot.latencies.sorted()) / .milliseconds(1)
    }
    func median(_ values: [Double]) -> Double { quantile(0.5, of: values.sorted()) }
    let rows = [("p50", 0.5), ("p99", 0.99)].map { name, share in
        let up = pairs.map { milliseconds(share, $0.up) }
        let down = pairs.map { milliseconds(share, $0.down) }
        let ratios = zip(down, up).map { $0 / $1 }
        return [
            name, number(median(up), digits: 2), number(median(down), digits: 2),
            number(median(ratios), digits: 3),
            ratios.map { number($0, digits: 3) }.joined(separator: " "),
        ]
    }
    return layout([["login", "up ms", "down ms", "down/up", "of each pair"]] + rows, texts: 1)
}

/// A deployment at the cost that is the least a settings file can name, with its clients and somebody who
/// registers accounts.
private final class SinkSide {
    private let deployment: Deployment
    private let contender: Contender
    private(set) var registered = 0

    private static let registrationsPerSecond = 20

    init(_ options: LoadOptions, _ change: (inout Configuration) throws -> Void) throws {
        var sinks = Configuration()
        try change(&sinks)
        deployment = try Deployment(storage: "sqlite", nodes: 1) {
            $0.hashing.memoryKiB = 19_456
            $0.hashing.passes = 2
            $0.sinks = sinks.sinks
        }
        contender = try deployment.contender("logins", clients: options.clients)
    }

    func stop() { deployment.stop() }

    func run(for duration: Duration) throws -> Slot {
        let isOver = Guarded(false)
        let made = Guarded<Result<Int, any Error>>(.success(0))
        let (port, key, first) = (deployment.ports[0], deployment.appKey, registered)
        let newcomers = NamedThread("newcomers") {
            let result = Result {
                let connection = try Connection(port: port, key: key)
                var count = 0
                let pause = Duration.seconds(1) / Self.registrationsPerSecond
                while isOver.wait(atMost: pause, until: { $0 ? true : nil }) == nil {
                    let email = "newcomer-\(first + count)@example.com"
                    _ = try connection.post(
                        "/v1/accounts", "{\"email\":\"\(email)\",\"password\":\"Un-Cheval-1815\"}",
                        expecting: 201)
                    count += 1
                }
                return count
            }
            made.withLock { $0 = result }
        }
        let slot = Result { try contender.run(.login, for: duration) }
        isOver.change { $0 = true }
        newcomers.join()
        registered += try made.withLock { $0 }.get()
        return try slot.get()
    }
}

/// An HTTPS receiver that takes everything and looks at nothing.
private final class Receiver: RequestHandler {
    private let posts = Guarded(0)
    private let server = Guarded<HTTPServer?>(nil)
    private let folder: URL

    var count: Int { posts.withLock { $0 } }

    init() throws {
        folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("loquet-bench-receiver-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-days", "2", "-subj", "/CN=receiver", "-addext", "subjectAltName=IP:127.0.0.1",
            "-keyout", path("key.pem"), "-out", path("cert.pem"),
        ]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        let tls = TLSIdentity(
            certificatePEM: try String(contentsOfFile: path("cert.pem"), encoding: .utf8),
            keyPEM: try String(contentsOfFile: path("key.pem"), encoding: .utf8))
        let started = try HTTPServer(
            listen: ListenAddress(parsing: "127.0.0.1:0"), tls: tls, threads: 1, handler: self,
            log: { _ in })
        server.withLock { $0 = started }
    }

    private func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    func configure(_ configuration: inout Configuration, port: UInt16? = nil) throws {
        let own = server.withLock { $0?.port ?? 0 }
        configuration.sinks.webhook = try HTTPSEndpoint(
            parsing: "https://127.0.0.1:\(port ?? own)/")
        guard let loopback = Network(parsing: "127.0.0.0/8") else {
            throw BenchError(text: "a literal network")
        }
        configuration.sinks.webhookExceptions = [loopback]
        configuration.sinks.webhookAuthorities = path("cert.pem")
    }

    func stop() {
        server.withLock { $0 }?.stop()
        try? FileManager.default.removeItem(at: folder)
    }

    func reply(to request: Request) -> Reply {
        posts.withLock { $0 += 1 }
        return .now(Response(status: 204))
    }

    func response(for refusal: HTTPRefusal) -> Response { Response(status: refusal.status) }
    func finished(_ request: FinishedRequest) {}
}

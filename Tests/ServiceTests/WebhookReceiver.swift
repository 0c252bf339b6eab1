import Foundation
import HTTP
import Outbound
import Service
import Testing
import Threads

/// A real HTTPS receiver on loopback, with an authority of its own. It answers what it was told to.
final class WebhookReceiver: RequestHandler {
    struct Post: Sendable {
        let id: String
        let timestamp: String
        let signatures: [String]
        let contentType: String
        let path: String
        let body: [UInt8]
    }

    private struct State: Sendable {
        var posts: [Post] = []
        var status = 204
        var headers: [(name: String, value: String)] = []
        var replyBytes = 0
        /// Statuses by the type that is inside the body, before `status`.
        var statusOfType: [String: Int] = [:]
    }

    private let state = Guarded(State())
    private let server: Guarded<HTTPServer?>
    let folder: TemporaryFolder
    /// The PEM file that vouches for it.
    var authority: String { folder.path("cert.pem") }

    init() throws {
        let folder = try TemporaryFolder()
        self.folder = folder
        server = Guarded(nil)
        try makeCertificate(in: folder)
        try start(at: 0)
    }

    deinit { server.withLock { $0 }?.stop() }

    var port: UInt16 { server.withLock { $0?.port } ?? 0 }
    var posts: [Post] { state.withLock { $0.posts } }

    func answer(
        _ status: Int, headers: [(name: String, value: String)] = [], replyBytes: Int = 0,
        of type: String? = nil
    ) {
        state.withLock { state in
            if let type {
                state.statusOfType[type] = status
            } else {
                state.status = status
                state.headers = headers
                state.replyBytes = replyBytes
            }
        }
    }

    private func start(at port: UInt16) throws {
        let tls = TLSIdentity(
            certificatePEM: try String(contentsOfFile: folder.path("cert.pem"), encoding: .utf8),
            keyPEM: try String(contentsOfFile: folder.path("key.pem"), encoding: .utf8))
        let started = try HTTPServer(
            listen: ListenAddress(parsing: "127.0.0.1:\(port)"), tls: tls, threads: 1,
            handler: self, log: { _ in })
        server.withLock { $0 = started }
    }

    func configure(_ configuration: inout Configuration, host: String = "127.0.0.1") throws {
        configuration.sinks.webhook = try HTTPSEndpoint(
            parsing: "https://\(host):\(port)/hook?from=loquet")
        configuration.sinks.webhookExceptions = [try #require(Network(parsing: "127.0.0.0/8"))]
        configuration.sinks.webhookAuthorities = authority
    }

    // MARK: Answering

    func reply(to request: Request) -> Reply {
        let text = String(decoding: request.body, as: UTF8.self)
        let post = Post(
            id: request.header("webhook-id") ?? "",
            timestamp: request.header("webhook-timestamp") ?? "",
            signatures: (request.header("webhook-signature") ?? "").split(separator: " ")
                .map(String.init),
            contentType: request.header("Content-Type") ?? "", path: request.path,
            body: request.body)
        let response = state.withLock { state in
            state.posts.append(post)
            let special = state.statusOfType.first { text.contains("\"type\":\"\($0.key)\"") }
            return Response(
                status: special?.value ?? state.status, headers: state.headers,
                body: [UInt8](repeating: 0x78, count: state.replyBytes))
        }
        return .now(response)
    }

    func response(for refusal: HTTPRefusal) -> Response { Response(status: refusal.status) }
    func finished(_ request: FinishedRequest) {}
}

private func makeCertificate(in folder: TemporaryFolder) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/timeout")
    process.arguments = [
        "20", "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
        "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=receiver", "-addext",
        "subjectAltName=IP:127.0.0.1,DNS:localhost", "-keyout", folder.path("key.pem"), "-out",
        folder.path("cert.pem"),
    ]
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
}

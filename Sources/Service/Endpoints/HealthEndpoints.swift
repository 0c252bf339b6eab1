import HTTP
import Storage

/// Whether the process lives, and whether it can serve.
enum HealthEndpoints {
    static let routes: [Route] = [
        Route(
            method: "GET", template: "/livez", access: .anyone, asksDatabase: false
        ) { _ throws(Problem) in
            .done(plain("ok"))
        },
        Route(method: "GET", template: "/readyz", access: .anyone, answer: ready),
    ]

    /// The database answers. How deep the queue is never shows here: a consumer that is down must
    /// not take the service out of its load balancer.
    private static func ready(_ call: Call) throws(Problem) -> Work {
        _ = try call.node.withProblems { () throws(DatabaseError) in
            try call.node.database.read { reader throws(DatabaseError) in
                try KeyStore.all(reader).count
            }
        }
        return .done(plain("ready"))
    }

    private static func plain(_ text: String) -> Response {
        Response(
            status: 200,
            headers: [
                (name: "Content-Type", value: "text/plain; charset=utf-8"),
                (name: "Cache-Control", value: "no-store"),
            ],
            body: Array(text.utf8) + [0x0A])
    }
}

extension Route {
    /// The whole interface, the metrics listener aside.
    static let all =
        AccountEndpoints.routes + AccountAdminEndpoints.routes + PolicyEndpoints.routes
        + QueueEndpoints.routes
        + PasswordAuditEndpoints.routes + SinkEndpoints.routes + IncidentEndpoints.routes
        + ConsentEndpoints.routes + PrivacyPolicyEndpoints.routes
        + ArchiveEndpoints.routes + HealthEndpoints.routes
}

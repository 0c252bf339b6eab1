package import HTTP
import Passwords
import Secrets

/// Finds the route of a request, runs it, and writes its answer. The one place where a ``Problem``
/// becomes a response and where waiting for a lane is arranged.
package final class Router: RequestHandler {
    private let node: Node
    private let lanes: HashingLanes
    /// By path, for templates without braces.
    private let exact: [String: [Route]]
    private let templated: [(segments: [Substring], route: Route)]

    package convenience init(node: Node, lanes: HashingLanes) {
        self.init(node: node, lanes: lanes, routes: Route.all)
    }

    init(node: Node, lanes: HashingLanes, routes: [Route]) {
        self.node = node
        self.lanes = lanes
        let plain = routes.filter { !$0.template.description.contains("{") }
        exact = Dictionary(grouping: plain) { $0.template.description }
        templated = routes.filter { $0.template.description.contains("{") }
            .map { (segments: split($0.template.description[...]), route: $0) }
    }

    package func reply(to request: Request) -> Reply {
        do {
            let (route, segments) = try route(for: request)
            let caller = try node.authenticate(request, for: route.access)
            let call = Call(node: node, request: request, segments: segments, caller: caller)
            switch try route.answer(call) {
            case .done(let response): return .now(response)
            case .hash(let hashes, let refused, let run):
                return .parked { [self] parked in
                    park(parked, hashes: hashes, refused: refused, run: run)
                }
            }
        } catch {
            return .now(error.response)
        }
    }

    private func park(
        _ parked: ParkedRequest, hashes: Int, refused: @Sendable () -> Void,
        run: @escaping @Sendable (inout Argon2Arena) throws(Problem) -> Response
    ) {
        let admission = lanes.offer(hashes: hashes) { arena in
            do throws(Problem) {
                parked.finish(with: try run(&arena))
            } catch {
                parked.finish(with: error.response)
            }
        }
        guard case .refused(let seconds) = admission else { return }
        refused()
        node.metrics.add(.overloads)
        parked.finish(with: Problem.overloaded(retryAfterSeconds: seconds).response)
    }

    private func route(for request: Request) throws(Problem) -> (Route, [String]) {
        let candidates: [Route]
        var segments: [String] = []
        if let routes = exact[request.path] {
            candidates = routes
        } else {
            let path = split(request.path[...])
            let matching = templated.filter { matches(path, $0.segments) }
            guard let first = matching.first else { throw .notFound }
            segments = zip(path, first.segments).filter { $0.1.hasPrefix("{") }.map { String($0.0) }
            candidates = matching.map(\.route)
        }
        guard let route = candidates.first(where: { $0.method == request.method }) else {
            let allowed = candidates.map(\.method).joined(separator: ", ")
            throw Problem(
                .methodNotAllowed, "This path takes \(allowed).",
                extra: [.init(name: "allow", value: .string(allowed))], allowedMethods: allowed)
        }
        return (route, segments)
    }

    package func response(for refusal: HTTPRefusal) -> Response {
        switch refusal {
        case .malformedFraming:
            Problem(.invalidRequest, "The request is not framed as HTTP/1.1 asks for.").response
        case .bodyTooLarge:
            Problem(
                .tooLarge,
                "The body is larger than \(node.configuration.limits.bodyBytesMax) bytes."
            ).response
        case .headersTooLarge:
            Problem(
                .tooLarge,
                "The header is larger than \(node.configuration.limits.headerBytesMax) bytes."
            ).response
        case .unanswered: Problem.internalError.response
        case .stopping: Problem.unavailable.response
        }
    }

    package func finished(_ request: FinishedRequest) {
        // A fixed set of labels: the status, never a path from outside.
        node.metrics.add(.requests, "status=\"\(request.status ?? 0)\"")
        node.metrics.observe(request: request.duration)
    }
}

private func split(_ path: Substring) -> [Substring] {
    path.split(separator: "/", omittingEmptySubsequences: false)
}

private func matches(_ path: [Substring], _ template: [Substring]) -> Bool {
    path.count == template.count
        && zip(path, template).allSatisfy { $1.hasPrefix("{") ? !$0.isEmpty : $0 == $1 }
}

package import HTTP
import Secrets
import Storage

/// Finds the route of a request, runs it, and writes its answer. The one place where a ``Problem``
/// becomes a response and where waiting for a lane is arranged.
package final class Router: RequestHandler {
    private let node: Node
    private let lanes: HashingLanes
    private let desk: Desk
    /// By path, for templates without braces.
    private let exact: [String: [Route]]
    private let templated: [(segments: [Substring], route: Route)]

    package convenience init(node: Node, lanes: HashingLanes, desk: Desk) {
        self.init(node: node, lanes: lanes, desk: desk, routes: Route.all)
    }

    init(node: Node, lanes: HashingLanes, desk: Desk, routes: [Route]) {
        self.node = node
        self.lanes = lanes
        self.desk = desk
        let plain = routes.filter { !$0.template.description.contains("{") }
        exact = Dictionary(grouping: plain) { $0.template.description }
        templated = routes.filter { $0.template.description.contains("{") }
            .map { (segments: split($0.template.description[...]), route: $0) }
    }

    package func reply(to request: Request) -> Reply {
        do {
            let (route, segments) = try route(for: request)
            guard route.asksDatabase, !node.database.answersAtOnce else {
                return reply(to: request, route, segments)
            }
            return .parked { [self] parked in
                atDesk(parked) { [self] in
                    switch reply(to: request, route, segments) {
                    case .now(let response): parked.finish(with: response)
                    case .parked(let goOn): goOn(parked)
                    }
                }
            }
        } catch {
            return .now(error.response)
        }
    }

    private func reply(to request: Request, _ route: Route, _ segments: [String]) -> Reply {
        do {
            let caller = try node.authenticate(request, for: route)
            let call = Call(node: node, request: request, segments: segments, caller: caller)
            switch try route.answer(call) {
            case .done(let response): return .now(response)
            case .write(let run):
                return .parked { [self] parked in
                    atDesk(parked) { parked.finish(with: answer(of: run)) }
                }
            case .hash(let work):
                return .parked { [self] parked in takeTurn(parked, work) }
            }
        } catch {
            return .now(error.response)
        }
    }

    /// A turn is promised before anything is paid for; then desk, lane, desk.
    private func takeTurn(_ parked: ParkedRequest, _ work: HashingWork) {
        switch lanes.admit(work.client, hashes: work.hashes) {
        case .refused(let seconds):
            work.refused()
            node.metrics.add(.overloads)
            parked.finish(with: Problem.overloaded(retryAfterSeconds: seconds).response)
        case .seated(let seat):
            let isTaken = desk.begin(waitsForCompany: lanes.areFed) { [self] in
                do throws(Problem) {
                    switch try work.begin() {
                    case .answered(let response): return { parked.finish(with: response) }
                    case .hash(let hash): return { [self] in take(seat, parked, hash) }
                    }
                } catch {
                    return { [error] in parked.finish(with: error.response) }
                }
            }
            guard !isTaken else { return }
            work.refused()
            parked.finish(with: Problem.unavailable.response)
        }
    }

    private func take(
        _ seat: HashingLanes.Seat, _ parked: ParkedRequest, _ hash: @escaping HashingWork.Hash
    ) {
        seat.run { [desk, lanes] arena in
            let finish = hash(&arena)
            desk.end(waitsForCompany: lanes.areFed) {
                let response = answer(of: finish)
                return { parked.finish(with: response) }
            }
        }
    }

    private func atDesk(_ parked: ParkedRequest, _ work: @escaping @Sendable () -> Void) {
        if !desk.offer(work) { parked.finish(with: Problem.unavailable.response) }
    }

    private func route(for request: Request) throws(Problem) -> (Route, [String]) {
        let candidates: [Route]
        var segments: [String] = []
        let wanted = originForm(request.path)
        if let routes = exact[wanted] {
            candidates = routes
        } else {
            let path = split(wanted[...])
            let matching = templated.filter { matches(path, $0.segments) }
            guard let first = matching.first else { throw .notFound }
            segments = zip(path, first.segments).filter { $0.1.hasPrefix("{") }.map { String($0.0) }
            candidates = matching.map(\.route)
        }
        // HEAD is GET without the body, which the floor below leaves out.
        let method = request.method == "HEAD" ? "GET" : request.method
        guard let route = candidates.first(where: { $0.method == method }) else {
            throw .methodNotAllowed(allowed: candidates.map(\.method))
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
                "The header is larger than \(node.configuration.limits.headerBytesMax) bytes.",
                status: refusal.status
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

private func answer(of run: () throws(Problem) -> Response) -> Response {
    do {
        return try run()
    } catch {
        return error.response
    }
}

/// The path of an absolute-form target (RFC 9112 §3.2.2), which proxies may send: `http://host/path`.
private func originForm(_ target: String) -> String {
    guard !target.hasPrefix("/"), target.lowercased().hasPrefix("http"),
        let colon = target.firstIndex(of: ":"), target[colon...].hasPrefix("://")
    else { return target }
    let rest = target[colon...].dropFirst(3)
    return rest.firstIndex(of: "/").map { String(rest[$0...]) } ?? "/"
}

private func split(_ path: Substring) -> [Substring] {
    path.split(separator: "/", omittingEmptySubsequences: false)
}

private func matches(_ path: [Substring], _ template: [Substring]) -> Bool {
    path.count == template.count
        && zip(path, template).allSatisfy { $1.hasPrefix("{") ? !$0.isEmpty : $0 == $1 }
}

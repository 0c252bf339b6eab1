/// Who answers requests. Called on every network thread at once.
package protocol RequestHandler: Sendable {
    /// Answers a request that has wholly arrived, whatever its method and path. Has to be quick:
    /// other connections of the same network thread wait meanwhile. What takes longer is parked.
    func reply(to request: Request) -> Reply

    /// What a client reads when there is no request to hand over, or nobody to answer it. The
    /// status is `refusal.status`, whatever this returns. Quick, too.
    func response(for refusal: HTTPRefusal) -> Response

    /// Called once for each request whose header fields were read, after its answer was written or
    /// given up. On a network thread, so quick, too.
    func finished(_ request: FinishedRequest)
}

/// What becomes of a request.
package enum Reply: Sendable {
    case now(Response)
    /// The connection is put aside, then the closure runs on the network thread. It hands the
    /// parked request to whoever finishes it, from any thread, at any time.
    case parked(@Sendable (ParkedRequest) -> Void)
}

/// Why a request is answered without its handler.
package enum HTTPRefusal: Sendable, Equatable, CaseIterable {
    /// 400: not written in the one way that every server reads alike. Closes the connection.
    case malformedFraming
    /// 413: over `bodyBytesMax`. Closes the connection.
    case bodyTooLarge
    /// 431: over `headerBytesMax`. Closes the connection.
    case headersTooLarge
    /// 500: it was parked and then dropped without an answer.
    case unanswered
    /// 503: the server stops. Closes the connection.
    case stopping

    package var status: Int {
        switch self {
        case .malformedFraming: 400
        case .bodyTooLarge: 413
        case .headersTooLarge: 431
        case .unanswered: 500
        case .stopping: 503
        }
    }

    /// After these the connection's next bytes may be anything, or are not wanted.
    var closes: Bool { self != .unanswered }
}

/// One line of an access log, and what metrics count.
package struct FinishedRequest: Sendable {
    /// As sent; empty when the head was malformed, because it cannot be believed then.
    package let method: String
    /// Without the query, which may hold what no log should; empty when the head was malformed.
    package let path: String
    /// As `Request.peer`.
    package let peer: String
    /// `nil` when no answer was chosen: the client left, or ran out of time.
    package let status: Int?
    /// Whether the whole answer was handed to the kernel.
    package let isDelivered: Bool
    /// From the end of the request line to the last byte of the answer.
    package let duration: Duration
    /// Body bytes that arrived, those beyond the limit included.
    package let requestBodyBytes: Int
    /// Body bytes of the answer.
    package let responseBodyBytes: Int
}

/// What the callbacks of one server share.
final class ServerParts: Sendable {
    let limits: HTTPLimits
    let handler: any RequestHandler
    let traffic = Traffic()
    let open: OpenConnections
    let log: LibraryLog

    init(limits: HTTPLimits, handler: any RequestHandler, log: @escaping @Sendable (String) -> Void)
    {
        self.limits = limits
        self.handler = handler
        open = OpenConnections(limits: limits)
        self.log = LibraryLog(log)
    }
}

/// One open connection and the request it is at. Belongs to the network thread that libmicrohttpd
/// gave the connection to; only the clock and a parked seat are seen by others.
final class Connection {
    let clock: ConnectionClock
    private let peer: String
    private let parts: ServerParts
    private var exchange: Exchange?

    /// One request and its answer. There is none between the answer and the next request line.
    private struct Exchange {
        let target: [UInt8]
        let began: Moment
        var step = Step.target
        var head: RequestHead?
        var body: BodyBuffer
        var bodyBytesCame = 0
        var isCounted = false
        var status: Int?
        var responseBodyBytes = 0
    }

    private enum Step {
        case target
        case body
        /// The body is over the limit: the rest is read and dropped, because the library takes no
        /// answer in the middle of a body. The deadline of the whole request bounds it.
        case droppingBody
        case parked(ParkedSeat)
        case answered
    }

    /// What the library is to do next.
    enum Turn {
        case readOn
        case answer(Response)
        case park(@Sendable (ParkedRequest) -> Void)
    }

    init(clock: ConnectionClock, peer: String, parts: ServerParts) {
        self.clock = clock
        self.peer = peer
        self.parts = parts
        parts.open.add(clock)
    }

    func targetCame(_ target: [UInt8], now: Moment) {
        clock.requestLineCame(now: now)
        let body = BodyBuffer(limit: parts.limits.bodyBytesMax, expected: 0)
        exchange = Exchange(target: target, began: now, body: body)
    }

    /// Whether the head is still to be read and given to `headCame`.
    var wantsHead: Bool { if case .target = exchange?.step { true } else { false } }

    var target: [UInt8] { exchange?.target ?? [] }

    /// Judges the head before any byte of the body is read, or asked for by `100 Continue`.
    func headCame(_ head: RequestHead) -> Turn {
        guard let length = head.bodyLength() else { return refuse(.malformedFraming) }
        exchange?.head = head
        guard head.wireBytes <= parts.limits.headerBytesMax else {
            return refuse(.headersTooLarge)
        }
        if case .known(let count) = length {
            guard count <= parts.limits.bodyBytesMax else { return refuse(.bodyTooLarge) }
            exchange?.body = BodyBuffer(limit: parts.limits.bodyBytesMax, expected: count)
        }
        exchange?.step = .body
        return .readOn
    }

    func bodyCame(_ part: UnsafeRawBufferPointer) {
        exchange?.bodyBytesCame += part.count
        guard case .body = exchange?.step else { return }
        let fits = unsafe exchange?.body.append(part) ?? false
        if !fits { exchange?.step = .droppingBody }
    }

    /// The request is whole, or its connection was woken with an answer.
    func requestCame() -> Turn {
        switch exchange?.step {
        case .body: return reply()
        case .droppingBody: return refuse(.bodyTooLarge)
        case .parked(let seat):
            guard let response = seat.collect() else {
                preconditionFailure("a parked connection is woken only with its answer")
            }
            return .answer(response)
        case .target, .answered, nil: return .readOn
        }
    }

    private func reply() -> Turn {
        guard let head = exchange?.head, parts.traffic.begin() else { return refuse(.stopping) }
        exchange?.isCounted = true
        clock.handlingStarts()
        let body = exchange?.body.take() ?? []
        // The request has to hold the only reference to its body, or it could not be wiped.
        exchange?.body = BodyBuffer(limit: 0, expected: 0)
        switch parts.handler.reply(to: Request(head: head, body: body, peer: peer)) {
        case .now(let response): return .answer(response)
        case .parked(let run): return .park(run)
        }
    }

    private func refuse(_ refusal: HTTPRefusal) -> Turn {
        .answer(refused(refusal, by: parts.handler))
    }

    func parks(in seat: ParkedSeat) {
        exchange?.step = .parked(seat)
    }

    func answers(with response: Response, now: Moment) {
        clock.answeringStarts(now: now)
        exchange?.step = .answered
        exchange?.status = response.status
        exchange?.responseBodyBytes = response.body.count
    }

    /// The answer is written, or will never be.
    func requestEnded(isDelivered: Bool, now: Moment) {
        guard var exchange else { return }
        self.exchange = nil
        exchange.body.discard()
        clock.requestEnded(now: now)
        if case .target = exchange.step { return }
        parts.handler.finished(
            FinishedRequest(
                method: exchange.head?.method ?? "", path: exchange.head?.path ?? "", peer: peer,
                status: exchange.status, isDelivered: isDelivered && exchange.status != nil,
                duration: exchange.began.elapsed(until: now),
                requestBodyBytes: exchange.bodyBytesCame,
                responseBodyBytes: exchange.responseBodyBytes))
        if exchange.isCounted { parts.traffic.end() }
    }

    func closed(now: Moment) {
        requestEnded(isDelivered: false, now: now)
        parts.open.remove(clock)
    }
}

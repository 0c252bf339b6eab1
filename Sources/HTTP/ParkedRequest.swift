/// The one right to answer a connection that was put aside. Any thread may use it; it keeps the
/// connection waiting without a deadline until it does.
///
/// It cannot be forgotten: dropped unfinished, it answers 500 (`HTTPRefusal.unanswered`).
package final class ParkedRequest: Sendable {
    private let seat: ParkedSeat
    private let traffic: Traffic
    private let handler: any RequestHandler

    init(_ seat: ParkedSeat, traffic: Traffic, handler: any RequestHandler) {
        self.seat = seat
        self.traffic = traffic
        self.handler = handler
    }

    /// Hands over the answer and wakes the connection. Does not wait until it is written. When the
    /// client has gone, or the server has stopped meanwhile, the answer is dropped.
    ///
    /// - Precondition: the first call on this request.
    package func finish(with response: Response) {
        precondition(seat.finish(with: response), "a parked request is finished once")
        traffic.leave(seat)
    }

    deinit {
        guard seat.isWaiting else { return }
        if seat.takeBack(with: refused(.unanswered, by: handler)) { traffic.leave(seat) }
    }
}

/// The handler's words for a refusal, with the status and the closing that the refusal asks for.
func refused(_ refusal: HTTPRefusal, by handler: any RequestHandler) -> Response {
    let words = handler.response(for: refusal)
    return Response(
        status: refusal.status, headers: words.headers, body: words.body,
        closes: words.closes || refusal.closes)
}

import Glibc
import Threads

/// What one open connection is at, as far as deadlines go. The library's own timeout strikes only
/// at a client that sends or reads nothing at all; one byte now and then defeats it.
final class ConnectionClock: Sendable {
    let descriptor: Int32
    private let phase: Guarded<Phase>

    private enum Phase {
        /// The first request, its TLS handshake included, is not whole yet.
        case opened(Moment)
        /// Kept alive after an answer.
        case waiting(Moment)
        /// A later request has its request line.
        case receiving(Moment)
        /// In the handler's hands: not the client's fault.
        case handling
        /// The client reads its answer.
        case answering(Moment)
        /// The deadline has struck; the library closes it soon.
        case cut
    }

    init(descriptor: Int32, now: Moment) {
        self.descriptor = descriptor
        phase = Guarded(.opened(now))
    }

    func requestLineCame(now: Moment) {
        advance { if case .opened = $0 { nil } else { .receiving(now) } }
    }

    func handlingStarts() { advance { _ in .handling } }

    func answeringStarts(now: Moment) { advance { _ in .answering(now) } }

    func requestEnded(now: Moment) { advance { _ in .waiting(now) } }

    private func advance(_ next: (Phase) -> Phase?) {
        phase.withLock { phase in
            if case .cut = phase { return }
            if let next = next(phase) { phase = next }
        }
    }

    /// Shuts the socket when its time is over. The library then finds it closed by the other side.
    ///
    /// - Precondition: the socket is open, so that its number means this connection.
    func cutIfOverdue(now: Moment, limits: HTTPLimits) {
        phase.withLock { phase in
            let overdue =
                switch phase {
                case .opened(let since), .receiving(let since), .answering(let since):
                    since.elapsed(until: now) >= limits.wholeRequest
                case .waiting(let since):
                    since.elapsed(until: now) >= max(limits.idle, limits.wholeRequest)
                case .handling, .cut: false
                }
            guard overdue else { return }
            shutdown(descriptor, Int32(SHUT_RDWR))
            phase = .cut
        }
    }
}

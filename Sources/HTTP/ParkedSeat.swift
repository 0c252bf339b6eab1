import Threads

/// Where the answer to a parked connection is left, and the connection woken, exactly once.
final class ParkedSeat: Sendable {
    private let state: Guarded<State>

    private struct State {
        let connection: SuspendedConnection
        var response: Response?
        var isResumed = false
        var isFinished = false

        /// Inside the lock, although it calls the library: a server that stops must never see a
        /// seat answered whose connection still sleeps. Resuming only marks and signals.
        mutating func resume(with answer: Response) {
            response = answer
            isResumed = true
            connection.resume()
        }
    }

    init(_ connection: SuspendedConnection) {
        state = Guarded(State(connection: connection))
    }

    var isWaiting: Bool { state.withLock { !$0.isResumed } }

    /// - Returns: `false` at a second call. After `takeBack`, the first call is right and does
    ///   nothing.
    func finish(with response: Response) -> Bool {
        state.withLock { state in
            guard !state.isFinished else { return false }
            state.isFinished = true
            if !state.isResumed { state.resume(with: response) }
            return true
        }
    }

    /// Answers in place of whoever was to finish.
    ///
    /// - Returns: `false` when the connection had an answer already.
    func takeBack(with response: Response) -> Bool {
        state.withLock { state in
            guard !state.isResumed else { return false }
            state.resume(with: response)
            return true
        }
    }

    /// The answer, once, for the network thread that was woken.
    func collect() -> Response? {
        state.withLock { state in
            let response = state.response
            state.response = nil
            return response
        }
    }
}

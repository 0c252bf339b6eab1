import Threads

/// How many requests are being answered, and which of them are parked: what a server has to know
/// to stop without losing any.
final class Traffic: Sendable {
    private let state = Guarded(State())

    private struct State {
        var inFlight = 0
        var isDraining = false
        var isStopped = false
        var parked: [ObjectIdentifier: ParkedSeat] = [:]
    }

    /// Whether answers are to close their connections, because no further request is wanted.
    var isDraining: Bool { state.withLock { $0.isDraining } }

    /// Counts one request in.
    ///
    /// - Returns: `false` when the server has stopped and the handler must not be called any more.
    func begin() -> Bool {
        state.withLock { state in
            guard !state.isStopped else { return false }
            state.inFlight += 1
            return true
        }
    }

    func end() {
        state.change { $0.inFlight -= 1 }
    }

    /// - Returns: `false` when the server has stopped: nobody will take this seat back.
    func park(_ seat: ParkedSeat) -> Bool {
        state.withLock { state in
            guard !state.isStopped else { return false }
            state.parked[ObjectIdentifier(seat)] = seat
            return true
        }
    }

    func leave(_ seat: ParkedSeat) {
        state.withLock { state in _ = state.parked.removeValue(forKey: ObjectIdentifier(seat)) }
    }

    func drain() {
        state.withLock { $0.isDraining = true }
    }

    /// - Returns: the seats that still wait. There will be no further ones.
    func stop() -> [ParkedSeat] {
        state.withLock { state in
            state.isDraining = true
            state.isStopped = true
            let seats = Array(state.parked.values)
            state.parked = [:]
            return seats
        }
    }

    /// - Returns: `false` when the time was over first.
    func waitUntilIdle(atMost limit: Duration) -> Bool {
        state.wait(atMost: limit) { $0.inFlight == 0 ? true : nil } ?? false
    }
}

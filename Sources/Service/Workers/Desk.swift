import Threads

/// The thread that does what must be committed but not hashed, one after the other, so that a write
/// lock held elsewhere never stops a network thread.
package final class Desk: Sendable {
    private struct State: Sendable {
        var waiting: [@Sendable () -> Void] = []
        var isStopping = false
    }

    /// Pieces of work that may wait. A commit takes milliseconds: this is seconds of them.
    private static let waitingMax = 1_000

    private let state: Guarded<State>
    private let thread: NamedThread

    package init() {
        let state = Guarded(State())
        self.state = state
        thread = NamedThread("desk") {
            while let batch = Desk.next(state) {
                for work in batch { work() }
            }
        }
    }

    /// - Returns: `false` when too much waits already.
    func offer(_ work: @escaping @Sendable () -> Void) -> Bool {
        state.change { state in
            guard state.waiting.count < Self.waitingMax, !state.isStopping else { return false }
            state.waiting.append(work)
            return true
        }
    }

    /// Returns when everything that was accepted is done.
    package func stop() {
        state.change { $0.isStopping = true }
        thread.join()
    }

    /// `nil` when everything is done and nothing more comes.
    private static func next(_ state: Guarded<State>) -> [@Sendable () -> Void]? {
        let batch: [@Sendable () -> Void]?? = state.wait { state in
            if state.waiting.isEmpty { return state.isStopping ? .some(nil) : nil }
            let batch = state.waiting
            state.waiting = []
            return .some(batch)
        }
        return batch ?? nil
    }
}

import Threads

/// The threads that wait for the database, so that a lock held elsewhere or a server that is slow never
/// stops a network thread or a hashing lane.
package final class Desk: Sendable {
    private struct State: Sendable {
        var waiting = Queue<@Sendable () -> Void>()
        /// What goes on with a request that was hashed: first, and never refused.
        var continuing = Queue<@Sendable () -> Void>()
        var isStopping = false
    }

    /// Pieces of work that may wait. A commit takes milliseconds: this is seconds of them.
    private static let waitingMax = 1_000

    /// As a hashing lane's: a desk that came first at every commit would interrupt a hash each time, whose
    /// memory is then cold. It gets its share, for some milliseconds of waiting under load.
    private static let niceness: Int32 = 10

    private let state: Guarded<State>
    private let threads: [NamedThread]

    /// - Parameter count: threads, 1 or more: as many as the database serves at once.
    package init(threads count: Int) {
        let state = Guarded(State())
        self.state = state
        threads = (0..<count).map { index in
            NamedThread("desk-\(index)", niceness: Self.niceness) {
                while let work = Desk.next(state) { work() }
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

    /// Goes on with a request that was hashed. There are never more of them than turns were promised, and
    /// what was paid for is not thrown away.
    func goOn(_ work: @escaping @Sendable () -> Void) {
        state.change { $0.continuing.append(work) }
    }

    /// Returns when everything that was accepted is done.
    package func stop() {
        state.change { $0.isStopping = true }
        for thread in threads { thread.join() }
    }

    /// `nil` when everything is done and nothing more comes.
    private static func next(_ state: Guarded<State>) -> (@Sendable () -> Void)? {
        let work: (@Sendable () -> Void)?? = state.wait { state in
            if let work = state.continuing.popFirst() ?? state.waiting.popFirst() {
                return .some(work)
            }
            return state.isStopping ? .some(nil) : nil
        }
        return work ?? nil
    }
}

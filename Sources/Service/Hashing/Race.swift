package import Passwords
import Threads

/// Work that begins on several threads at the same moment, timed: how fast hashing is when every lane
/// is busy.
package enum Race {
    /// What is timed. Everything a runner does around it is not.
    package typealias Work = () throws(PasswordHashError) -> Void

    private struct State: Sendable {
        /// Runners that have not come to their work yet.
        var missing: Int
        var began = ContinuousClock.now
        var ended = ContinuousClock.now
        var failure: PasswordHashError?
    }

    /// - Parameters:
    ///   - count: threads.
    ///   - runner: gets ready, and hands its work to what it is given, once. That begins when all are
    ///     ready.
    /// - Returns: from that moment until the last one is done.
    /// - Throws: what a runner threw. The others finish first.
    package static func run(
        _ count: Int,
        _ runner:
            @escaping @Sendable (
                _ timed: (Work) throws(PasswordHashError) -> Void
            ) throws(PasswordHashError) -> Void
    ) throws(PasswordHashError) -> Duration {
        precondition(count >= 1)
        let state = Guarded(State(missing: count))
        let threads = (0..<count).map { index in
            NamedThread("race-\(index)") {
                var isReady = false
                do throws(PasswordHashError) {
                    try runner { work throws(PasswordHashError) in
                        isReady = true
                        waitForAll(state)
                        try work()
                        state.withLock { $0.ended = ContinuousClock.now }
                    }
                } catch {
                    state.withLock { $0.failure = error }
                }
                // Whoever gave up before he was ready must not keep the others waiting.
                if !isReady { noteReady(state) }
            }
        }
        for thread in threads { thread.join() }
        let final = state.withLock { $0 }
        if let failure = final.failure { throw failure }
        return final.ended - final.began
    }

    private static func noteReady(_ state: Guarded<State>) {
        state.change { state in
            state.missing -= 1
            if state.missing == 0 { state.began = ContinuousClock.now }
        }
    }

    private static func waitForAll(_ state: Guarded<State>) {
        noteReady(state)
        let isOver: Void? = state.wait { $0.missing == 0 ? .some(()) : nil }
        precondition(isOver != nil, "without a limit the wait ends only with an answer")
    }
}

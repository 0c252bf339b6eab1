package import Passwords
import Threads

/// The threads that compute password hashes, and the queue in front of them.
///
/// A lane owns one arena for life, so memory is lanes × arena whatever arrives. The queue is bounded
/// in time, not in length: work whose turn would not come within `waitMax` is refused before
/// anything is paid for it.
package final class HashingLanes: Sendable {
    /// A piece of work and what it will take.
    private struct Item: Sendable {
        let hashes: Int
        let run: @Sendable (inout Argon2Arena) -> Void
    }

    private struct State: Sendable {
        var waiting = Queue<Item>()
        /// Hashes accepted and not yet done, those under way included.
        var hashesPending = 0
        /// Smoothed time of one hash with what surrounds it.
        var hashTime: Duration
        var isStopping = false
        var lanesRunning = 0
        var failure: PasswordHashError?
    }

    package enum Admission: Equatable, Sendable {
        case accepted
        /// - Parameter after: when a turn would come; at least a second.
        case refused(retryAfterSeconds: Int)
    }

    package let count: Int
    /// Memory of all arenas together.
    package let arenaBytes: Int
    private let waitMax: Duration
    private let state: Guarded<State>
    private let threads: [NamedThread]

    /// Starts the lanes and returns when each has its arena and has computed one hash.
    ///
    /// - Parameters:
    ///   - count: threads, each with an arena for `cost`.
    ///   - engine: what the first hash is computed with, to know how long one takes.
    ///   - waitMax: how long work may wait for its turn.
    /// - Throws: what a lane met when it mapped its arena; no thread is left then.
    package init(
        count: Int, cost: HashCost, engine: Argon2Engine, waitMax: Duration
    ) throws(PasswordHashError) {
        precondition(count >= 1)
        self.count = count
        self.waitMax = waitMax
        arenaBytes = count * Int(cost.memoryKiB) * 1_024
        let state = Guarded(State(hashTime: .zero))
        self.state = state
        threads = (0..<count).map { index in
            NamedThread("lane-\(index)") { HashingLanes.serve(state, cost: cost, engine: engine) }
        }
        let failure: PasswordHashError?? = state.wait { state in
            state.failure.map { .some($0) } ?? (state.lanesRunning == count ? .some(nil) : nil)
        }
        if let failure = failure ?? nil {
            stop()
            throw failure
        }
    }

    /// Queues work that computes `hashes` hashes, if its turn comes in time.
    package func offer(
        hashes: Int, _ run: @escaping @Sendable (inout Argon2Arena) -> Void
    ) -> Admission {
        state.change { state in
            let perLane = (state.hashesPending + count - 1) / count
            let wait = state.hashTime * perLane
            guard wait <= waitMax, !state.isStopping else {
                let excess = wait - waitMax
                return .refused(retryAfterSeconds: max(1, Int(excess.components.seconds) + 1))
            }
            state.waiting.append(Item(hashes: hashes, run: run))
            state.hashesPending += hashes
            return .accepted
        }
    }

    /// Hashes accepted and not yet done.
    package var pending: Int { state.withLock { $0.hashesPending } }

    /// Ends the threads once each has finished its piece of work. What still waits is dropped: its
    /// requests were answered when the server stopped.
    package func stop() {
        let dropped = state.change { state in
            state.isStopping = true
            defer { state.waiting = Queue() }
            return state.waiting
        }
        _ = dropped
        for thread in threads { thread.join() }
    }

    private static func serve(_ state: Guarded<State>, cost: HashCost, engine: Argon2Engine) {
        do throws(PasswordHashError) {
            var arena = try Argon2Arena(for: cost)
            let time = try measure(cost, engine, in: &arena)
            state.change { state in
                state.lanesRunning += 1
                state.hashTime = max(state.hashTime, time)
            }
            while let item = next(state) { run(item, state, in: &arena) }
        } catch {
            state.change { $0.failure = error }
        }
    }

    private static func run(_ item: Item, _ state: Guarded<State>, in arena: inout Argon2Arena) {
        let started = ContinuousClock.now
        item.run(&arena)
        let time = (ContinuousClock.now - started) / item.hashes
        state.change { state in
            state.hashesPending -= item.hashes
            // An eighth of the news at a time: one slow commit does not refuse a crowd.
            state.hashTime = (state.hashTime * 7 + time) / 8
        }
    }

    /// `nil` when everything is done and nothing more comes.
    private static func next(_ state: Guarded<State>) -> Item? {
        let next: Item?? = state.wait { state in
            if let item = state.waiting.popFirst() { return .some(item) }
            return state.isStopping ? .some(nil) : nil
        }
        return next ?? nil
    }

    private static func measure(
        _ cost: HashCost, _ engine: Argon2Engine, in arena: inout Argon2Arena
    ) throws(PasswordHashError) -> Duration {
        let started = ContinuousClock.now
        let salt = [UInt8](repeating: 0, count: StoredHash.saltCount)
        let nothing: [UInt8] = []
        _ = try Argon2id.hash(
            password: nothing.span, salt: salt.span, secret: nothing.span,
            associatedData: nothing.span, cost: cost, tagCount: StoredHash.tagCount, by: engine,
            in: &arena)
        return ContinuousClock.now - started
    }
}

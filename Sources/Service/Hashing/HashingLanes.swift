import Accounts
package import Passwords
import Threads

/// The threads that compute password hashes, and the turns they take.
///
/// A lane owns one arena for life, so memory is lanes × arena whatever arrives. It does nothing but hash,
/// at a lower priority than the threads that answer quick requests.
package final class HashingLanes: Sendable {
    package typealias Work = @Sendable (inout Argon2Arena) -> Void
    package typealias Client = Turns<Item>.Client

    /// Work on a seat.
    package struct Item: Sendable {
        fileprivate let seat: Seat
        fileprivate let run: Work
    }

    fileprivate struct State: Sendable {
        var turns: Turns<Item>
        /// The slowest first hash of a lane so far.
        var firstHashTime = Duration.zero
        var isStopping = false
        var lanesRunning = 0
        var failure: PasswordHashError?
    }

    package enum Admission: Sendable {
        case seated(Seat)
        /// - Parameter after: when a turn would come in time; at least a second.
        case refused(retryAfterSeconds: Int)
    }

    /// A promised turn, taken by `run` or given up by letting it go.
    package final class Seat: Sendable {
        private let state: Guarded<State>
        fileprivate let turn: Turns<Item>.Seat

        fileprivate init(_ state: Guarded<State>, _ turn: Turns<Item>.Seat) {
            self.state = state
            self.turn = turn
        }

        deinit { state.withLock { $0.turns.leave(turn) } }

        /// Waits for its turn without holding the caller up. After `stop` the work is dropped.
        ///
        /// - Precondition: called once.
        package func run(_ work: @escaping Work) {
            state.change { state in
                guard !state.isStopping else { return }
                state.turns.append(Item(seat: self, run: work), turn)
            }
        }
    }

    package let count: Int
    /// Memory of all arenas together.
    package let arenaBytes: Int
    private let state: Guarded<State>
    private let threads: [NamedThread]

    /// A tenth of the processor time of a thread that answers requests, where both want it.
    private static let niceness: Int32 = 10

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
        self.count = count
        arenaBytes = count * Int(cost.memoryKiB) * 1_024
        let turns = Turns<Item>(lanes: count, waitMax: waitMax, hashTime: .zero)
        let state = Guarded(State(turns: turns))
        self.state = state
        threads = (0..<count).map { index in
            NamedThread("lane-\(index)", niceness: Self.niceness) {
                HashingLanes.serve(state, cost: cost, engine: engine)
            }
        }
        let failure: PasswordHashError?? = state.wait { state in
            if let failure = state.failure { return .some(failure) }
            guard state.lanesRunning == count else { return nil }
            state.turns = Turns(lanes: count, waitMax: waitMax, hashTime: state.firstHashTime)
            return .some(nil)
        }
        if let failure = failure ?? nil {
            stop()
            throw failure
        }
    }

    /// Promises a turn for `hashes` hashes, if it comes in time.
    package func admit(_ client: Client, hashes: Int) -> Admission {
        state.withLock { [state] held in
            guard !held.isStopping else { return .refused(retryAfterSeconds: 1) }
            switch held.turns.admit(client, hashes: hashes) {
            case .seated(let turn): return .seated(Seat(state, turn))
            case .refused(let seconds): return .refused(retryAfterSeconds: seconds)
            }
        }
    }

    /// Hashes promised and not yet done.
    package var pending: Int { state.withLock { $0.turns.pending } }

    /// Whether every lane has its next piece of work waiting already.
    var areFed: Bool { state.withLock { $0.turns.waiting >= count } }

    /// Ends the threads once each has finished its piece of work. What still waits is dropped: its
    /// requests were answered when the server stopped.
    package func stop() {
        state.change { $0.isStopping = true }
        for thread in threads { thread.join() }
        // Let go outside the lock, which leaving a seat takes.
        while let item = state.withLock({ $0.turns.popFirst() }) { _ = item }
    }

    private static func serve(_ state: Guarded<State>, cost: HashCost, engine: Argon2Engine) {
        do throws(PasswordHashError) {
            var arena = try Argon2Arena(for: cost)
            let time = try measure(cost, engine, in: &arena)
            state.change { state in
                state.lanesRunning += 1
                state.firstHashTime = max(state.firstHashTime, time)
            }
            while let item = next(state) { run(item, state, in: &arena) }
        } catch {
            state.change { $0.failure = error }
        }
    }

    private static func run(_ item: Item, _ state: Guarded<State>, in arena: inout Argon2Arena) {
        let started = ContinuousClock.now
        item.run(&arena)
        let elapsed = ContinuousClock.now - started
        state.withLock { $0.turns.note(elapsed, item.seat.turn) }
    }

    /// `nil` when nothing more comes.
    private static func next(_ state: Guarded<State>) -> Item? {
        let next: Item?? = state.wait { state in
            if state.isStopping { return .some(nil) }
            return state.turns.popFirst().map { .some($0) }
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

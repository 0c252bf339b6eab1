import Glibc
import Threads

/// Lends connections to threads, opens them when first needed, throws broken ones away, and while
/// the server cannot be reached says so at once instead of letting everybody try.
final class PostgresPool: Sendable {
    private struct State {
        var idle: [PostgresConnection] = []
        /// Idle, lent, or being opened.
        var count = 0
        /// The threads that hold a connection, one entry each.
        var borrowers: [pthread_t] = []
        var isClosed = false
        var trouble: Trouble?
    }

    /// The server could not be reached.
    private struct Trouble {
        let reason: DatabaseError
        /// 50 ms, then double each time up to 2 s: a server that restarts is found soon, and one
        /// that is down is not hammered.
        let delay: Duration
        /// Up to a half of the delay earlier at random, so that nodes do not come together.
        let retryAt: ContinuousClock.Instant
        /// One thread tries again; the others are told the reason.
        var isTrying = false

        init(after last: Trouble?, _ reason: DatabaseError) {
            self.reason = reason
            delay = min(.seconds(2), (last?.delay ?? .milliseconds(25)) * 2)
            retryAt = .now + delay * Double.random(in: 0.5...1)
        }
    }

    private enum Loan: Sendable {
        case connection(PostgresConnection)
        case mayOpen
        case refused(DatabaseError)
    }

    private let state: Guarded<State>
    private let target: PostgresTarget
    private let limits: PostgresLimits

    /// - Throws: `.refused` and `.unavailable`, from the first connection.
    init(_ target: PostgresTarget, _ limits: PostgresLimits) throws(DatabaseError) {
        precondition(limits.connectionsMax >= 1, "a database without connections is none")
        self.target = target
        self.limits = limits
        let first = try PostgresConnection(target, limits)
        state = Guarded(State(idle: [first], count: 1))
    }

    /// - Throws: `.unavailable` when no connection is free in time, or the server cannot be reached.
    func withConnection<Answer>(
        _ body: (PostgresConnection) throws(DatabaseError) -> Answer
    ) throws(DatabaseError) -> Answer {
        let connection = try borrow()
        defer { giveBack(connection) }
        return try body(connection)
    }

    /// Waits until nothing is lent, then drops every connection.
    func close() {
        let me = pthread_self()
        let _: Bool? = state.wait { state in
            precondition(!state.borrowers.contains(me), "closed inside its own closure")
            state.isClosed = true
            guard state.borrowers.isEmpty else { return nil }
            state.idle = []
            return true
        }
    }

    private func borrow() throws(DatabaseError) -> PostgresConnection {
        let deadline = ContinuousClock.now + limits.waitMax
        while true {
            let left = max(.zero, deadline - ContinuousClock.now)
            switch loan(atMost: left) {
            case .connection(let connection):
                if connection.isStillThere() { return connection }
                // The server has hung up meanwhile: try the next one, or open a new one.
                giveBack(connection)
            case .mayOpen: return try open()
            case .refused(let error): throw error
            }
        }
    }

    private func loan(atMost limit: Duration) -> Loan {
        let me = pthread_self()
        let connectionsMax = limits.connectionsMax
        let loan: Loan? = state.wait(atMost: limit) { state in
            precondition(
                !state.borrowers.contains(me),
                "a database call inside the closure of another would wait for itself")
            if state.isClosed { return .refused(.unavailable("the database is closed")) }
            if let idle = state.idle.popLast() {
                state.borrowers.append(me)
                return .connection(idle)
            }
            guard state.count < connectionsMax else { return nil }
            if let trouble = state.trouble {
                guard !trouble.isTrying, trouble.retryAt <= .now else {
                    return .refused(trouble.reason)
                }
                state.trouble?.isTrying = true
            }
            state.count += 1
            state.borrowers.append(me)
            return .mayOpen
        }
        return loan ?? .refused(.unavailable("no database connection became free in time"))
    }

    private func open() throws(DatabaseError) -> PostgresConnection {
        do throws(DatabaseError) {
            let connection = try PostgresConnection(target, limits)
            state.withLock { $0.trouble = nil }
            return connection
        } catch {
            let reason: DatabaseError
            switch error {
            // It would do when the program started: another server answers now, for a while.
            case .refused(let text): reason = .unavailable(text)
            default: reason = error
            }
            endLoan { state in
                state.count -= 1
                state.trouble = Trouble(after: state.trouble, reason)
            }
            throw reason
        }
    }

    private func giveBack(_ connection: PostgresConnection) {
        let isBroken = connection.isBroken
        endLoan { state in
            if isBroken {
                // The others were opened to the same server, and most likely broke with it; a
                // silent one would cost its next user the whole time that an answer may take.
                state.count -= 1 + state.idle.count
                state.idle = []
            } else {
                state.idle.append(connection)
            }
        }
    }

    private func endLoan(_ put: (inout State) -> Void) {
        let me = pthread_self()
        state.change { state in
            put(&state)
            if let index = state.borrowers.firstIndex(of: me) { state.borrowers.remove(at: index) }
        }
    }
}

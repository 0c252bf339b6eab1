import Glibc
import Threads

/// Lends connections to threads: one writer, and readers that are opened when first needed.
final class SQLitePool: Sendable {
    private struct State {
        var writer: SQLiteConnection?
        var idleReaders: [SQLiteConnection] = []
        /// Idle, lent, or being opened.
        var readerCount = 0
        /// The threads that hold a connection, one entry each.
        var borrowers: [pthread_t] = []
        /// Who runs transactions together, and on what.
        var group: (thread: pthread_t, writer: SQLiteConnection)?
        var isClosed = false
    }

    private enum Loan: Sendable {
        case connection(SQLiteConnection)
        case mayOpenReader
        case closed
    }

    private let state: Guarded<State>
    private let readersMax: Int
    private let waitMax: Duration

    init(writer: SQLiteConnection, readersMax: Int, waitMax: Duration) {
        state = Guarded(State(writer: writer))
        self.readersMax = readersMax
        self.waitMax = waitMax
    }

    /// - Throws: `.unavailable` when the writer is not free in time.
    func withWriter<Answer>(
        _ body: (SQLiteConnection) throws(DatabaseError) -> Answer
    ) throws(DatabaseError) -> Answer {
        let loan: Loan? = borrow { state in
            guard let writer = state.writer else { return nil }
            state.writer = nil
            return .connection(writer)
        }
        guard case .connection(let writer) = loan else { throw refusal(loan) }
        defer { giveBack { $0.writer = writer } }
        return try body(writer)
    }

    /// As ``withWriter(_:)``; meanwhile ``ownGroup`` is the writer for this thread.
    func withGroup(
        _ body: (SQLiteConnection) throws(DatabaseError) -> Void
    ) throws(DatabaseError) {
        try withWriter { writer throws(DatabaseError) in
            let me = pthread_self()
            state.withLock { $0.group = (me, writer) }
            defer { state.withLock { $0.group = nil } }
            try body(writer)
        }
    }

    /// The connection on which this thread runs transactions together, if it does.
    var ownGroup: SQLiteConnection? {
        let me = pthread_self()
        return state.withLock { state in
            guard let group = state.group, group.thread == me else { return nil }
            return group.writer
        }
    }

    /// - Parameter open: makes one more reader.
    /// - Throws: `.unavailable` when no reader is free in time; what `open` throws.
    func withReader<Answer>(
        open: () throws(DatabaseError) -> SQLiteConnection,
        _ body: (SQLiteConnection) throws(DatabaseError) -> Answer
    ) throws(DatabaseError) -> Answer {
        let readersMax = readersMax
        let loan: Loan? = borrow { state in
            if let reader = state.idleReaders.popLast() { return .connection(reader) }
            guard state.readerCount < readersMax else { return nil }
            state.readerCount += 1
            return .mayOpenReader
        }
        let reader: SQLiteConnection
        switch loan {
        case .connection(let idle): reader = idle
        case .mayOpenReader:
            do throws(DatabaseError) {
                reader = try open()
            } catch {
                giveBack { $0.readerCount -= 1 }
                throw error
            }
        default: throw refusal(loan)
        }
        defer { giveBack { $0.idleReaders.append(reader) } }
        return try body(reader)
    }

    /// Waits until nothing is lent, then drops every connection.
    func close() {
        let me = pthread_self()
        let _: Bool? = state.wait { state in
            precondition(!state.borrowers.contains(me), "closed inside its own closure")
            state.isClosed = true
            guard state.borrowers.isEmpty else { return nil }
            state.writer = nil
            state.idleReaders = []
            return true
        }
    }

    private func borrow(_ take: (inout State) -> Loan?) -> Loan? {
        let me = pthread_self()
        return state.wait(atMost: waitMax) { state in
            precondition(
                !state.borrowers.contains(me),
                "a database call inside the closure of another would wait for itself")
            if state.isClosed { return .closed }
            guard let loan = take(&state) else { return nil }
            state.borrowers.append(me)
            return loan
        }
    }

    private func giveBack(_ put: (inout State) -> Void) {
        let me = pthread_self()
        state.change { state in
            put(&state)
            if let index = state.borrowers.firstIndex(of: me) { state.borrowers.remove(at: index) }
        }
    }

    private func refusal(_ loan: Loan?) -> DatabaseError {
        if case .closed = loan { return .unavailable("the database is closed") }
        return .unavailable("no database connection became free in time")
    }
}

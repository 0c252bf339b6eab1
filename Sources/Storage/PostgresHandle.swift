import CPostgreSQL
import Glibc

/// A connection of libpq. With `PostgresResult` below it, the only place that holds pointers of the
/// library.
///
/// Everything is sent and received without blocking, so that a server that says nothing is given up
/// when the time is over. Looking up a host's name is the one exception: the resolver has limits of
/// its own (`resolv.conf`).
@safe
final class PostgresHandle: @unchecked Sendable {
    // @unchecked Sendable: one thread at a time uses a handle (`PostgresPool` lends it).
    // @safe: `connection` is obtained in `init`, finished in `deinit` and never leaves this file.
    private let connection: OpaquePointer
    /// Set once, when nothing more can be asked on this connection.
    private(set) var isBroken = false
    /// How long one answer may take.
    var answerMax: Duration

    /// - Throws: `.lost` with libpq's reason, which names host, database and user, never a password.
    init(
        _ target: PostgresTarget, connectMax: Duration, answerMax: Duration
    ) throws(PostgresFailure) {
        let deadline = ContinuousClock.now + connectMax
        guard let connection = unsafe startConnecting(target.parameters) else {
            throw .lost("out of memory")
        }
        unsafe self.connection = unsafe connection
        self.answerMax = answerMax
        // Notices would go to the standard error, and may quote values.
        unsafe PQsetNoticeReceiver(connection, { _, _ in }, nil)
        try connect(until: deadline)
        guard unsafe PQsetnonblocking(connection, 1) == 0 else { throw lose() }
    }

    deinit {
        // Says goodbye without waiting, and closes the socket.
        unsafe PQfinish(connection)
    }

    var isInTransaction: Bool { unsafe PQtransactionStatus(connection) != PQTRANS_IDLE }

    /// Whether a connection that was left idle is still there: what the server sends unasked is
    /// mostly that it shuts down.
    func isStillThere() -> Bool {
        if isBroken { return false }
        var socket = unsafe pollfd(fd: PQsocket(connection), events: Int16(POLLIN), revents: 0)
        if unsafe poll(&socket, 1, 0) == 0 { return true }
        let isRead = unsafe PQconsumeInput(connection) == 1
        let isConnected = unsafe PQstatus(connection) == CONNECTION_OK
        isBroken = !(isRead && isConnected)
        return !isBroken
    }

    /// For whoever can no longer tell in which state the connection is.
    func giveUp() {
        isBroken = true
    }

    /// Runs a text without values.
    func command(_ text: String) throws(PostgresFailure) -> PostgresResult {
        guard unsafe PQsendQuery(connection, text) == 1 else { throw lose() }
        return try answer(isPreparing: false)
    }

    func prepare(
        _ text: String, as name: String, types: [PostgresType]
    ) throws(PostgresFailure) {
        let numbers = types.map(\.rawValue)
        let isSent = unsafe PQsendPrepare(connection, name, text, Int32(numbers.count), numbers)
        guard isSent == 1 else { throw lose() }
        _ = try answer(isPreparing: true)
    }

    func execute(
        _ name: String, _ parameters: PostgresParameters
    ) throws(PostgresFailure) -> PostgresResult {
        let count = parameters.ranges.count
        let lengths = parameters.ranges.map { Int32($0?.count ?? 0) }
        let binary = [Int32](repeating: 1, count: count)
        let isSent = unsafe parameters.content.withUnsafeBytes { content in
            // A value's address is inside `content`, which is never empty and outlives the call.
            let starts = unsafe parameters.ranges.map { range in
                unsafe range.map { range in
                    unsafe content.baseAddress!.advanced(by: range.lowerBound)
                        .assumingMemoryBound(to: CChar.self)
                }
            }
            return unsafe PQsendQueryPrepared(
                connection, name, Int32(count), starts, lengths, binary, 1)
        }
        guard isSent == 1 else { throw lose() }
        return try answer(isPreparing: false)
    }

    // MARK: Waiting

    private func connect(until deadline: ContinuousClock.Instant) throws(PostgresFailure) {
        guard unsafe PQstatus(connection) != CONNECTION_BAD else { throw refusal() }
        var next = PGRES_POLLING_WRITING
        while true {
            switch next {
            case PGRES_POLLING_OK: return
            case PGRES_POLLING_READING: try wait(POLLIN, until: deadline)
            case PGRES_POLLING_WRITING: try wait(POLLOUT, until: deadline)
            default: throw refusal()
            }
            next = unsafe PQconnectPoll(connection)
        }
    }

    /// Waits for the whole answer: one statement, one result.
    private func answer(isPreparing: Bool) throws(PostgresFailure) -> PostgresResult {
        let deadline = ContinuousClock.now + answerMax
        try flush(until: deadline)
        var answer: PostgresResult?
        while let result = try nextResult(until: deadline) {
            // An error is not followed by anything that matters.
            if answer?.isFailure != true { answer = result }
        }
        guard let answer else { throw lose() }
        switch answer.outcome(isPreparing: isPreparing) {
        case .success: return answer
        case .failure(.lost): throw lose()
        case .failure(let failure): throw failure
        }
    }

    private func flush(until deadline: ContinuousClock.Instant) throws(PostgresFailure) {
        while true {
            switch unsafe PQflush(connection) {
            case 0: return
            case 1:
                // The server may wait for us to read before it reads on.
                try wait(POLLIN | POLLOUT, until: deadline)
                guard unsafe PQconsumeInput(connection) == 1 else { throw lose() }
            default: throw lose()
            }
        }
    }

    private func nextResult(
        until deadline: ContinuousClock.Instant
    ) throws(PostgresFailure) -> PostgresResult? {
        while unsafe PQisBusy(connection) == 1 {
            try wait(POLLIN, until: deadline)
            // Also after the server hung up: its last words may be in what was read before.
            if unsafe PQconsumeInput(connection) == 0, unsafe PQisBusy(connection) == 1 {
                throw lose()
            }
        }
        guard let result = unsafe PQgetResult(connection) else { return nil }
        return unsafe PostgresResult(result)
    }

    private func wait(
        _ events: Int32, until deadline: ContinuousClock.Instant
    ) throws(PostgresFailure) {
        let left = max(0, (deadline - ContinuousClock.now).milliseconds)
        var socket = unsafe pollfd(fd: PQsocket(connection), events: Int16(events), revents: 0)
        let ready = unsafe poll(&socket, 1, Int32(clamping: left))
        if ready == 0 {
            isBroken = true
            throw .lost("the database server did not answer in time")
        }
        // A signal only makes the caller look again.
    }

    /// Nothing more can be asked. The library's message is not passed on: it may hold the details
    /// of an error that came first, and those quote values.
    private func lose() -> PostgresFailure {
        isBroken = true
        return .lost("the connection to the database was lost")
    }

    /// No values were sent yet, so the library may say why.
    private func refusal() -> PostgresFailure {
        isBroken = true
        let text = unsafe String(cString: PQerrorMessage(connection))
        let lines = text.split(separator: "\n").map { line in line.drop { $0 == "\t" } }
        return .lost(
            lines.isEmpty ? "the database cannot be reached" : lines.joined(separator: "; "))
    }
}

private func startConnecting(_ parameters: [String: String]) -> OpaquePointer? {
    let pairs = Array(parameters)
    let keywords = unsafe pairs.map { pair in unsafe UnsafePointer(strdup(pair.key)) } + [nil]
    let values = unsafe pairs.map { pair in unsafe UnsafePointer(strdup(pair.value)) } + [nil]
    defer {
        for index in pairs.indices {
            unsafe free(UnsafeMutablePointer(mutating: keywords[index]))
            unsafe free(UnsafeMutablePointer(mutating: values[index]))
        }
    }
    return unsafe PQconnectStartParams(keywords, values, 0)
}

/// An answer of the server, all of it in memory, and the row it stands on.
@safe
final class PostgresResult: Columns {
    // @safe: `result` is cleared in `deinit` and never leaves this file; a field's memory is copied
    // before the answer goes. It is not wiped.
    private let result: OpaquePointer
    let rowCount: Int
    /// From 0 to below `rowCount`.
    var row = 0

    fileprivate init(_ result: OpaquePointer) {
        unsafe self.result = unsafe result
        rowCount = Int(unsafe PQntuples(result))
    }

    deinit {
        unsafe PQclear(result)
    }

    /// What was done, such as `INSERT 0 1` or `COMMIT`.
    var tag: String { unsafe String(cString: PQcmdStatus(result)) }

    /// Rows inserted, updated or deleted.
    var changedRows: Int {
        // The library counts the rows of a SELECT too.
        guard !tag.hasPrefix("SELECT") else { return 0 }
        return Int(unsafe String(cString: PQcmdTuples(result))) ?? 0
    }

    func cell(_ position: Int) -> Cell {
        guard (0..<Int(unsafe PQnfields(result))).contains(position) else { return .unreadable }
        let (row, column) = (Int32(row), Int32(position))
        if unsafe PQgetisnull(result, row, column) == 1 { return .null }
        guard let type = PostgresType(rawValue: unsafe PQftype(result, column)) else {
            return .unreadable
        }
        let field = unsafe UnsafeRawBufferPointer(
            start: PQgetvalue(result, row, column),
            count: Int(PQgetlength(result, row, column)))
        return unsafe type.value(field).map(Cell.value) ?? .unreadable
    }

    fileprivate var isFailure: Bool { unsafe PQresultStatus(result) == PGRES_FATAL_ERROR }

    fileprivate func outcome(isPreparing: Bool) -> Result<Void, PostgresFailure> {
        switch unsafe PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK: return .success(())
        case PGRES_EMPTY_QUERY: return .failure(.notOneStatement)
        case PGRES_FATAL_ERROR:
            // Without a code it is the library that speaks: the connection is gone.
            guard let state = field("C") else { return .failure(.lost("")) }
            guard isPreparing else { return .failure(.server(state: state)) }
            return .failure(.misunderstood(state: state, message: field("M") ?? "not understood"))
        default: return .failure(.lost(""))
        }
    }

    /// - Parameter code: `PG_DIAG_SQLSTATE` is "C", `PG_DIAG_MESSAGE_PRIMARY` "M": character macros,
    ///   which are not imported.
    private func field(_ code: Unicode.Scalar) -> String? {
        unsafe PQresultErrorField(result, Int32(code.value)).map { unsafe String(cString: $0) }
    }
}

/// One connection to the server with its prepared statements and what goes wrong on it. Used by one
/// thread at a time.
final class PostgresConnection: Connection, @unchecked Sendable {
    // @unchecked Sendable: `PostgresPool` lends a connection to one thread at a time.
    enum Role: Sendable {
        case reader, writer
    }

    /// A statement is prepared for its text and the types of its values.
    private struct StatementKey: Hashable {
        let text: String
        let types: [PostgresType]
    }

    private let handle: PostgresHandle
    /// The names under which the server knows the statements.
    private var statements: [StatementKey: String] = [:]
    private var statementCount = 0
    /// Of the transaction under way.
    private var role = Role.reader
    /// The first failure of the transaction under way; see ``Database/transaction(_:)``.
    private var firstFailure: PostgresFailure?

    /// - Throws: `.unavailable` when the server cannot be reached, `.refused` when it will not do.
    init(_ target: PostgresTarget, _ limits: PostgresLimits) throws(DatabaseError) {
        do throws(PostgresFailure) {
            handle = try PostgresHandle(
                target, connectMax: limits.connectMax, answerMax: limits.answerMax)
        } catch {
            throw error.error(whileWriting: false)
        }
        if let refusal = try prepareSession(limits).refusal { throw .refused(refusal) }
    }

    /// Must not be used again.
    var isBroken: Bool { handle.isBroken || (firstFailure?.endsConnection(as: role) ?? false) }

    /// Whether the last transaction failed only because others came first.
    var lostRace: Bool { !isBroken && (firstFailure?.isLostRace ?? false) }

    /// Whether the first failure was that a statement took longer than it may.
    var wasCancelled: Bool { !isBroken && firstFailure == .server(state: "57014") }

    func isStillThere() -> Bool { handle.isStillThere() }

    /// Runs `body` between BEGIN and COMMIT.
    func inTransaction<Answer>(
        as role: Role, _ durability: Durability = .atOnce,
        _ body: () throws(DatabaseError) -> Answer
    ) throws(DatabaseError) -> Answer {
        self.role = role
        firstFailure = nil
        try command(beginning(as: role, durability))
        do throws(DatabaseError) {
            let answer = try body()
            if let firstFailure { throw firstFailure.error(as: role) }
            try commit()
            return answer
        } catch {
            rollBack()
            throw error
        }
    }

    private func beginning(as role: Role, _ durability: Durability) -> String {
        switch (role, durability) {
        case (.reader, _): "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
        case (.writer, .atOnce): "BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE"
        // The log is one: a later commit that waits for it waits for what stands before, too.
        case (.writer, .withTheNext):
            "BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE; SET LOCAL synchronous_commit = off"
        }
    }

    func run(
        _ sql: SQL, atMost limit: Int,
        _ body: (borrowing Row) throws(DatabaseError) -> Void
    ) throws(DatabaseError) {
        let result = try result(of: sql)
        for row in 0..<min(limit, result.rowCount) {
            result.row = row
            try body(Row(result))
        }
    }

    func execute(_ sql: SQL) throws(DatabaseError) -> Int {
        try result(of: sql).changedRows
    }

    /// Runs a statement without values outside a transaction.
    ///
    /// - Parameter text: a literal, or quoted by the server.
    @discardableResult
    func command(_ text: String) throws(DatabaseError) -> PostgresResult {
        try attempt { () throws(PostgresFailure) in try handle.command(text) }
    }

    /// Waits for the one turn of this database. `lock_timeout` bounds the wait.
    func takeTurn() throws(DatabaseError) {
        firstFailure = nil
        try run("SELECT pg_advisory_lock(\(turnKey))", atMost: 0) { _ in }
    }

    /// A connection that cannot give up its turn is thrown away, and the server ends the turn.
    func endTurn() {
        guard !isBroken else { return }
        firstFailure = nil
        do throws(DatabaseError) {
            try run("SELECT pg_advisory_unlock(\(turnKey))", atMost: 0) { _ in }
        } catch {
            handle.giveUp()
        }
    }

    /// Runs `body` while statements may take longer than the connection's limit.
    func withStatementMax(
        _ statementMax: Duration, insteadOf limits: PostgresLimits,
        _ body: () throws(DatabaseError) -> Void
    ) throws(DatabaseError) {
        firstFailure = nil
        var longer = limits
        longer.statementMax = statementMax
        _ = try prepareSession(longer)
        handle.answerMax = longer.answerMax
        do throws(DatabaseError) {
            try body()
        } catch {
            // A cancelled statement is no reason to give up the connection, nor to keep the limit.
            try restore(limits)
            throw error
        }
        try restore(limits)
    }

    private func restore(_ limits: PostgresLimits) throws(DatabaseError) {
        firstFailure = nil
        handle.answerMax = limits.answerMax
        _ = try prepareSession(limits)
    }

    private func result(of sql: SQL) throws(DatabaseError) -> PostgresResult {
        if let firstFailure { throw firstFailure.error(as: role) }
        return try attempt { () throws(PostgresFailure) in
            let parameters = try PostgresParameters(sql.values)
            return try handle.execute(try name(of: sql), parameters)
        }
    }

    /// - Returns: the name of the prepared statement.
    private func name(of sql: SQL) throws(PostgresFailure) -> String {
        let key = StatementKey(text: sql.text, types: PostgresParameters.types(of: sql.values))
        if let known = statements[key] { return known }
        // Text is a literal, so there are as many statements as the source has. The limit is for
        // a mistake; see `StatementCache`.
        if statements.count >= statementsMax {
            _ = try handle.command("DEALLOCATE ALL")
            statements.removeAll(keepingCapacity: true)
        }
        statementCount += 1
        let name = "s\(statementCount)"
        try handle.prepare(sql.text, as: name, types: key.types)
        statements[key] = name
        return name
    }

    private func commit() throws(DatabaseError) {
        do throws(DatabaseError) {
            // The server answers ROLLBACK when a statement failed that we did not notice.
            guard try command("COMMIT").tag == "COMMIT" else {
                throw .unavailable("the server rolled the transaction back")
            }
        } catch {
            guard isBroken, role == .writer else { throw error }
            throw .unavailable(
                """
                the database was lost while it committed: the transaction is stored whole or not \
                at all
                """)
        }
    }

    /// A connection that cannot be rolled back is thrown away, and the server rolls back itself.
    private func rollBack() {
        guard !isBroken, handle.isInTransaction else { return }
        do throws(PostgresFailure) {
            _ = try handle.command("ROLLBACK")
        } catch {
            handle.giveUp()
        }
    }

    private func attempt<Answer>(
        _ body: () throws(PostgresFailure) -> Answer
    ) throws(DatabaseError) -> Answer {
        do throws(PostgresFailure) {
            return try body()
        } catch {
            if firstFailure == nil { firstFailure = error }
            throw error.error(as: role)
        }
    }
}

extension PostgresFailure {
    fileprivate func error(as role: PostgresConnection.Role) -> DatabaseError {
        error(whileWriting: role == .writer)
    }

    fileprivate func endsConnection(as role: PostgresConnection.Role) -> Bool {
        endsConnection(whileWriting: role == .writer)
    }
}

/// "loquet", so that no other program uses the same number by accident.
private let turnKey: Int64 = 0x6C6F_7175_6574

/// About twice what the service's source holds.
private let statementsMax = 256

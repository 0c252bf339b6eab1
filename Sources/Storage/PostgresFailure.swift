/// What went wrong on a PostgreSQL connection.
///
/// Source of the codes: https://www.postgresql.org/docs/15/errcodes-appendix.html
enum PostgresFailure: Error, Equatable {
    /// The server refused with this SQLSTATE.
    case server(state: String)
    /// The server did not understand a statement before it had seen any value, so its message can
    /// quote only the statement.
    case misunderstood(state: String, message: String)
    /// A text that is not one statement.
    case notOneStatement
    /// Value `$n` cannot be stored.
    case value(parameter: Int)
    /// The connection is gone, or must not be used any more.
    case lost(String)

    /// The five characters of the server's code.
    private var state: String? {
        switch self {
        case .server(let state), .misunderstood(let state, _): state
        case .notOneStatement, .value, .lost: nil
        }
    }

    /// Serialization failure or deadlock: nothing was changed, and the same transaction may
    /// succeed the next time.
    var isLostRace: Bool { state == "40001" || state == "40P01" }

    /// Whether the connection is of no use any more: the server said its last word on it, became
    /// read-only, or does not know our prepared statements.
    func endsConnection(whileWriting: Bool) -> Bool {
        guard let state else {
            if case .lost = self { return true }
            return false
        }
        if state == "25006" { return whileWriting }
        // 25P03 idle in transaction for too long, 26000 no such prepared statement: a pooler
        // that hands out another server connection for each transaction cannot stand in between.
        return state.hasPrefix("57P") || state == "25P03" || state == "26000"
            || (state.hasPrefix("08") && state != "08P01")
    }

    /// What the caller of the database is told. Never holds a value.
    func error(whileWriting: Bool) -> DatabaseError {
        switch self {
        case .value(let parameter): return .valueRefused(parameter: parameter)
        case .notOneStatement: return .statement("not exactly one statement")
        case .lost(let reason): return .unavailable(reason)
        case .misunderstood(let state, let message):
            return unavailability(of: state, whileWriting).map { .unavailable($0) }
                ?? .statement("\(message) (SQLSTATE \(state))")
        case .server("23505"): return .uniqueViolation
        case .server(let state) where state.hasPrefix("23"): return .constraint
        case .server(let state):
            return unavailability(of: state, whileWriting).map { .unavailable($0) }
                ?? .statement("the server refuses the statement (SQLSTATE \(state))")
        }
    }
}

/// Why the server cannot do it now; `nil` when it never will.
private func unavailability(of state: String, _ isWriting: Bool) -> String? {
    let reason: String
    switch state {
    case "40001", "40P01": reason = "other transactions came first"
    case "57014": reason = "a statement took too long"
    case "55P03": reason = "a row was locked for too long"
    case "25P03": reason = "a transaction was idle for too long"
    case "25006" where isWriting: reason = "the server has become read-only"
    case "26000": reason = "the server does not know a prepared statement"
    case "53100": reason = "the server's disk is full"
    case "53300": reason = "the server has too many connections"
    case "08P01": return nil
    default:
        // Connection, resources, operator intervention, system and internal errors; XX also
        // stands for damaged data, which the server's own log explains.
        guard ["08", "53", "57", "58", "F0", "XX"].contains(state.prefix(2)) else { return nil }
        reason = "the server cannot do this now"
    }
    return "\(reason) (SQLSTATE \(state))"
}

/// How long anything on PostgreSQL may take, and how many connections there are.
package struct PostgresLimits: Sendable {
    /// Connections of this process, opened when needed, 1 or more. 8 keeps two processors busy;
    /// every node's count together must stay below the server's `max_connections`.
    package var connectionsMax = 8
    /// How long a call waits for a connection, and how long a transaction is repeated.
    package var waitMax = Duration.seconds(5)
    /// How long connecting may take, all hosts together.
    package var connectMax = Duration.seconds(5)
    /// The server cancels a statement after this; two seconds later this side hangs up.
    package var statementMax = Duration.seconds(5)
    /// How long a statement waits for a row or table that another transaction holds.
    package var lockMax = Duration.seconds(3)
    /// The server ends a transaction that says nothing for this long: its process is stuck.
    package var idleInTransactionMax = Duration.seconds(10)

    package init() {}

    /// For whoever changes the schema: an index on a large table takes its time, and other nodes
    /// wait for the outcome.
    package static var migrating: PostgresLimits {
        var limits = PostgresLimits()
        limits.statementMax = .seconds(3_600)
        limits.lockMax = .seconds(60)
        return limits
    }

    /// How long this side waits for an answer. The server needs no longer than `statementMax`; two
    /// seconds are for the way.
    var answerMax: Duration { statementMax + .seconds(2) }
}

extension Duration {
    /// For settings that are whole milliseconds.
    var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000 + attoseconds / 1_000_000_000_000_000
    }
}

/// A database that stores everything or nothing.
///
/// Stores are written against this protocol, each statement once, in SQL that every
/// implementation accepts. All calls block the calling thread and may come from any thread.
///
/// A call inside the closure of another call on the same database, by the same thread, is a
/// programming error and stops the program: it would wait for a connection that it holds itself.
package protocol Database: Sendable {
    /// Runs `body` on one consistent snapshot: it sees all of a transaction or none of it.
    ///
    /// - Throws: what `body` throws; `.unavailable` when no connection becomes free in time.
    func read<Answer>(
        _ body: (borrowing Reader) throws(DatabaseError) -> Answer
    ) throws(DatabaseError) -> Answer

    /// Runs `body`, commits when it returns and rolls back when it throws.
    ///
    /// `body` **may run more than once**: a database with several writers at a time runs it again
    /// after a serialization failure. It must have no effect outside the transaction.
    ///
    /// A statement that fails ends the transaction, also when `body` catches the error: later
    /// statements and the commit throw that first error again. (PostgreSQL works like this; doing
    /// the same everywhere keeps a store from working on one database only.) An insert that may
    /// meet an existing row says `ON CONFLICT`.
    ///
    /// - Throws: what `body` throws; `.unavailable` when the write lock is not free in time, or
    ///   others came first too often. Nothing was changed then, with one exception: a server that
    ///   is lost while it commits may have stored the transaction, whole.
    ///
    /// - Parameter durability: ``Durability/atOnce`` unless what is written may be lost with the machine.
    func transaction<Answer>(
        _ durability: Durability,
        _ body: (borrowing Transaction) throws(DatabaseError) -> Answer
    ) throws(DatabaseError) -> Answer

    /// Runs `body`, whose transactions become parts of one: what they wrote is committed, and as durable
    /// as `durability` says, when this returns. One wait for the disk serves them all.
    ///
    /// Each part stores everything or nothing as ever, and fails by itself; it sees the parts before
    /// it, which nobody else sees yet. So `body` must tell nobody what its transactions answered: its
    /// caller does, afterwards. Calls inside, reads too, are this thread's alone.
    ///
    /// Where ``joinsTransactions`` is `false` they are transactions of their own, which are as durable
    /// as each asked for.
    ///
    /// - Throws: when nothing of it was kept, whatever the parts answered.
    func together(
        _ durability: Durability, _ body: () -> Void
    ) throws(DatabaseError)

    /// Whether ``together(_:_:)`` makes one transaction of several: one connection writes at a time here,
    /// and a commit waits for a disk.
    var joinsTransactions: Bool { get }

    /// Whether the schema has a table of this name. The one question about the schema itself that
    /// no common SQL can ask.
    func hasTable(_ name: StaticString) throws(DatabaseError) -> Bool

    /// Whether a read takes microseconds: the database is in this process. Where it does not, network
    /// threads must not wait for it.
    var answersAtOnce: Bool { get }

    /// What runs, with versions: for an operator to read.
    var library: String { get }

    /// The settings that durability and integrity depend on, as the database answers them now.
    func settings() throws(DatabaseError) -> [String: String]

    /// What a check of the stored data finds wrong; empty when it is sound, `nil` where such a
    /// check is the server's affair.
    func integrityFaults() throws(DatabaseError) -> [String]?

    /// Removes deleted rows' bytes from the files that hold recent changes, as far as this database
    /// can while it serves. Asked for after a closure.
    func scrub() throws(DatabaseError)

    /// Waits for the calls under way, then releases files and connections. Later calls throw
    /// `.unavailable`; a second `close` does nothing.
    func close()
}

/// When what a transaction wrote can no longer be lost.
package enum Durability: Sendable {
    /// When the call returns.
    case atOnce
    /// When the next transaction on this node that is durable at once returns; until then it outlives
    /// this process but not the machine. Everybody sees it at once. For what nobody is told before that
    /// next transaction: it saves waiting for the disk twice.
    case withTheNext
}

extension Database {
    package func transaction<Answer>(
        _ body: (borrowing Transaction) throws(DatabaseError) -> Answer
    ) throws(DatabaseError) -> Answer {
        try transaction(.atOnce, body)
    }

    package var joinsTransactions: Bool { false }

    package func together(
        _ durability: Durability, _ body: () -> Void
    ) throws(DatabaseError) {
        body()
    }
}

/// What a ``Reader`` and a ``Transaction`` have in common: asking.
package protocol Reading: ~Copyable {
    /// All rows of the answer, in its order, each passed through `map`.
    ///
    /// A statement that writes and answers (`UPDATE … RETURNING`) has written all of its rows,
    /// and works in a transaction only.
    func rows<Element>(
        _ sql: SQL, _ map: (borrowing Row) throws(DatabaseError) -> Element
    ) throws(DatabaseError) -> [Element]

    /// The first row of the answer passed through `map`, or `nil` when there is none.
    func first<Element>(
        _ sql: SQL, _ map: (borrowing Row) throws(DatabaseError) -> Element
    ) throws(DatabaseError) -> Element?
}

/// A snapshot that can be asked. Lent to a closure and never copied, so it cannot outlive it.
package struct Reader: ~Copyable, Reading {
    private let connection: any Connection

    // Swift 6.3.1 crashes in release builds when this is inlined (“Cannot initialize a
    // nonCopyable type with a guaranteed value”).
    @inline(never)
    init(_ connection: any Connection) {
        self.connection = connection
    }

    package func rows<Element>(
        _ sql: SQL, _ map: (borrowing Row) throws(DatabaseError) -> Element
    ) throws(DatabaseError) -> [Element] {
        try connection.elements(sql, map)
    }

    package func first<Element>(
        _ sql: SQL, _ map: (borrowing Row) throws(DatabaseError) -> Element
    ) throws(DatabaseError) -> Element? {
        try connection.firstElement(sql, map)
    }
}

/// A transaction under way. Lent to a closure and never copied, so it cannot outlive it.
package struct Transaction: ~Copyable, Reading {
    private let connection: any Connection

    // Swift 6.3.1 crashes in release builds when this is inlined (“Cannot initialize a
    // nonCopyable type with a guaranteed value”).
    @inline(never)
    init(_ connection: any Connection) {
        self.connection = connection
    }

    package func rows<Element>(
        _ sql: SQL, _ map: (borrowing Row) throws(DatabaseError) -> Element
    ) throws(DatabaseError) -> [Element] {
        try connection.elements(sql, map)
    }

    package func first<Element>(
        _ sql: SQL, _ map: (borrowing Row) throws(DatabaseError) -> Element
    ) throws(DatabaseError) -> Element? {
        try connection.firstElement(sql, map)
    }

    /// Runs a statement for its effect.
    ///
    /// - Returns: how many rows it inserted, updated or deleted itself, without what foreign keys
    ///   did; 0 for a statement that changes no rows, such as CREATE TABLE.
    @discardableResult
    package func execute(_ sql: SQL) throws(DatabaseError) -> Int {
        try connection.execute(sql)
    }
}

/// What an implementation puts behind ``Reader`` and ``Transaction``: one connection, used by one
/// thread at a time.
protocol Connection: AnyObject {
    /// Passes at most `limit` rows to `body`; a statement that writes still writes all of its
    /// rows.
    func run(
        _ sql: SQL, atMost limit: Int,
        _ body: (borrowing Row) throws(DatabaseError) -> Void
    ) throws(DatabaseError)

    func execute(_ sql: SQL) throws(DatabaseError) -> Int
}

extension Connection {
    fileprivate func elements<Element>(
        _ sql: SQL, _ map: (borrowing Row) throws(DatabaseError) -> Element
    ) throws(DatabaseError) -> [Element] {
        var elements: [Element] = []
        try run(sql, atMost: .max) { row throws(DatabaseError) in elements.append(try map(row)) }
        return elements
    }

    fileprivate func firstElement<Element>(
        _ sql: SQL, _ map: (borrowing Row) throws(DatabaseError) -> Element
    ) throws(DatabaseError) -> Element? {
        var first: Element?
        try run(sql, atMost: 1) { row throws(DatabaseError) in first = try map(row) }
        return first
    }
}

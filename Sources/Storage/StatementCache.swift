/// Compiled statements by their text.
///
/// Text is a literal, so a program has as many statements as its source, and the limit is there
/// for a mistake only: when one more text arrives, all are dropped and compiled again when used
/// next. A dropped statement that is still in use lives until its user is done.
struct StatementCache {
    /// Statements kept at most. 256 is about twice what the service's source holds.
    let limit: Int
    private var statements: [String: SQLiteStatement] = [:]

    init(limit: Int = 256) {
        self.limit = limit
    }

    var count: Int { statements.count }

    /// The kept statement for `text`, else a new one, which is kept. A statement that is in use
    /// (the same text inside its own answer) gets a second one, which replaces it here.
    mutating func statement(
        _ text: String, on handle: SQLiteHandle
    ) throws(SQLiteFailure) -> SQLiteStatement {
        if let kept = statements[text], !kept.isInUse { return kept }
        let prepared = try handle.prepare(text)
        if statements.count >= limit { statements.removeAll(keepingCapacity: true) }
        statements[text] = prepared
        return prepared
    }
}

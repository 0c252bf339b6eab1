/// Why the database did not do what it was asked. No case carries a bound value.
package enum DatabaseError: Error, Equatable {
    /// Not now: another process holds the lock for longer than we wait, the disk is full, the
    /// file or server cannot be reached, the database is closed. Nothing was changed, unless a
    /// server was lost while it committed (see ``Database/transaction(_:)``). The service answers
    /// 503.
    case unavailable(String)
    /// A row with this key exists.
    case uniqueViolation
    /// Any other constraint: a foreign key, a CHECK, a NOT NULL.
    case constraint
    /// An update named a version that is no longer there. The database never throws this: a store
    /// does, so that the transaction rolls back.
    case conflict
    /// The column at `position` (from 0) does not exist, is NULL, or is not of the `wanted` type.
    case unexpectedColumn(position: Int, wanted: SQLValue.Kind)
    /// The value for parameter `$n` (from 1) cannot be stored: a text with U+0000, or a value
    /// above the database's size limit.
    case valueRefused(parameter: Int)
    /// The database does not accept the statement: it does not fit the schema, or writes where
    /// only reading is allowed. Our mistake, or a schema changed behind our back. The reason can
    /// quote the statement's text, which is a literal of this program, and nothing else.
    case statement(String)
    /// The program must not start on this database; the reason is for the operator.
    case refused(String)
}

package import Accounts

/// Who did what to what, in the transaction that did it.
package enum AuditStore {
    package struct Record: Equatable, Sendable {
        package let id: String
        package let at: Timestamp
        /// `cli:<uid>`, an application's or administrator's id, or an account's.
        package let actor: String
        /// What was done, as `object.verb`: `account.registered`.
        package let action: String
        /// An opaque id. Never personal data.
        package let object: String

        package init(id: String, at: Timestamp, actor: String, action: String, object: String) {
            self.id = id
            self.at = at
            self.actor = actor
            self.action = action
            self.object = object
        }
    }

    package static func append(
        _ record: Record, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try transaction.execute(
            """
            INSERT INTO audit (id, at_us, actor, action, object)
            VALUES (
                \(record.id), \(record.at), \(record.actor), \(record.action), \(record.object)
            )
            """)
    }

    /// The newest records about an object, newest first.
    package static func about(
        _ object: String, limit: Int, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [Record] {
        try reading.rows(
            """
            SELECT id, at_us, actor, action FROM audit WHERE object = \(object)
            ORDER BY at_us DESC, id DESC LIMIT \(limit)
            """
        ) { row throws(DatabaseError) in
            Record(
                id: try row.text(0), at: try row.timestamp(1), actor: try row.text(2),
                action: try row.text(3), object: object)
        }
    }
}

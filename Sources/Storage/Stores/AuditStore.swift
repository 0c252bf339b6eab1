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
}

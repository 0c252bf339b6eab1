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
        /// Why, in the actor's words, where what was read or done concerns people; else empty.
        package let reason: String

        package init(
            id: String, at: Timestamp, actor: String, action: String, object: String,
            reason: String = ""
        ) {
            self.id = id
            self.at = at
            self.actor = actor
            self.action = action
            self.object = object
            self.reason = reason
        }
    }

    package static func append(
        _ record: Record, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try transaction.execute(
            """
            INSERT INTO audit (id, at_us, actor, action, object, reason)
            VALUES (
                \(record.id), \(record.at), \(record.actor), \(record.action), \(record.object),
                \(record.reason)
            )
            """)
    }
}

package import Accounts
import Secrets

/// Who did what to what, in the transaction that did it, each record chained to the one before.
///
/// Every node, server or command reads and advances the one head, so there is one chain. Whoever
/// appends holds the head until the end of the transaction: on PostgreSQL appends wait for each other,
/// and one that began too early is run again, as with the numbers of events.
package enum AuditStore {
    package struct Record: Equatable, Sendable {
        package let id: String
        package let at: Timestamp
        /// `cli:<uid>`, an application's or administrator's id, or an account's.
        package let actor: String
        /// What was done, as `object.verb`: `account.registered`.
        package let action: String
        /// An opaque id. Never personal data: records outlive the people they are about.
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
        let role = try role(of: record.actor, transaction)
        let before = try advance(transaction)
        let chained = ChainedRecord(
            sequence: before.sequence + 1, id: record.id, at: record.at, actor: record.actor,
            role: role, action: record.action, object: record.object, reason: record.reason)
        let digest = chained.digest(after: before.digest)
        try transaction.execute(
            """
            INSERT INTO audit
                (id, at_us, actor, role, action, object, reason, form, sequence, digest)
            VALUES (
                \(record.id), \(record.at), \(record.actor), \(role), \(record.action),
                \(record.object), \(record.reason), \(Int64(ChainedRecord.form)),
                \(chained.sequence), \(digest)
            )
            """)
        try setHead(digest, transaction)
    }

    /// Chains the next rows that are in no chain, as they stand, in the order of their ids.
    ///
    /// - Returns: how many.
    package static func adopt(
        limit: Int, _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> Int {
        let strays = try transaction.rows(
            """
            SELECT id, at_us, actor, role, action, object, reason FROM audit
            WHERE sequence IS NULL ORDER BY id LIMIT \(limit)
            """
        ) { row throws(DatabaseError) in
            (
                record: Record(
                    id: try row.text(0), at: try row.timestamp(1), actor: try row.text(2),
                    action: try row.text(4), object: try row.text(5), reason: try row.text(6)),
                role: try row.text(3)
            )
        }
        for (record, role) in strays {
            let before = try advance(transaction)
            let chained = ChainedRecord(
                sequence: before.sequence + 1, id: record.id, at: record.at, actor: record.actor,
                role: role, action: record.action, object: record.object, reason: record.reason)
            let digest = chained.digest(after: before.digest)
            try transaction.execute(
                """
                UPDATE audit SET form = \(Int64(ChainedRecord.form)),
                    sequence = \(chained.sequence), digest = \(digest)
                WHERE id = \(record.id)
                """)
            try setHead(digest, transaction)
        }
        return strays.count
    }

    /// Takes the next number.
    ///
    /// - Returns: where the chain stood before.
    private static func advance(
        _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> ChainWalk.Position {
        let before: ChainWalk.Position? = try transaction.first(
            """
            INSERT INTO audit_head (name, sequence, digest)
            VALUES ('log', 1, \(ChainedRecord.beginning))
            ON CONFLICT (name) DO UPDATE SET sequence = audit_head.sequence + 1
            RETURNING sequence, digest
            """
        ) { row throws(DatabaseError) in
            ChainWalk.Position(sequence: try row.int64(0) - 1, digest: try row.digest(1))
        }
        guard let before else { throw .conflict }
        return before
    }

    private static func setHead(
        _ digest: Digest, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try transaction.execute("UPDATE audit_head SET digest = \(digest) WHERE name = 'log'")
    }

    /// The roles that an administrator's key holds now; see ``AuditRole``.
    private static func role(
        of actor: String, _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> String {
        if let role = AuditRole.of(actor: actor) { return role }
        let roles: String? = try transaction.first(
            "SELECT roles FROM api_key WHERE id = \(actor)"
        ) { row throws(DatabaseError) in try row.text(0) }
        return roles ?? ""
    }
}

package import Accounts

/// The journal of erasures: content-free, signed, never shortened. What a backup was made before is
/// read from here and erased again when it is restored.
package enum ErasureStore {
    package struct Record: Equatable, Sendable {
        package let erasure: Erasure
        /// Names the audit-checkpoint key.
        package let keyID: String
        /// An Ed25519 signature over ``Erasure/message``.
        package let proof: [UInt8]

        package init(erasure: Erasure, keyID: String, proof: [UInt8]) {
            self.erasure = erasure
            self.keyID = keyID
            self.proof = proof
        }
    }

    /// Does nothing where the journal has this erasure.
    package static func append(
        _ record: Record, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        let erasure = record.erasure
        try transaction.execute(
            """
            INSERT INTO erasure (id, account_id, thing, record, count, erase_after_us, erased_at_us,
                key_id, proof)
            VALUES (
                \(erasure.id), \(erasure.account?.text ?? ""), \(erasure.thing.name),
                \(erasure.record), \(erasure.count), \(erasure.eraseAfter), \(erasure.erasedAt),
                \(record.keyID), \(record.proof)
            )
            ON CONFLICT DO NOTHING
            """)
    }

    /// One page in the order of ids, which is that of time, but within a millisecond and between nodes:
    /// whoever keeps a copy asks again from a minute before the last one, and drops repeats by id.
    ///
    /// - Parameters:
    ///   - id: the last one of the page before, or the last that a backup holds; empty at first.
    ///   - account: `nil` for all.
    package static func page(
        after id: String, account: AccountID? = nil, limit: Int,
        _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [Record] {
        try reading.rows(
            """
            SELECT id, account_id, thing, record, count, erase_after_us, erased_at_us, key_id, proof
            FROM erasure
            WHERE id > \(id) AND (account_id = \(account?.text ?? "") OR \(account == nil))
            ORDER BY id LIMIT \(limit)
            """
        ) { row throws(DatabaseError) in
            let account: AccountID? = try row.text(1).isEmpty ? nil : try row.id(1)
            let thing = try row.value(2, .text, Erasure.Thing(name: try row.text(2)))
            return Record(
                erasure: Erasure(
                    id: try row.text(0), account: account, thing: thing, record: try row.text(3),
                    count: try row.int64(4), eraseAfter: try row.timestamp(5),
                    erasedAt: try row.timestamp(6)),
                keyID: try row.text(7), proof: try row.bytes(8))
        }
    }
}

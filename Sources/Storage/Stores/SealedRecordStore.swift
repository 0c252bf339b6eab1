package import Accounts
package import Secrets

/// What closed accounts leave, sealed: this program writes it, hands it out to whoever holds the key,
/// and erases it. Nothing here can read it.
package enum SealedRecordStore {
    package struct Record: Equatable, Sendable {
        package let id: SealedRecordID
        package let account: AccountID
        /// A category's name in the retention file.
        package let category: String
        /// The law, or the interest, as the retention file names it.
        package let basis: String
        package let eraseAfter: Timestamp
        /// CMS in DER.
        package let sealed: [UInt8]
        /// SHA-256 of `sealed`, as it was when the audit row was written.
        package let digest: Digest
        /// The fingerprint of the certificate it is sealed to.
        package let archiveKey: Digest
        package let sealedAt: Timestamp

        package init(
            id: SealedRecordID, account: AccountID, category: String, basis: String,
            eraseAfter: Timestamp, sealed: [UInt8], digest: Digest, archiveKey: Digest,
            sealedAt: Timestamp
        ) {
            self.id = id
            self.account = account
            self.category = category
            self.basis = basis
            self.eraseAfter = eraseAfter
            self.sealed = sealed
            self.digest = digest
            self.archiveKey = archiveKey
            self.sealedAt = sealedAt
        }
    }

    /// The action of the audit row that names a record and its digest.
    package static let auditAction = "record.sealed"

    /// A record without its content: what retention and rights requests need to know.
    package struct Summary: Equatable, Sendable {
        package let id: SealedRecordID
        package let account: AccountID
        package let category: String
        package let basis: String
        package let eraseAfter: Timestamp
    }

    package static func insert(
        _ record: Record, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try transaction.execute(
            """
            INSERT INTO sealed_record (id, account_id, category, basis, erase_after_us, sealed,
                digest, archive_key, sealed_at_us)
            VALUES (
                \(record.id), \(record.account), \(record.category), \(record.basis),
                \(record.eraseAfter), \(record.sealed), \(record.digest), \(record.archiveKey),
                \(record.sealedAt)
            )
            """)
    }

    /// What one account left, in the order of categories' names.
    package static func summaries(
        of account: AccountID, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [Summary] {
        try reading.rows(
            """
            SELECT id, account_id, category, basis, erase_after_us FROM sealed_record
            WHERE account_id = \(account) ORDER BY category, id
            """, summary)
    }

    /// Whose time is over, the oldest first.
    package static func due(
        at now: Timestamp, limit: Int, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [Summary] {
        try reading.rows(
            """
            SELECT id, account_id, category, basis, erase_after_us FROM sealed_record
            WHERE erase_after_us <= \(now) ORDER BY erase_after_us, id LIMIT \(limit)
            """, summary)
    }

    /// Erases one record. With the last one of an account its locators go, too: they only served to find
    /// records.
    ///
    /// - Returns: `false` when it is erased already.
    package static func erase(
        _ id: SealedRecordID, _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> Bool {
        let account: AccountID? = try transaction.first(
            "SELECT account_id FROM sealed_record WHERE id = \(id)"
        ) { row throws(DatabaseError) in try row.id(0) }
        guard let account else { return false }
        try transaction.execute("DELETE FROM sealed_record WHERE id = \(id)")
        try transaction.execute(
            """
            DELETE FROM archive_locator WHERE account_id = \(account)
                AND NOT EXISTS (SELECT 1 FROM sealed_record WHERE account_id = \(account))
            """)
        return true
    }

    /// One page of records in the order of their ids, narrowed to an account or a category.
    ///
    /// - Parameter id: the last id of the page before.
    package static func page(
        after id: SealedRecordID?, account: AccountID? = nil, category: String? = nil, limit: Int,
        _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [Record] {
        try reading.rows(
            """
            SELECT id, account_id, category, basis, erase_after_us, sealed, digest, archive_key,
                sealed_at_us
            FROM sealed_record
            WHERE id > \(id?.text ?? "")
                AND (account_id = \(account?.text ?? "") OR \(account == nil))
                AND (category = \(category ?? "") OR \(category == nil))
            ORDER BY id LIMIT \(limit)
            """
        ) { row throws(DatabaseError) in
            Record(
                id: try row.id(0), account: try row.id(1), category: try row.text(2),
                basis: try row.text(3), eraseAfter: try row.timestamp(4),
                sealed: try row.bytes(5), digest: try row.digest(6),
                archiveKey: try row.digest(7), sealedAt: try row.timestamp(8))
        }
    }

    package static func count(
        _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> Int64 {
        let count = try reading.first("SELECT count(*) FROM sealed_record") {
            row throws(DatabaseError) in try row.int64(0)
        }
        return count ?? 0
    }

    /// Accounts that left records and had this identifier.
    ///
    /// - Parameter locators: under every identifier key.
    package static func accounts(
        locators: [Digest], _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [AccountID] {
        var found: [AccountID] = []
        for locator in locators {
            found += try reading.rows(
                """
                SELECT account_id FROM archive_locator WHERE locator = \(locator)
                ORDER BY account_id
                """
            ) { row throws(DatabaseError) in try row.id(0) }
        }
        return found
    }

    private static func summary(_ row: borrowing Row) throws(DatabaseError) -> Summary {
        Summary(
            id: try row.id(0), account: try row.id(1), category: try row.text(2),
            basis: try row.text(3), eraseAfter: try row.timestamp(4))
    }
}

extension SealedRecordStore.Record {
    /// What its audit row names: the id, and the digest that the content must have.
    package var auditObject: String { "\(id.text) sha256:\(Hexadecimal.encode(digest.bytes))" }
}

package import Accounts

extension AccountFlag: Bindable {}

/// What stops erasure: restrictions of one person, and legal holds on a person, a category, or a
/// person's records of a category. Released ones stay as the record of a decision.
package enum FlagStore {
    package struct Record: Equatable, Sendable {
        package let id: String
        package let flag: AccountFlag
        /// `nil` for everybody's records of the category.
        package let account: AccountID?
        /// `nil` for everything of the person.
        package let category: RetentionCategory?
        package let reason: String
        package let placedBy: String
        package let placedAt: Timestamp
        package let release: Release?

        package struct Release: Equatable, Sendable {
            package let by: String
            package let at: Timestamp
            package let reason: String

            package init(by: String, at: Timestamp, reason: String) {
                self.by = by
                self.at = at
                self.reason = reason
            }
        }

        /// - Precondition: account or category is there; a restriction is of a whole person.
        package init(
            id: String, flag: AccountFlag, account: AccountID?, category: RetentionCategory?,
            reason: String, placedBy: String, placedAt: Timestamp, release: Release? = nil
        ) {
            precondition(account != nil || category != nil)
            precondition(flag == .legalHold || (account != nil && category == nil))
            self.id = id
            self.flag = flag
            self.account = account
            self.category = category
            self.reason = reason
            self.placedBy = placedBy
            self.placedAt = placedAt
            self.release = release
        }
    }

    /// - Returns: `false`, having changed nothing, when the same flag stands already.
    package static func place(
        _ record: Record, _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> Bool {
        try transaction.execute(
            """
            INSERT INTO account_flag
                (id, flag, account_id, category, reason, placed_by, placed_at_us)
            VALUES (
                \(record.id), \(record.flag), \(record.account?.text ?? ""),
                \(record.category?.rawValue ?? ""), \(record.reason), \(record.placedBy),
                \(record.placedAt)
            )
            ON CONFLICT DO NOTHING
            """) == 1
    }

    /// - Returns: what was released; `nil` when none stands under this id.
    package static func release(
        _ id: String, _ release: Record.Release, _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> Record? {
        try transaction.first(
            """
            UPDATE account_flag SET released_by = \(release.by), released_at_us = \(release.at),
                release_reason = \(release.reason)
            WHERE id = \(id) AND released_at_us IS NULL
            RETURNING id, flag, account_id, category, reason, placed_by, placed_at_us,
                released_by, released_at_us, release_reason
            """, record)
    }

    /// The flag of exactly this scope that stands.
    package static func find(
        _ flag: AccountFlag, account: AccountID?, category: RetentionCategory?,
        _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> Record? {
        try reading.first(
            """
            SELECT id, flag, account_id, category, reason, placed_by, placed_at_us, released_by,
                released_at_us, release_reason
            FROM account_flag
            WHERE account_id = \(account?.text ?? "") AND category = \(category?.rawValue ?? "")
                AND flag = \(flag) AND released_at_us IS NULL
            """, record)
    }

    /// The flags that an account's life has: a hold on some of its records keeps the account, too.
    package static func standing(
        of account: AccountID, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> Set<AccountFlag> {
        Set(
            try reading.rows(
                """
                SELECT DISTINCT flag FROM account_flag
                WHERE account_id = \(account) AND released_at_us IS NULL
                """
            ) { row throws(DatabaseError) in
                try row.value(0, .text, AccountFlag(rawValue: try row.text(0)))
            })
    }

    /// Whether everybody's records of a category are held.
    package static func isHeld(
        _ category: RetentionCategory, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> Bool {
        try find(.legalHold, account: nil, category: category, reading) != nil
    }

    /// One page in the order of their ids, which is that of time.
    ///
    /// - Parameters:
    ///   - id: the last one of the page before; empty at first.
    ///   - account: `nil` for all.
    package static func page(
        after id: String, account: AccountID? = nil, standingOnly: Bool, limit: Int,
        _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [Record] {
        try reading.rows(
            """
            SELECT id, flag, account_id, category, reason, placed_by, placed_at_us, released_by,
                released_at_us, release_reason
            FROM account_flag
            WHERE id > \(id) AND (released_at_us IS NULL OR \(!standingOnly))
                AND (account_id = \(account?.text ?? "") OR \(account == nil))
            ORDER BY id LIMIT \(limit)
            """, record)
    }

    private static func record(_ row: borrowing Row) throws(DatabaseError) -> Record {
        let accountText = try row.text(2)
        let categoryText = try row.text(3)
        let account: AccountID? = accountText.isEmpty ? nil : try row.id(2)
        let category: RetentionCategory? =
            categoryText.isEmpty
            ? nil : try row.value(3, .text, RetentionCategory(rawValue: categoryText))
        let flag = try row.value(1, .text, AccountFlag(rawValue: try row.text(1)))
        guard account != nil || category != nil,
            flag == .legalHold || (account != nil && category == nil)
        else { throw .unexpectedColumn(position: 2, wanted: .text) }
        var release: Record.Release?
        if let at = try row.timestampIfPresent(8) {
            release = Record.Release(by: try row.text(7), at: at, reason: try row.text(9))
        }
        return Record(
            id: try row.text(0), flag: flag, account: account, category: category,
            reason: try row.text(4), placedBy: try row.text(5), placedAt: try row.timestamp(6),
            release: release)
    }
}

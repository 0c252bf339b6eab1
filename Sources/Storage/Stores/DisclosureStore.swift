package import Accounts

/// What authorities were given, and whether the people concerned know. Entries are never changed; what is
/// known about the notice to each person is.
package enum DisclosureStore {
    package struct Person: Equatable, Sendable {
        package let account: AccountID
        package let notice: DisclosureNotice

        package init(account: AccountID, notice: DisclosureNotice) {
            self.account = account
            self.notice = notice
        }
    }

    /// - Throws: `.foreignKeyViolation` or the like for an account that never was.
    package static func insert(
        _ entry: Disclosure, people: [AccountID], notice: DisclosureNotice,
        _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try transaction.execute(
            """
            INSERT INTO disclosure
                (id, authority, legal_basis, scope, reference, received_at_us, disclosed_at_us,
                recorded_at_us, actor)
            VALUES (
                \(entry.id), \(entry.authority.text), \(entry.legalBasis.text), \(entry.scope.text),
                \(entry.reference.text), \(entry.receivedAt), \(entry.disclosedAt),
                \(entry.recordedAt), \(entry.actor)
            )
            """)
        for account in people {
            try transaction.execute(
                """
                INSERT INTO disclosure_person
                    (disclosure_id, account_id, told_at_us, told_how, silent_because)
                VALUES (
                    \(entry.id), \(account), \(notice.toldAt), \(notice.how?.text),
                    \(notice.reason?.text)
                )
                """)
        }
    }

    /// Writes what became of the notice to one person, or to everybody concerned. Who was told stays told.
    ///
    /// - Returns: how many people it is about.
    package static func set(
        _ notice: DisclosureNotice, of id: DisclosureID, to account: AccountID?,
        _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> Int {
        try transaction.execute(
            """
            UPDATE disclosure_person SET told_at_us = \(notice.toldAt),
                told_how = \(notice.how?.text), silent_because = \(notice.reason?.text)
            WHERE disclosure_id = \(id) AND account_id = COALESCE(\(account), account_id)
                AND told_at_us IS NULL
            """)
    }

    package static func find(
        _ id: DisclosureID, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> Disclosure? {
        try reading.first(
            """
            SELECT id, authority, legal_basis, scope, reference, received_at_us, disclosed_at_us,
                recorded_at_us, actor
            FROM disclosure WHERE id = \(id)
            """, entry)
    }

    package static func people(
        of id: DisclosureID, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [Person] {
        try reading.rows(
            """
            SELECT account_id, told_at_us, told_how, silent_because FROM disclosure_person
            WHERE disclosure_id = \(id) ORDER BY account_id
            """
        ) { row throws(DatabaseError) in
            Person(account: try row.id(0), notice: try notice(row, 1))
        }
    }

    /// The log in the order of ids.
    ///
    /// - Parameter isOpen: only entries of which somebody was neither told nor is there a reason.
    package static func page(
        after last: DisclosureID?, isOpen: Bool, countMax: Int,
        _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [Disclosure] {
        try reading.rows(
            """
            SELECT id, authority, legal_basis, scope, reference, received_at_us, disclosed_at_us,
                recorded_at_us, actor
            FROM disclosure d
            WHERE id > \(last?.text ?? "") AND (NOT \(isOpen) OR EXISTS (
                SELECT 1 FROM disclosure_person p WHERE p.disclosure_id = d.id
                    AND p.told_at_us IS NULL AND p.silent_because IS NULL))
            ORDER BY id LIMIT \(countMax)
            """, entry)
    }

    /// What concerns one person, with what they know of it.
    package static func all(
        of account: AccountID, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [(entry: Disclosure, notice: DisclosureNotice)] {
        try reading.rows(
            """
            SELECT d.id, d.authority, d.legal_basis, d.scope, d.reference, d.received_at_us,
                d.disclosed_at_us, d.recorded_at_us, d.actor, p.told_at_us, p.told_how,
                p.silent_because
            FROM disclosure_person p JOIN disclosure d ON d.id = p.disclosure_id
            WHERE p.account_id = \(account) ORDER BY d.disclosed_at_us, d.id
            """
        ) { row throws(DatabaseError) in (try entry(row), try notice(row, 9)) }
    }

    /// Takes one person off, once the proof was sealed; an entry that is about nobody else goes too.
    package static func deleteAll(
        of account: AccountID, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        let ids: [DisclosureID] = try transaction.rows(
            "SELECT disclosure_id FROM disclosure_person WHERE account_id = \(account)"
        ) { row throws(DatabaseError) in try row.id(0) }
        try transaction.execute("DELETE FROM disclosure_person WHERE account_id = \(account)")
        for id in ids {
            try transaction.execute(
                """
                DELETE FROM disclosure WHERE id = \(id) AND NOT EXISTS (
                    SELECT 1 FROM disclosure_person WHERE disclosure_id = \(id))
                """)
        }
    }

    private static func entry(_ row: borrowing Row) throws(DatabaseError) -> Disclosure {
        Disclosure(
            id: try row.id(0), authority: try row.remark(1), legalBasis: try row.remark(2),
            scope: try row.remark(3), reference: try row.remark(4),
            receivedAt: try row.timestamp(5), disclosedAt: try row.timestamp(6),
            recordedAt: try row.timestamp(7), actor: try row.text(8))
    }

    private static func notice(
        _ row: borrowing Row, _ position: Int
    ) throws(DatabaseError) -> DisclosureNotice {
        if let time = try row.timestampIfPresent(position) {
            return .told(at: time, how: try row.remark(position + 1))
        }
        return try row.remarkIfPresent(position + 2).map { .silent(because: $0) } ?? .open
    }
}

extension DisclosureNotice {
    fileprivate var toldAt: Timestamp? {
        if case .told(let time, _) = self { time } else { nil }
    }
    fileprivate var how: Remark? {
        if case .told(_, let how) = self { how } else { nil }
    }
    fileprivate var reason: Remark? {
        if case .silent(let reason) = self { reason } else { nil }
    }
}

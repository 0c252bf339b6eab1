package import Accounts
package import Incidents

/// What people are still to be told by mail, in the states of a delivery. Handed out under leases, as
/// the incident queue's events are.
package enum NoticeStore {
    package struct Record: Equatable, Sendable {
        package let id: String
        /// `nil` where there is no account yet.
        package let account: AccountID?
        package let kind: NoticeKind
        package let locale: NoticeLocale
        /// The task that asked for it, or empty.
        package let cause: String
        package let sealed: SealedBytes?
        /// From 1; the one under way included.
        package let attempts: Int
        package let usefulUntil: Timestamp
        package let createdAt: Timestamp
        /// Written for its cost alone: sent to nobody.
        package let isVoid: Bool

        package init(
            id: String, account: AccountID?, kind: NoticeKind, locale: NoticeLocale,
            cause: String, sealed: SealedBytes?, attempts: Int, usefulUntil: Timestamp,
            createdAt: Timestamp, isVoid: Bool = false
        ) {
            self.id = id
            self.account = account
            self.kind = kind
            self.locale = locale
            self.cause = cause
            self.sealed = sealed
            self.attempts = attempts
            self.usefulUntil = usefulUntil
            self.createdAt = createdAt
            self.isVoid = isVoid
        }
    }

    /// Writes a notice that waits to be sent. Its language is the account's own where it has one.
    package static func insert(
        _ notice: Record, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try transaction.execute(
            """
            INSERT INTO notice
                (id, account_id, kind, locale, cause, key_id, sealed, state, attempts,
                not_before_us, useful_until_us, created_at_us, last_error, is_void)
            VALUES (
                \(notice.id), \(notice.account), \(notice.kind.rawValue),
                COALESCE((SELECT locale FROM profile WHERE account_id = \(notice.account)),
                    \(notice.locale.rawValue)),
                \(notice.cause), \(notice.sealed?.keyID), \(notice.sealed?.bytes),
                \(DeliveryState.ready), 0, 0, \(notice.usefulUntil), \(notice.createdAt), '', \(notice.isVoid)
            )
            """)
    }

    /// Hands out what is due, the longest waiting first, and counts the attempt.
    ///
    /// - Parameters:
    ///   - token: 16 random bytes, new for this call.
    ///   - latest: no lease lasts longer; one that would was written by a clock that was ahead.
    package static func lease(
        token: [UInt8], until: Timestamp, latest: Timestamp, countMax: Int, at now: Timestamp,
        _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> [Record] {
        let leased = try transaction.rows(
            """
            UPDATE notice SET state = 'leased', attempts = attempts + 1, lease_token = \(token),
                lease_until_us = \(until)
            WHERE id IN (
                SELECT id FROM notice
                WHERE state IN ('ready', 'leased') AND not_before_us <= \(now)
                    AND (state = 'ready' OR lease_until_us <= \(now) OR lease_until_us > \(latest))
                ORDER BY not_before_us, id LIMIT \(countMax)
            )
            RETURNING id, account_id, kind, locale, cause, key_id, sealed, attempts,
                useful_until_us, created_at_us, is_void
            """, record)
        return leased.sorted { $0.id < $1.id }
    }

    /// Puts aside what is too late to be of use, unless somebody is just sending it. What was for nobody
    /// just ends.
    package static func expire(
        countMax: Int, at now: Timestamp, _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> [Record] {
        try transaction.rows(
            """
            UPDATE notice SET
                state = CASE WHEN is_void THEN 'done' ELSE 'dead' END,
                lease_token = NULL, lease_until_us = NULL, last_error = 'expired'
            WHERE id IN (
                SELECT id FROM notice
                WHERE state IN ('ready', 'leased') AND useful_until_us <= \(now)
                    AND (state = 'ready' OR lease_until_us <= \(now))
                LIMIT \(countMax)
            )
            RETURNING id, account_id, kind, locale, cause, key_id, sealed, attempts,
                useful_until_us, created_at_us, is_void
            """, record)
    }

    /// Ends a notice, sent or given up without being dead: what it carried is emptied.
    ///
    /// - Returns: `false` when the lease is somebody else's by now.
    package static func finish(
        _ id: String, token: [UInt8], _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> Bool {
        try transaction.execute(
            """
            UPDATE notice SET state = 'done', key_id = NULL, sealed = NULL, lease_token = NULL,
                lease_until_us = NULL, last_error = ''
            WHERE id = \(id) AND state = 'leased' AND lease_token = \(token)
            """) == 1
    }

    /// Puts a notice back, or aside for an administrator.
    ///
    /// - Parameters:
    ///   - countsAttempt: `false` where the mail server was never asked about this one.
    ///   - error: a word of ours or a server's reply code, never a server's text.
    package static func release(
        _ id: String, token: [UInt8], as state: DeliveryState, notBefore: Timestamp,
        countsAttempt: Bool, error: String, _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> Bool {
        try transaction.execute(
            """
            UPDATE notice SET state = \(state), not_before_us = \(notBefore),
                attempts = attempts - \(countsAttempt ? 0 : 1), lease_token = NULL,
                lease_until_us = NULL, last_error = \(error)
            WHERE id = \(id) AND state = 'leased' AND lease_token = \(token)
            """) == 1
    }

    /// Lets dead notices be sent again, as if they were new.
    ///
    /// - Parameter id: one of them; `nil` for all.
    /// - Returns: how many.
    package static func redrive(
        _ id: String?, usefulUntil: Timestamp, at now: Timestamp,
        _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> Int {
        try transaction.execute(
            """
            UPDATE notice SET state = 'ready', attempts = 0, not_before_us = \(now),
                useful_until_us = \(usefulUntil)
            WHERE state = 'dead' AND id = COALESCE(\(id), id)
            """)
    }

    /// How many there are in each state and kind, the ended ones left out.
    package static func depth(
        _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [(kind: NoticeKind, state: DeliveryState, count: Int64)] {
        try reading.rows(
            // Each half has an index of its own.
            """
            SELECT kind, state, COUNT(*) FROM notice WHERE state IN ('ready', 'leased')
            GROUP BY kind, state
            UNION ALL
            SELECT kind, state, COUNT(*) FROM notice WHERE state = 'dead' GROUP BY kind, state
            ORDER BY 1, 2
            """
        ) { row throws(DatabaseError) in
            (
                kind: try row.value(0, .text, NoticeKind(rawValue: try row.text(0))),
                state: try row.value(1, .text, DeliveryState(rawValue: try row.text(1))),
                count: try row.int64(2)
            )
        }
    }

    /// How many of a task's notices are in each state.
    package static func depth(
        ofCause cause: String, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [(state: DeliveryState, count: Int64)] {
        try reading.rows(
            """
            SELECT state, COUNT(*) FROM notice WHERE cause = \(cause) AND cause <> ''
            GROUP BY state ORDER BY state
            """
        ) { row throws(DatabaseError) in
            (
                state: try row.value(0, .text, DeliveryState(rawValue: try row.text(0))),
                count: try row.int64(1)
            )
        }
    }

    /// When the oldest that still waits was written.
    package static func oldestWaiting(
        _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> Timestamp? {
        let oldest: Timestamp?? = try reading.first(
            "SELECT MIN(created_at_us) FROM notice WHERE state IN ('ready', 'leased')"
        ) { row throws(DatabaseError) in try row.timestampIfPresent(0) }
        return oldest ?? nil
    }

    /// Dead notices and why they died, the oldest first.
    package static func dead(
        countMax: Int, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [(notice: Record, error: String)] {
        try reading.rows(
            """
            SELECT id, account_id, kind, locale, cause, key_id, sealed, attempts, useful_until_us,
                created_at_us, is_void, last_error
            FROM notice WHERE state = 'dead' ORDER BY id LIMIT \(countMax)
            """
        ) { row throws(DatabaseError) in (try record(row), try row.text(11)) }
    }

    /// Notices of one kind to one account since a time.
    package static func count(
        of account: AccountID, _ kind: NoticeKind, since: Timestamp,
        _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> Int64 {
        let count: Int64? = try reading.first(
            """
            SELECT COUNT(*) FROM notice
            WHERE account_id = \(account) AND kind = \(kind.rawValue) AND created_at_us > \(since)
            """
        ) { row throws(DatabaseError) in try row.int64(0) }
        return count ?? 0
    }

    /// Ends what waits for an account: nobody is told any more, and nothing that was carried stays.
    package static func drop(
        of account: AccountID, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try transaction.execute(
            """
            UPDATE notice SET state = 'done', key_id = NULL, sealed = NULL, lease_token = NULL,
                lease_until_us = NULL
            WHERE account_id = \(account) AND state <> 'done'
            """)
    }

    /// Removes what ended long ago, and what died and nobody wanted.
    ///
    /// - Returns: how many were removed, at most `limit`.
    package static func deleteOld(
        before: Timestamp, limit: Int, _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> Int {
        try transaction.execute(
            """
            DELETE FROM notice WHERE id IN (
                SELECT id FROM notice WHERE created_at_us < \(before)
                    AND state IN ('done', 'dead') LIMIT \(limit)
            )
            """)
    }

    private static func record(_ row: borrowing Row) throws(DatabaseError) -> Record {
        Record(
            id: try row.text(0), account: try row.idIfPresent(1),
            kind: try row.value(2, .text, NoticeKind(rawValue: try row.text(2))),
            locale: try row.value(3, .text, NoticeLocale(rawValue: try row.text(3))),
            cause: try row.text(4), sealed: try row.sealedIfPresent(5),
            attempts: Int(try row.int64(7)), usefulUntil: try row.timestamp(8),
            createdAt: try row.timestamp(9), isVoid: try row.bool(10))
    }
}

extension Row {
    func idIfPresent<Kind: IDKind>(_ position: Int) throws(DatabaseError) -> OpaqueID<Kind>? {
        guard let text = try textIfPresent(position) else { return nil }
        return try value(position, .text, OpaqueID<Kind>(parsing: text))
    }
}

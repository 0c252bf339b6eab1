package import Accounts

/// Requests of people about their data, and the steps taken on each.
package enum RightsStore {
    package struct Record: Equatable, Sendable {
        package let request: RightsRequest
        /// Grows with every change; an update names the version it read.
        package let version: Int64
    }

    package struct Step: Equatable, Sendable {
        /// 1, 2, 3, …
        package let number: Int64
        package let at: Timestamp
        package let actor: String
        package let step: String
        /// Why, or what; may be empty.
        package let text: String
    }

    package static func insert(
        _ request: RightsRequest, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        let (none, clock) = (nil as Timestamp?, request.clock)
        try transaction.execute(
            """
            INSERT INTO rights_request
                (id, version, account_id, kind, channel, received_at_us, recorded_at_us, contact,
                detail, identity, suspended_us, suspended_since_us, extended_at_us, told,
                next_reminder_us, decided_at_us, outcome, outcome_reason)
            VALUES (
                \(request.id), 1, \(request.account), \(request.right.rawValue),
                \(request.channel.rawValue), \(clock.receivedAt), \(request.recordedAt),
                \(request.contact?.text), \(request.detail?.text), \(request.identity.rawValue),
                0, \(none), \(none), '', \(request.nextReminderAt), \(none),
                \(nil as String?), \(nil as String?)
            )
            """)
    }

    /// - Throws: `.conflict` when somebody else changed the request since it was read.
    package static func update(
        _ request: RightsRequest, over version: Int64, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        let clock = request.clock
        let told = RightsReminder.allCases.filter(clock.told.contains).map(\.rawValue)
        let changed = try transaction.execute(
            """
            UPDATE rights_request SET version = \(version + 1),
                identity = \(request.identity.rawValue),
                suspended_us = \(clock.suspendedFor.microseconds),
                suspended_since_us = \(clock.suspendedSince),
                extended_at_us = \(clock.extendedAt), told = \(told.joined(separator: ",")),
                next_reminder_us = \(request.nextReminderAt),
                decided_at_us = \(request.decision?.at),
                outcome = \(request.decision?.outcome.rawValue),
                outcome_reason = \(request.decision?.reason?.text)
            WHERE id = \(request.id) AND version = \(version)
            """)
        guard changed == 1 else { throw .conflict }
    }

    package static func find(
        _ id: RightsRequestID, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> Record? {
        try reading.first(
            """
            SELECT id, account_id, kind, channel, received_at_us, recorded_at_us, contact, detail,
                identity, suspended_us, suspended_since_us, extended_at_us, told, decided_at_us,
                outcome, outcome_reason, version
            FROM rights_request WHERE id = \(id)
            """, record)
    }

    /// A person's requests, the first received first.
    package static func all(
        of account: AccountID, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [Record] {
        try reading.rows(
            """
            SELECT id, account_id, kind, channel, received_at_us, recorded_at_us, contact, detail,
                identity, suspended_us, suspended_since_us, extended_at_us, told, decided_at_us,
                outcome, outcome_reason, version
            FROM rights_request WHERE account_id = \(account) ORDER BY received_at_us, id
            """, record)
    }

    /// A page of the register, in the order of ids.
    ///
    /// - Parameter isOpen: `nil` for all.
    package static func page(
        after last: RightsRequestID?, isOpen: Bool?, countMax: Int,
        _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [Record] {
        try reading.rows(
            """
            SELECT id, account_id, kind, channel, received_at_us, recorded_at_us, contact, detail,
                identity, suspended_us, suspended_since_us, extended_at_us, told, decided_at_us,
                outcome, outcome_reason, version
            FROM rights_request
            WHERE id > \(last?.text ?? "")
                AND (decided_at_us IS NULL) = COALESCE(\(isOpen), decided_at_us IS NULL)
            ORDER BY id LIMIT \(countMax)
            """, record)
    }

    /// Requests about which somebody may have to be told something.
    package static func toRemind(
        at now: Timestamp, limit: Int, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [RightsRequestID] {
        try reading.rows(
            """
            SELECT id FROM rights_request WHERE next_reminder_us <= \(now)
            ORDER BY next_reminder_us LIMIT \(limit)
            """
        ) { row throws(DatabaseError) in try row.id(0) }
    }

    package static func append(
        _ step: String, _ text: String, to id: RightsRequestID, by actor: String,
        at now: Timestamp, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try transaction.execute(
            """
            INSERT INTO rights_step (request_id, number, at_us, actor, step, text)
            VALUES (
                \(id),
                (SELECT COALESCE(MAX(number), 0) + 1 FROM rights_step WHERE request_id = \(id)),
                \(now), \(actor), \(step), \(text)
            )
            """)
    }

    package static func steps(
        of id: RightsRequestID, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [Step] {
        try reading.rows(
            """
            SELECT number, at_us, actor, step, text FROM rights_step
            WHERE request_id = \(id) ORDER BY number
            """
        ) { row throws(DatabaseError) in
            Step(
                number: try row.int64(0), at: try row.timestamp(1), actor: try row.text(2),
                step: try row.text(3), text: try row.text(4))
        }
    }

    /// Once the files were sealed: nothing live remains of them. Open requests stay.
    package static func deleteDecided(
        of account: AccountID, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try transaction.execute(
            """
            DELETE FROM rights_step WHERE request_id IN (
                SELECT id FROM rights_request
                WHERE account_id = \(account) AND decided_at_us IS NOT NULL)
            """)
        try transaction.execute(
            """
            DELETE FROM rights_request
            WHERE account_id = \(account) AND decided_at_us IS NOT NULL
            """)
    }

    /// Removes files that were decided before a time: their category's duration is over.
    ///
    /// - Returns: how many, at most `limit`.
    package static func deleteDecided(
        before time: Timestamp, limit: Int, _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> Int {
        let ids: [RightsRequestID] = try transaction.rows(
            """
            SELECT id FROM rights_request WHERE decided_at_us < \(time)
            ORDER BY decided_at_us LIMIT \(limit)
            """
        ) { row throws(DatabaseError) in try row.id(0) }
        for id in ids {
            try transaction.execute("DELETE FROM rights_step WHERE request_id = \(id)")
            try transaction.execute("DELETE FROM rights_request WHERE id = \(id)")
        }
        return ids.count
    }

    private static func record(_ row: borrowing Row) throws(DatabaseError) -> Record {
        var told: Set<RightsReminder> = []
        for word in try row.text(12).split(separator: ",") {
            told.insert(try row.value(12, .text, RightsReminder(rawValue: String(word))))
        }
        var decision: RightsRequest.Decision?
        if let at = try row.timestampIfPresent(13) {
            decision = .init(
                at: at,
                outcome: try row.value(14, .text, RequestOutcome(rawValue: try row.text(14))),
                reason: try row.remarkIfPresent(15))
        }
        var account: AccountID?
        if try row.textIfPresent(1) != nil { account = try row.id(1) }
        let request = RightsRequest(
            id: try row.id(0), account: account,
            right: try row.value(2, .text, Right(rawValue: try row.text(2))),
            channel: try row.value(3, .text, RequestChannel(rawValue: try row.text(3))),
            recordedAt: try row.timestamp(5), contact: try row.remarkIfPresent(6),
            detail: try row.remarkIfPresent(7),
            identity: try row.value(8, .text, RequestIdentity(rawValue: try row.text(8))),
            clock: RightsClock(
                receivedAt: try row.timestamp(4),
                suspendedFor: .microseconds(try row.int64(9)),
                suspendedSince: try row.timestampIfPresent(10),
                extendedAt: try row.timestampIfPresent(11), told: told),
            decision: decision)
        return Record(request: request, version: try row.int64(16))
    }
}

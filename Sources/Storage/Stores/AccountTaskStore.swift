package import Accounts
package import Incidents
package import Secrets

/// Work on a set of accounts, done in batches, so that it goes on where a killed process left it. The
/// set is named, or gathered from the sign-in log.
package enum AccountTaskStore {
    package enum Kind: String, CaseIterable, Sendable {
        /// Ends sessions and devices, asks for another password, tightens the throttle.
        case containment
        /// Tells each account of a breach.
        case breachNotice = "breach_notice"
    }

    package enum State: String, Sendable {
        /// The set is still being read from the log.
        case gathering
        case running
        case done
    }

    package enum Outcome: String, CaseIterable, Sendable {
        case waiting
        case done
        /// Closed meanwhile: there was nothing to do.
        case skipped
    }

    /// Accounts by their successful sign-ins.
    package struct Selection: Equatable, Sendable {
        /// A network; `nil` for all.
        package let source: String?
        package let since: Timestamp
        package let until: Timestamp

        package init(source: String?, since: Timestamp, until: Timestamp) {
            self.source = source
            self.since = since
            self.until = until
        }
    }

    /// How the accounts of a task are found, where they were not named.
    package enum Choice: Equatable, Sendable {
        case signedIn(Selection)
        /// Whom an incident concerns: see ``AffectedStore``.
        case affected(by: IncidentID)
    }

    package struct Record: Equatable, Sendable {
        /// An event id: ordered by time.
        package let id: String
        package let kind: Kind
        package let state: State
        package let actor: String
        package let reason: String
        /// `nil` where the accounts were named.
        package let choice: Choice?
        /// How far was read: the id of the log's last row seen, or of the last account; or empty.
        package let position: String
        package let subject: String
        package let content: String
        /// `nil` without a key.
        package let keyDigest: Digest?
        package let fingerprint: Digest
        package let askedAt: Timestamp
        package let finishedAt: Timestamp?

        package init(
            id: String, kind: Kind, state: State, actor: String, reason: String,
            choice: Choice?, position: String, subject: String, content: String,
            keyDigest: Digest?, fingerprint: Digest, askedAt: Timestamp, finishedAt: Timestamp?
        ) {
            self.id = id
            self.kind = kind
            self.state = state
            self.actor = actor
            self.reason = reason
            self.choice = choice
            self.position = position
            self.subject = subject
            self.content = content
            self.keyDigest = keyDigest
            self.fingerprint = fingerprint
            self.askedAt = askedAt
            self.finishedAt = finishedAt
        }
    }

    package static func insert(
        _ task: Record, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try transaction.execute(
            """
            INSERT INTO account_task
                (id, kind, state, actor, reason, source, since_us, until_us, position, subject,
                content, key_digest, fingerprint, asked_at_us)
            VALUES (
                \(task.id), \(task.kind.rawValue), \(task.state.rawValue), \(task.actor),
                \(task.reason), \(task.choice?.place ?? ""), \(task.choice?.stretch?.since),
                \(task.choice?.stretch?.until), \(task.position), \(task.subject), \(task.content),
                \(task.keyDigest), \(task.fingerprint), \(task.askedAt)
            )
            """)
    }

    /// Adds an account to the set; one that is there stays as it is.
    ///
    /// - Returns: whether there is such an account.
    package static func add(
        _ account: AccountID, to task: String, _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> Bool {
        let state: String? = try transaction.first(
            "SELECT state FROM account WHERE id = \(account)"
        ) { row throws(DatabaseError) in try row.text(0) }
        guard state != nil else { return false }
        try transaction.execute(
            """
            INSERT INTO account_task_member (task_id, account_id, outcome)
            VALUES (\(task), \(account), \(Outcome.waiting.rawValue)) ON CONFLICT DO NOTHING
            """)
        return true
    }

    /// Notes how far the log was read.
    ///
    /// - Throws: `.conflict` when another process read on first.
    package static func moveOn(
        _ task: Record, to position: String, state: State, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        let changed = try transaction.execute(
            """
            UPDATE account_task SET position = \(position), state = \(state.rawValue)
            WHERE id = \(task.id) AND position = \(task.position)
                AND state = \(task.state.rawValue)
            """)
        guard changed == 1 else { throw .conflict }
    }

    /// The next accounts of a set that wait.
    package static func waiting(
        _ task: String, countMax: Int, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [AccountID] {
        try reading.rows(
            """
            SELECT account_id FROM account_task_member
            WHERE task_id = \(task) AND outcome = 'waiting' ORDER BY account_id LIMIT \(countMax)
            """
        ) { row throws(DatabaseError) in try row.id(0) }
    }

    /// - Throws: `.conflict` when another process did it first.
    package static func settle(
        _ account: AccountID, of task: String, as outcome: Outcome,
        _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        let changed = try transaction.execute(
            """
            UPDATE account_task_member SET outcome = \(outcome.rawValue)
            WHERE task_id = \(task) AND account_id = \(account) AND outcome = 'waiting'
            """)
        guard changed == 1 else { throw .conflict }
    }

    /// - Returns: whether this call ended it.
    package static func finish(
        _ task: String, at now: Timestamp, _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> Bool {
        try transaction.execute(
            """
            UPDATE account_task SET state = 'done', finished_at_us = \(now)
            WHERE id = \(task) AND state = 'running'
            """) == 1
    }

    /// How many accounts of a set stand where.
    package static func progress(
        _ task: String, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [Outcome: Int64] {
        let rows: [(Outcome, Int64)] = try reading.rows(
            """
            SELECT outcome, COUNT(*) FROM account_task_member WHERE task_id = \(task)
            GROUP BY outcome
            """
        ) { row throws(DatabaseError) in
            (try row.value(0, .text, Outcome(rawValue: try row.text(0))), try row.int64(1))
        }
        return Dictionary(rows, uniquingKeysWith: { first, _ in first })
    }

    package static func find(
        _ id: String, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> Record? {
        try reading.first(
            """
            SELECT id, kind, state, actor, reason, source, since_us, until_us, position, subject,
                content, key_digest, fingerprint, asked_at_us, finished_at_us
            FROM account_task WHERE id = \(id)
            """, record)
    }

    /// The one that was asked for with a key.
    package static func find(
        key: Digest?, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> Record? {
        guard let key else { return nil }
        return try reading.first(
            """
            SELECT id, kind, state, actor, reason, source, since_us, until_us, position, subject,
                content, key_digest, fingerprint, asked_at_us, finished_at_us
            FROM account_task WHERE key_digest = \(key)
            """, record)
    }

    /// The oldest that is not done.
    package static func open(
        _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> Record? {
        try reading.first(
            """
            SELECT id, kind, state, actor, reason, source, since_us, until_us, position, subject,
                content, key_digest, fingerprint, asked_at_us, finished_at_us
            FROM account_task WHERE state <> 'done' ORDER BY id LIMIT 1
            """, record)
    }

    /// The latest first.
    package static func latest(
        countMax: Int, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [Record] {
        try reading.rows(
            """
            SELECT id, kind, state, actor, reason, source, since_us, until_us, position, subject,
                content, key_digest, fingerprint, asked_at_us, finished_at_us
            FROM account_task ORDER BY id DESC LIMIT \(countMax)
            """, record)
    }

    /// Successful sign-ins of known accounts, one page in the order of the log.
    ///
    /// - Returns: the ids of the rows, and whose and where from they were.
    package static func signIns(
        after id: String, until: Timestamp, limit: Int,
        _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [(id: String, subject: String, source: String)] {
        try reading.rows(
            """
            SELECT id, subject, source FROM sign_in
            WHERE id > \(id) AND at_us < \(until) AND outcome = 'success' ORDER BY id LIMIT \(limit)
            """
        ) { row throws(DatabaseError) in (try row.text(0), try row.text(1), try row.text(2)) }
    }

    private static func record(_ row: borrowing Row) throws(DatabaseError) -> Record {
        var choice: Choice?
        let place = try row.text(5)
        if let since = try row.timestampIfPresent(6), let until = try row.timestampIfPresent(7) {
            choice = .signedIn(
                Selection(source: place.isEmpty ? nil : place, since: since, until: until))
        } else if !place.isEmpty {
            choice = .affected(by: try row.value(5, .text, IncidentID(parsing: place)))
        }
        return Record(
            id: try row.text(0),
            kind: try row.value(1, .text, Kind(rawValue: try row.text(1))),
            state: try row.value(2, .text, State(rawValue: try row.text(2))),
            actor: try row.text(3), reason: try row.text(4), choice: choice,
            position: try row.text(8), subject: try row.text(9), content: try row.text(10),
            keyDigest: try row.bytesIfPresent(11).flatMap(Digest.init(bytes:)),
            fingerprint: try row.digest(12), askedAt: try row.timestamp(13),
            finishedAt: try row.timestampIfPresent(14))
    }
}

extension AccountTaskStore.Choice {
    /// What stands in the column `source`.
    fileprivate var place: String {
        switch self {
        case .signedIn(let selection): selection.source ?? ""
        case .affected(let incident): incident.text
        }
    }

    fileprivate var stretch: AccountTaskStore.Selection? {
        switch self {
        case .signedIn(let selection): selection
        case .affected: nil
        }
    }
}

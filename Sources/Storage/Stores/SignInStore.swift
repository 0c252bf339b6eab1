package import Accounts
import Secrets

/// The sign-in log: every attempt, the refused ones too. Detectors fold it, and are rebuilt from it.
package enum SignInStore {
    /// A row of the log.
    package struct Record: Equatable, Sendable {
        package let id: String
        package let at: Timestamp
        package let attempt: SignInAttempt
        /// How many of the attempts the detectors had folded when the row was read.
        package let folded: Int

        /// What the detectors have not seen yet of this row.
        package var unfolded: SignInAttempt {
            SignInAttempt(
                outcome: attempt.outcome, account: attempt.account, source: attempt.source,
                tags: attempt.tags, count: attempt.count - folded, isBreached: attempt.isBreached,
                isCanary: attempt.isCanary)
        }
    }

    /// Writes one attempt; one that was refused joins the row of its subject, source and minute.
    ///
    /// - Parameter id: a UUIDv7 of `now`: the log is read in the order of ids.
    package static func append(
        _ attempt: SignInAttempt, id: String, application: String, at now: Timestamp,
        _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        let subject = text(of: attempt.account)
        let source = attempt.source?.text ?? ""
        let minute = now.seconds / 60
        if attempt.outcome == .throttled,
            try join(attempt, subject: subject, source: source, minute: minute, transaction)
        {
            return
        }
        try transaction.execute(
            """
            INSERT INTO sign_in
                (id, at_us, minute, outcome, subject, source, application, tags, attempts, folded,
                breached)
            VALUES (
                \(id), \(now), \(minute), \(attempt.outcome.rawValue), \(subject), \(source),
                \(application), \(encode(attempt.tags)), \(attempt.count), 0,
                \(attempt.isBreached)
            )
            """)
    }

    /// Adds refused attempts to the row of their minute.
    ///
    /// - Returns: `false` when there is no such row yet.
    private static func join(
        _ attempt: SignInAttempt, subject: String, source: String, minute: Int64,
        _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> Bool {
        let known: [PasswordTags]? = try transaction.first(
            """
            SELECT tags FROM sign_in
            WHERE subject = \(subject) AND source = \(source) AND minute = \(minute)
                AND outcome = 'throttled'
            """
        ) { row throws(DatabaseError) in try tags(row, 0) }
        guard let known else { return false }
        let merged = known + attempt.tags.filter { !known.contains($0) }
        return try transaction.execute(
            """
            UPDATE sign_in SET attempts = attempts + \(attempt.count),
                tags = \(encode(Array(merged.prefix(SignInAttempt.tagsMax))))
            WHERE subject = \(subject) AND source = \(source) AND minute = \(minute)
                AND outcome = 'throttled'
            """) == 1
    }

    /// The oldest rows that hold attempts the detectors have not seen.
    package static func unfolded(
        limit: Int, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [Record] {
        try reading.rows(
            """
            SELECT s.id, s.at_us, s.outcome, s.subject, s.source, s.tags, s.attempts, s.folded,
                s.breached, c.account_id
            FROM sign_in s LEFT JOIN canary c ON c.account_id = s.subject
            WHERE s.folded < s.attempts ORDER BY s.id LIMIT \(limit)
            """, record)
    }

    /// Notes that the detectors have seen a row as it was read.
    ///
    /// - Throws: `.conflict` when another process folded it first.
    package static func markFolded(
        _ record: Record, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        let changed = try transaction.execute(
            """
            UPDATE sign_in SET folded = \(record.attempt.count)
            WHERE id = \(record.id) AND folded = \(record.folded)
            """)
        guard changed == 1 else { throw .conflict }
    }

    /// What the detectors had wholly seen since `since`, one page at a time in the order of ids, to
    /// rebuild them. A row that more refusals joined meanwhile comes again as a whole, when it is
    /// folded: which of its tags were seen before is not kept.
    package static func folded(
        since: Timestamp, after id: String, limit: Int,
        _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [Record] {
        try reading.rows(
            """
            SELECT s.id, s.at_us, s.outcome, s.subject, s.source, s.tags, s.attempts, s.folded,
                s.breached, c.account_id
            FROM sign_in s LEFT JOIN canary c ON c.account_id = s.subject
            WHERE s.at_us >= \(since) AND s.folded = s.attempts AND s.id > \(id)
            ORDER BY s.id LIMIT \(limit)
            """, record)
    }

    /// Removes password tags older than `before`.
    package static func nullTags(
        before: Timestamp, limit: Int, _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> Int {
        try transaction.execute(
            """
            UPDATE sign_in SET tags = NULL WHERE id IN (
                SELECT id FROM sign_in WHERE tags IS NOT NULL AND at_us < \(before) LIMIT \(limit)
            )
            """)
    }

    /// Cuts a closed account's rows down to what security needs: the address becomes its /24 or /48.
    package static func blurSources(
        of account: AccountID, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        let sources = try transaction.rows(
            "SELECT DISTINCT source FROM sign_in WHERE subject = \(account.text) AND source <> ''"
        ) { row throws(DatabaseError) in try row.text(0) }
        for source in sources {
            guard let address = SourceAddress(parsing: source) else { continue }
            // Two addresses of one prefix may share a minute; the row that is there already stays
            // alone, because one row a minute is all that the log promises.
            try transaction.execute(
                """
                DELETE FROM sign_in WHERE subject = \(account.text) AND source = \(source)
                    AND outcome = 'throttled' AND minute IN (
                        SELECT minute FROM sign_in WHERE subject = \(account.text)
                            AND source = \(address.wide.text) AND outcome = 'throttled')
                """)
            try transaction.execute(
                """
                UPDATE sign_in SET source = \(address.wide.text), tags = NULL
                WHERE subject = \(account.text) AND source = \(source)
                """)
        }
    }

    private static func record(_ row: borrowing Row) throws(DatabaseError) -> Record {
        let outcome = try row.value(2, .text, SignInOutcome(rawValue: try row.text(2)))
        let account = try row.value(3, .text, account(of: try row.text(3)))
        let count = Int(try row.int64(6))
        let folded = Int(try row.int64(7))
        guard count >= 1, (0...count).contains(folded) else {
            throw .unexpectedColumn(position: 6, wanted: .integer)
        }
        // A prefix stands where the address was: for the detectors, an attempt without a source.
        return Record(
            id: try row.text(0), at: try row.timestamp(1),
            attempt: SignInAttempt(
                outcome: outcome, account: account,
                source: SourceAddress(parsing: try row.text(4)), tags: try tags(row, 5),
                count: count, isBreached: try row.bool(8),
                isCanary: try row.textIfPresent(9) != nil),
            folded: folded)
    }

    private static func text(of account: AttemptedAccount) -> String {
        switch account {
        case .known(let id): id.text
        case .unknown(let id): id.text
        }
    }

    private static func account(of text: String) -> AttemptedAccount? {
        if let id = AccountID(parsing: text) { return .known(id) }
        if let id = UnknownID(parsing: text) { return .unknown(id) }
        // Rows of the first version name the whole locator.
        guard text.hasPrefix("unknown:"), let bytes = Hexadecimal.decode(text.utf8.dropFirst(8))
        else { return nil }
        return Digest(bytes: bytes).map { .unknown(UnknownID(locator: $0)) }
    }

    /// Three bytes for each tag, current and previous; `nil` for none.
    private static func encode(_ tags: [PasswordTags]) -> [UInt8]? {
        guard !tags.isEmpty else { return nil }
        return tags.flatMap { [$0.current, $0.previous] }.flatMap { tag in
            [16, 8, 0].map { UInt8(truncatingIfNeeded: tag.value >> UInt64($0)) }
        }
    }

    private static func tags(
        _ row: borrowing Row, _ position: Int
    ) throws(DatabaseError) -> [PasswordTags] {
        guard let bytes = try row.bytesIfPresent(position) else { return [] }
        let values = stride(from: 0, to: bytes.count - bytes.count % 3, by: 3).map { start in
            PasswordTag(stored: bytes[start..<start + 3].reduce(Int64(0)) { $0 << 8 | Int64($1) })
        }
        guard bytes.count.isMultiple(of: 6), bytes.count / 6 <= SignInAttempt.tagsMax else {
            throw .unexpectedColumn(position: position, wanted: .bytes)
        }
        var pairs: [PasswordTags] = []
        for index in stride(from: 0, to: values.count, by: 2) {
            guard let current = values[index], let previous = values[index + 1] else {
                throw .unexpectedColumn(position: position, wanted: .bytes)
            }
            pairs.append(PasswordTags(current: current, previous: previous))
        }
        return pairs
    }
}

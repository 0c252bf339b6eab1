package import Accounts
package import Incidents

/// What is decided about a sink while the service runs: whether it is paused, and what died in it.
package enum SinkStore {
    package struct Pause: Equatable, Sendable {
        package let since: Timestamp
        /// An administrator's id, `cli:<uid>`, or `service`.
        package let by: String
        /// 200 characters of one line at most.
        package let reason: String

        package init(since: Timestamp, by: String, reason: String) {
            self.since = since
            self.by = by
            self.reason = reason
        }
    }

    package static func pause(
        of sink: Sink, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> Pause? {
        let found: Pause?? = try reading.first(
            "SELECT paused_at_us, paused_by, pause_reason FROM sink WHERE name = \(sink)"
        ) { row throws(DatabaseError) in
            guard let since = try row.timestampIfPresent(0) else { return nil }
            return Pause(
                since: since, by: try row.textIfPresent(1) ?? "",
                reason: try row.textIfPresent(2) ?? "")
        }
        return found ?? nil
    }

    /// - Returns: `false` when it was paused already; the first reason stands.
    package static func pause(
        _ sink: Sink, _ pause: Pause, _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> Bool {
        try transaction.execute(
            """
            INSERT INTO sink
                (name, paused_at_us, paused_by, pause_reason, dead_untold, dead_told_at_us)
            VALUES (\(sink), \(pause.since), \(pause.by), \(pause.reason), 0, 0)
            ON CONFLICT (name) DO UPDATE SET paused_at_us = excluded.paused_at_us,
                paused_by = excluded.paused_by, pause_reason = excluded.pause_reason
            WHERE sink.paused_at_us IS NULL
            """) == 1
    }

    /// - Returns: `false` when it was not paused.
    package static func resume(
        _ sink: Sink, _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> Bool {
        try transaction.execute(
            """
            UPDATE sink SET paused_at_us = NULL, paused_by = NULL, pause_reason = NULL
            WHERE name = \(sink) AND paused_at_us IS NOT NULL
            """) == 1
    }

    /// Remembers that deliveries died, for the next event about it.
    package static func noteDead(
        _ count: Int, in sink: Sink, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try transaction.execute(
            """
            INSERT INTO sink (name, dead_untold, dead_told_at_us) VALUES (\(sink), \(count), 0)
            ON CONFLICT (name) DO UPDATE SET dead_untold = sink.dead_untold + excluded.dead_untold
            """)
    }

    /// Takes the count for an event, at most once in `interval`, so that a sink that is down makes
    /// one event a minute and not one for each delivery.
    ///
    /// - Returns: how many died since the last event; `nil` when there is nothing to tell yet.
    package static func takeDead(
        in sink: Sink, interval: Duration, at now: Timestamp, _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> Int? {
        // A time in the future was written by a clock that was ahead.
        let count: Int64? = try transaction.first(
            """
            SELECT dead_untold FROM sink WHERE name = \(sink) AND dead_untold > 0
                AND (dead_told_at_us <= \(now - interval) OR dead_told_at_us > \(now))
            """
        ) { row throws(DatabaseError) in try row.int64(0) }
        guard let count else { return nil }
        let isOurs =
            try transaction.execute(
                """
                UPDATE sink SET dead_untold = 0, dead_told_at_us = \(now)
                WHERE name = \(sink) AND dead_untold = \(count)
                """) == 1
        return isOurs ? Int(count) : nil
    }
}

extension Sink: Bindable {}

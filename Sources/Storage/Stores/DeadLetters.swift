package import Accounts
package import Incidents

extension IncidentQueue {
    /// A delivery that was given up.
    package struct DeadLetter: Equatable, Sendable {
        package let eventID: String
        package let sink: String
        package let type: String
        package let attempts: Int
        /// Why the last attempt failed; `nil` when a consumer gave no reason, or came never.
        package let lastError: String?
        package let enqueuedAt: Timestamp

        package init(
            eventID: String, sink: String, type: String, attempts: Int, lastError: String?,
            enqueuedAt: Timestamp
        ) {
            self.eventID = eventID
            self.sink = sink
            self.type = type
            self.attempts = attempts
            self.lastError = lastError
            self.enqueuedAt = enqueuedAt
        }
    }

    /// The oldest first.
    ///
    /// - Parameter sink: `nil` for all.
    package static func dead(
        in sink: Sink?, countMax: Int, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [DeadLetter] {
        try reading.rows(
            """
            SELECT d.event_id, d.sink, e.type, d.attempts, d.last_error, e.created_at_us
            FROM delivery d JOIN event e ON e.id = d.event_id
            WHERE d.state = 'dead' AND (CAST(\(sink) AS TEXT) IS NULL OR d.sink = \(sink))
            ORDER BY d.sequence, d.sink LIMIT \(countMax)
            """
        ) { row throws(DatabaseError) in
            DeadLetter(
                eventID: try row.text(0), sink: try row.text(1), type: try row.text(2),
                attempts: Int(try row.int64(3)), lastError: try row.textIfPresent(4),
                enqueuedAt: try row.timestamp(5))
        }
    }

    /// Makes dead letters ready again, with all their attempts, the oldest first.
    ///
    /// - Returns: how many; fewer than `countMax` when there are no more.
    package static func redrive(
        _ sink: Sink, countMax: Int, at now: Timestamp, _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> Int {
        try transaction.execute(
            """
            UPDATE delivery SET state = 'ready', attempts = 0, not_before_us = 0,
                fetched_at_us = \(now), last_error = NULL
            WHERE sink = \(sink) AND state = 'dead' AND event_id IN (
                SELECT event_id FROM delivery WHERE sink = \(sink) AND state = 'dead'
                ORDER BY sequence LIMIT \(countMax)
            )
            """)
    }

    /// The same for one event.
    ///
    /// - Returns: `false` when it is no dead letter of this sink.
    package static func redrive(
        eventID: String, _ sink: Sink, at now: Timestamp, _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> Bool {
        try transaction.execute(
            """
            UPDATE delivery SET state = 'ready', attempts = 0, not_before_us = 0,
                fetched_at_us = \(now), last_error = NULL
            WHERE sink = \(sink) AND state = 'dead' AND event_id = \(eventID)
            """) == 1
    }

    /// The latest events, the newest first.
    package static func latest(
        countMax: Int, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [(id: String, type: String, at: Timestamp, body: [UInt8])] {
        try reading.rows(
            """
            SELECT id, type, created_at_us, body FROM event ORDER BY sequence DESC
            LIMIT \(countMax)
            """
        ) { row throws(DatabaseError) in
            (
                id: try row.text(0), type: try row.text(1), at: try row.timestamp(2),
                body: try row.bytes(3)
            )
        }
    }
}

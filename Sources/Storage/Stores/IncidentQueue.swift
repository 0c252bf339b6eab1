package import Accounts
package import Incidents

/// Events and their deliveries: the database is the queue.
///
/// An event is enqueued in the transaction that made it true, with one delivery for each sink. A
/// delivery is handed out under a lease, and counts as delivered only when the holder of the
/// lease says so. Deliveries are claimed by their state and never by "greater than the last one
/// seen", because transactions do not commit in the order of their numbers.
package enum IncidentQueue {
    package struct Delivery: Equatable, Sendable {
        package let eventID: String
        package let type: String
        /// From 1; this one included.
        package let attempt: Int
        /// The CloudEvent as JSON.
        package let body: [UInt8]
    }

    /// Names one lease: the random token of the call that took it, and the event.
    package struct Lease: Equatable, Sendable {
        /// 16 random bytes, the same for all deliveries of one call.
        package let token: [UInt8]
        package let eventID: String

        package init(token: [UInt8], eventID: String) {
            self.token = token
            self.eventID = eventID
        }
    }

    /// The next number of the queue. It is taken inside the transaction, so numbers follow the
    /// order in which transactions commit.
    package static func nextSequence(
        _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> Int64 {
        let value: Int64? = try transaction.first(
            """
            INSERT INTO counter (name, value) VALUES ('event', 1)
            ON CONFLICT (name) DO UPDATE SET value = counter.value + 1 RETURNING value
            """
        ) { row throws(DatabaseError) in try row.int64(0) }
        guard let value else { throw .conflict }
        return value
    }

    package static func enqueue(
        eventID: String, type: String, sequence: Int64, body: [UInt8], sinks: [String],
        at now: Timestamp, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try transaction.execute(
            """
            INSERT INTO event (id, sequence, type, body, created_at_us)
            VALUES (\(eventID), \(sequence), \(type), \(body), \(now))
            """)
        for sink in sinks {
            try transaction.execute(
                """
                INSERT INTO delivery
                    (event_id, sink, sequence, state, attempts, not_before_us, fetched_at_us)
                VALUES (\(eventID), \(sink), \(sequence), \(DeliveryState.ready), 0, 0, \(now))
                """)
        }
    }

    /// No lease lasts longer. One that would was written by a clock that was ahead: it has ended.
    private static let leaseMax = Duration.seconds(DeliverySchedule.leaseRange.upperBound)

    /// Hands out what is due, in the order of the queue, and counts the attempt.
    ///
    /// - Parameters:
    ///   - token: 16 random bytes, new for this call.
    ///   - countMax: how many at most.
    package static func lease(
        sink: String, token: [UInt8], until: Timestamp, countMax: Int, at now: Timestamp,
        _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> [Delivery] {
        let latest = now + leaseMax
        let leased = try transaction.rows(
            """
            UPDATE delivery SET state = 'leased', attempts = attempts + 1,
                lease_token = \(token), lease_until_us = \(until), fetched_at_us = \(now)
            WHERE sink = \(sink) AND event_id IN (
                SELECT event_id FROM delivery
                WHERE sink = \(sink) AND state IN ('ready', 'leased')
                    AND (state = 'ready' OR lease_until_us <= \(now)
                        OR lease_until_us > \(latest))
                    AND not_before_us <= \(now)
                ORDER BY sequence LIMIT \(countMax)
            )
            RETURNING event_id
            """
        ) { row throws(DatabaseError) in try row.text(0) }
        guard !leased.isEmpty else { return [] }
        return try transaction.rows(
            """
            SELECT d.event_id, e.type, d.attempts, e.body
            FROM delivery d JOIN event e ON e.id = d.event_id
            WHERE d.sink = \(sink) AND d.lease_token = \(token) AND d.state = 'leased'
            ORDER BY d.sequence
            """
        ) { row throws(DatabaseError) in
            Delivery(
                eventID: try row.text(0), type: try row.text(1),
                attempt: Int(try row.int64(2)), body: try row.bytes(3))
        }
    }

    /// Marks a delivery as received.
    ///
    /// - Returns: `false` when the lease is stale: ended, or taken by somebody else.
    package static func acknowledge(
        _ lease: Lease, sink: String, at now: Timestamp, _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> Bool {
        try transaction.execute(
            """
            UPDATE delivery SET state = 'done', lease_token = NULL, lease_until_us = NULL
            WHERE event_id = \(lease.eventID) AND sink = \(sink) AND state = 'leased'
                AND lease_token = \(lease.token) AND lease_until_us > \(now)
            """) == 1
    }

    /// - Returns: the number of attempts made and the event's type, or `nil` when the lease is stale.
    package static func attempts(
        under lease: Lease, sink: String, at now: Timestamp,
        _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> (count: Int, type: String)? {
        try reading.first(
            """
            SELECT d.attempts, e.type FROM delivery d JOIN event e ON e.id = d.event_id
            WHERE d.event_id = \(lease.eventID) AND d.sink = \(sink) AND d.state = 'leased'
                AND d.lease_token = \(lease.token) AND d.lease_until_us > \(now)
            """
        ) { row throws(DatabaseError) in
            (count: Int(try row.int64(0)), type: try row.text(1))
        }
    }

    /// Gives a delivery back, to be tried again from `notBefore` on, or as a dead letter.
    ///
    /// - Parameter error: why it was not delivered, if the holder of the lease said.
    package static func release(
        _ lease: Lease, sink: String, as state: DeliveryState, notBefore: Timestamp,
        error: String? = nil, _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> Bool {
        try transaction.execute(
            """
            UPDATE delivery SET state = \(state), not_before_us = \(notBefore),
                lease_token = NULL, lease_until_us = NULL, last_error = \(error)
            WHERE event_id = \(lease.eventID) AND sink = \(sink) AND state = 'leased'
                AND lease_token = \(lease.token)
            """) == 1
    }

    /// Gives a delivery back that was not tried: as if it had not been leased.
    package static func putBack(
        _ lease: Lease, sink: String, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try transaction.execute(
            """
            UPDATE delivery SET state = 'ready', attempts = attempts - 1, lease_token = NULL,
                lease_until_us = NULL
            WHERE event_id = \(lease.eventID) AND sink = \(sink) AND state = 'leased'
                AND lease_token = \(lease.token)
            """)
    }

    /// - Returns: `false` when the lease is stale.
    package static func extend(
        _ lease: Lease, sink: String, until: Timestamp, at now: Timestamp,
        _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> Bool {
        try transaction.execute(
            """
            UPDATE delivery SET lease_until_us = \(until)
            WHERE event_id = \(lease.eventID) AND sink = \(sink) AND state = 'leased'
                AND lease_token = \(lease.token) AND lease_until_us > \(now)
            """) == 1
    }

    /// Turns into dead letters what was handed out `attemptsMax` times in vain, and what nobody has
    /// fetched since `abandonedSince`. They stay until an administrator acts.
    ///
    /// - Parameter abandonedSince: `nil` where it is us who deliver, and waiting is no sign of anything.
    /// - Returns: the types of the events whose deliveries died.
    package static func bury(
        sink: String, attemptsMax: Int, abandonedSince: Timestamp?, at now: Timestamp,
        _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> [String] {
        let exhausted = try transaction.rows(
            """
            UPDATE delivery SET state = 'dead', lease_token = NULL, lease_until_us = NULL
            WHERE sink = \(sink) AND state = 'leased' AND attempts >= \(attemptsMax)
                AND (lease_until_us <= \(now) OR lease_until_us > \(now + leaseMax))
            RETURNING (SELECT type FROM event WHERE id = event_id)
            """
        ) { row throws(DatabaseError) in try row.text(0) }
        guard let abandonedSince else { return exhausted }
        return exhausted
            + (try transaction.rows(
                """
                UPDATE delivery SET state = 'dead'
                WHERE sink = \(sink) AND state = 'ready' AND fetched_at_us <= \(abandonedSince)
                RETURNING (SELECT type FROM event WHERE id = event_id)
                """
            ) { row throws(DatabaseError) in try row.text(0) })
    }

    /// Whether there is something to lease. A read, so that looking often holds nobody up.
    package static func isDue(
        sink: String, at now: Timestamp, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> Bool {
        let found: Int64? = try reading.first(
            """
            SELECT 1 FROM delivery
            WHERE sink = \(sink) AND state IN ('ready', 'leased')
                AND (state = 'ready' OR lease_until_us <= \(now)
                    OR lease_until_us > \(now + leaseMax))
                AND not_before_us <= \(now)
            LIMIT 1
            """
        ) { row throws(DatabaseError) in try row.int64(0) }
        return found != nil
    }

    /// How many deliveries a sink has in each state, `done` left out.
    package static func depth(
        _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [(sink: String, state: DeliveryState, count: Int64)] {
        try reading.rows(
            // Each half has an index of its own; together they would read every delivery there was.
            """
            SELECT sink, state, COUNT(*) FROM delivery WHERE state IN ('ready', 'leased')
            GROUP BY sink, state
            UNION ALL
            SELECT sink, state, COUNT(*) FROM delivery WHERE state = 'dead' GROUP BY sink, state
            ORDER BY 1, 2
            """
        ) { row throws(DatabaseError) in
            let state = try row.value(1, .text, DeliveryState(rawValue: try row.text(1)))
            return (sink: try row.text(0), state: state, count: try row.int64(2))
        }
    }

    /// When the oldest delivery that still waits was enqueued.
    package static func oldestWaiting(
        sink: String, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> Timestamp? {
        try reading.first(
            """
            SELECT e.created_at_us FROM delivery d JOIN event e ON e.id = d.event_id
            WHERE d.sink = \(sink) AND d.state IN ('ready', 'leased')
            ORDER BY d.sequence LIMIT 1
            """
        ) { row throws(DatabaseError) in try row.timestamp(0) }
    }
}

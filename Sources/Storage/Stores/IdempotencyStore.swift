package import Accounts
package import Secrets

/// What was answered to a request that named an Idempotency-Key: the status and the account, from
/// which the answer is built again. No answer, password or address is stored.
package enum IdempotencyStore {
    /// Who asked, for what, under which key: these three together are the scope. And when.
    package struct Name: Equatable, Sendable {
        package let caller: Digest
        /// The route's template, such as `POST /v1/accounts`.
        package let route: String
        package let keyDigest: Digest
        /// When this request claimed the name; a claim that was taken over has another time.
        package let claimedAt: Timestamp

        package init(caller: Digest, route: String, keyDigest: Digest, claimedAt: Timestamp) {
            self.caller = caller
            self.route = route
            self.keyDigest = keyDigest
            self.claimedAt = claimedAt
        }
    }

    package enum Claim: Equatable, Sendable {
        /// First seen: go on, then `finish` or `abandon`.
        case fresh
        /// Answered before.
        case done(status: Int, account: AccountID)
        /// Another request with this key is under way.
        case inProgress
        /// The same key came with another request.
        case reused
    }

    /// Claims a name for one request.
    ///
    /// - Parameters:
    ///   - expiredBefore: answers given before this time are forgotten.
    ///   - staleBefore: a claim this old belongs to a request whose process died; it is taken over.
    package static func claim(
        _ name: Name, fingerprint: Digest, expiredBefore: Timestamp, staleBefore: Timestamp,
        _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> Claim {
        try transaction.execute(
            """
            DELETE FROM idempotency
            WHERE caller = \(name.caller) AND route = \(name.route)
                AND key_digest = \(name.keyDigest)
                AND (created_at_us <= \(expiredBefore)
                    OR (status IS NULL AND created_at_us <= \(staleBefore)))
            """)
        let inserted = try transaction.execute(
            """
            INSERT INTO idempotency (caller, route, key_digest, fingerprint, created_at_us)
            VALUES (\(name.caller), \(name.route), \(name.keyDigest), \(fingerprint), \(name.claimedAt))
            ON CONFLICT DO NOTHING
            """)
        if inserted == 1 { return .fresh }
        return try find(
            name, fingerprint: fingerprint, expiredBefore: expiredBefore, staleBefore: staleBefore,
            transaction) ?? .inProgress
    }

    /// What is known of a name, without claiming it; `nil` when it is free.
    package static func find(
        _ name: Name, fingerprint: Digest, expiredBefore: Timestamp, staleBefore: Timestamp,
        _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> Claim? {
        try reading.first(
            """
            SELECT fingerprint, status, account_id FROM idempotency
            WHERE caller = \(name.caller) AND route = \(name.route)
                AND key_digest = \(name.keyDigest) AND created_at_us > \(expiredBefore)
                AND (status IS NOT NULL OR created_at_us > \(staleBefore))
            """
        ) { row throws(DatabaseError) in
            guard try row.digest(0) == fingerprint else { return .reused }
            guard let status = try row.int64IfPresent(1) else { return .inProgress }
            return .done(status: Int(status), account: try row.id(2))
        }
    }

    /// Notes the answer, in the transaction that made it true.
    package static func finish(
        _ name: Name, status: Int, account: AccountID, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        let changed = try transaction.execute(
            """
            UPDATE idempotency SET status = \(status), account_id = \(account)
            WHERE caller = \(name.caller) AND route = \(name.route)
                AND key_digest = \(name.keyDigest) AND status IS NULL
                AND created_at_us = \(name.claimedAt)
            """)
        // Taken over by another request meanwhile: that one answers, this one must not also act.
        guard changed == 1 else { throw .conflict }
    }

    /// Gives the name free after a refusal, so that a corrected request may use it.
    package static func abandon(
        _ name: Name, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try transaction.execute(
            """
            DELETE FROM idempotency
            WHERE caller = \(name.caller) AND route = \(name.route)
                AND key_digest = \(name.keyDigest) AND status IS NULL
                AND created_at_us = \(name.claimedAt)
            """)
    }

    package static func deleteExpired(
        before: Timestamp, limit: Int, _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> Int {
        try transaction.execute(
            """
            DELETE FROM idempotency WHERE (caller, route, key_digest) IN (
                SELECT caller, route, key_digest FROM idempotency
                WHERE created_at_us <= \(before) LIMIT \(limit)
            )
            """)
    }
}

package import Accounts

/// The steps by which policies were brought in. Rows are added and never changed.
package enum PolicySwitchStore {
    package struct Record: Equatable, Sendable {
        /// 1, 2, 3, …
        package let number: Int64
        package let at: Timestamp
        package let actor: String
        package let policy: String
        package let version: Int
        package let stage: RemediationStage
        /// Names of rules; empty means all.
        package let rules: [String]
        package let blockAfter: Timestamp?
        /// The policy file.
        package let content: [UInt8]

        package init(
            number: Int64, at: Timestamp, actor: String, policy: String, version: Int,
            stage: RemediationStage, rules: [String], blockAfter: Timestamp?, content: [UInt8]
        ) {
            self.number = number
            self.at = at
            self.actor = actor
            self.policy = policy
            self.version = version
            self.stage = stage
            self.rules = rules
            self.blockAfter = blockAfter
            self.content = content
        }
    }

    /// - Throws: `.uniqueViolation` when another step took this number first.
    package static func append(
        _ record: Record, _ transaction: borrowing Transaction
    ) throws(DatabaseError) {
        try transaction.execute(
            """
            INSERT INTO policy_switch
                (number, at_us, actor, policy, version, stage, rules, block_after_us, content)
            VALUES (
                \(record.number), \(record.at), \(record.actor), \(record.policy), \(record.version),
                \(record.stage.rawValue), \(record.rules.joined(separator: ",")),
                \(record.blockAfter), \(record.content)
            )
            """)
    }

    /// The number of the last step, which costs nearly nothing to ask; 0 before the first.
    package static func lastNumber(
        _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> Int64 {
        let last: Int64? = try reading.first(
            "SELECT number FROM policy_switch ORDER BY number DESC LIMIT 1"
        ) { row throws(DatabaseError) in try row.int64(0) }
        return last ?? 0
    }

    /// The last step of all, and the last that decides which policy is in force: every one but
    /// `monitor`, which only adds a candidate.
    package static func current(
        _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> (latest: Record?, standing: Record?) {
        let latest = try latest(countMax: 1, reading).first
        guard latest?.stage == .monitor else { return (latest, latest) }
        let standing: Record? = try reading.first(
            """
            SELECT number, at_us, actor, policy, version, stage, rules, block_after_us, content
            FROM policy_switch WHERE stage <> \(RemediationStage.monitor.rawValue)
            ORDER BY number DESC LIMIT 1
            """, record)
        return (latest, standing)
    }

    /// The texts that this version of a policy was recorded with: one, if nobody interfered.
    package static func content(
        of policy: String, version: Int, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [[UInt8]] {
        try reading.rows(
            """
            SELECT DISTINCT content FROM policy_switch
            WHERE policy = \(policy) AND version = \(version)
            """
        ) { row throws(DatabaseError) in try row.bytes(0) }
    }

    /// The last steps, latest first.
    package static func latest(
        countMax: Int, _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> [Record] {
        try reading.rows(
            """
            SELECT number, at_us, actor, policy, version, stage, rules, block_after_us, content
            FROM policy_switch ORDER BY number DESC LIMIT \(countMax)
            """, record)
    }

    private static func record(_ row: borrowing Row) throws(DatabaseError) -> Record {
        Record(
            number: try row.int64(0), at: try row.timestamp(1), actor: try row.text(2),
            policy: try row.text(3), version: Int(clamping: try row.int64(4)),
            stage: try row.value(5, .text, RemediationStage(rawValue: try row.text(5))),
            rules: try row.text(6).split(separator: ",").map(String.init),
            blockAfter: try row.timestampIfPresent(7), content: try row.bytes(8))
    }
}

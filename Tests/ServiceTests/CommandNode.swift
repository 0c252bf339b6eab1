import Accounts
import Passwords
import Service
import Storage
import Testing

extension RunningService {
    /// What a command on the same store works with, at the same time.
    func commandNode() throws -> Node {
        let now = now
        return try NodeStart(configuration, log: Log(descriptor: -1, clock: systemTime)).node(
            on: database,
            cost: try HashCost(
                memoryKiB: configuration.hashing.memoryKiB, passes: configuration.hashing.passes,
                parallelism: configuration.hashing.parallelism),
            clock: { now })
    }

    /// Takes one step of bringing a policy in.
    @discardableResult
    func take(
        _ policy: String, _ stage: RemediationStage, rules: [PasswordViolation] = [],
        blockAfter: Timestamp? = nil
    ) throws -> PolicySwitchStore.Record {
        let remediation = try #require(
            Remediation(stage, rules: rules, blockAfter: blockAfter))
        return try PolicySwitching(commandNode(), actor: "cli:7").take(
            policy, remediation, reason: "a test")
    }

    /// What is kept of the one account's password; `nil` when nothing is, or it does not open.
    func vector() throws -> VerdictVector? {
        let text = try #require(try texts("SELECT id FROM account").first)
        let id = try #require(AccountID(parsing: text))
        let record = try database.read { reader throws(DatabaseError) in
            try VerdictStore.find(id, reader)
        }
        return try record.flatMap { try commandNode().verdictSeals.open($0, of: id) }
    }
}

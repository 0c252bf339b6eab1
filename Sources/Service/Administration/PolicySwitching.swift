package import Accounts
import Incidents
import Passwords
package import Storage

/// Bringing a policy in by stages, each one a recorded act.
package struct PolicySwitching: Sendable {
    private let node: Node
    private let actor: String

    /// - Parameter actor: `cli:<uid>`, for the audit log.
    package init(_ node: Node, actor: String) {
        self.node = node
        self.actor = actor
    }

    /// Records a step. The invariant of the CNIL's case 2 is held before anything is written, whatever
    /// the stage: a policy that is watched is one that is to come.
    ///
    /// - Parameters:
    ///   - reference: a shipped name or a file.
    ///   - reason: in the actor's words, for the audit log; may be empty.
    package func take(
        _ reference: String, _ remediation: Remediation, reason: String
    ) throws(StartError) -> PolicySwitchStore.Record {
        let content = try PolicyLibrary.data(reference)
        let policy = try PolicyLibrary.policy(reference)
        try PolicyLibrary.check(policy, restriction: node.configuration.accessRestriction)
        let now = node.clock()
        if let date = remediation.blockAfter, date <= now {
            throw .configuration("--after: expected a time that is still to come")
        }
        return try record(policy, remediation, content: content, reason: reason, at: now)
    }

    /// Takes the policy in force, and any candidate, back: the configuration's is the only one again.
    ///
    /// - Returns: `nil` when there is nothing to take back.
    package func withdraw(reason: String) throws(StartError) -> PolicySwitchStore.Record? {
        guard let last = try history(countMax: 1).first, last.stage != .withdrawn,
            let remediation = Remediation(.withdrawn)
        else { return nil }
        let policy: PasswordPolicy
        do {
            policy = try PasswordPolicy(json5: last.content)
        } catch {
            throw .refused("the recorded policy \(last.policy) cannot be read: \(error.text)")
        }
        return try record(
            policy, remediation, content: last.content, reason: reason, at: node.clock())
    }

    package func history(countMax: Int) throws(StartError) -> [PolicySwitchStore.Record] {
        do {
            return try node.database.read { reader throws(DatabaseError) in
                try PolicySwitchStore.latest(countMax: countMax, reader)
            }
        } catch {
            throw StartError(error, path: "the database")
        }
    }

    package func policies() throws(StartError) -> PoliciesInForce {
        do {
            return try node.database.read { reader throws(DatabaseError) in
                try node.policies.current(reader)
            }
        } catch {
            throw StartError(error, path: "the database")
        }
    }

    private func record(
        _ policy: PasswordPolicy, _ remediation: Remediation, content: [UInt8], reason: String,
        at now: Timestamp
    ) throws(StartError) -> PolicySwitchStore.Record {
        let event = Event(
            PolicyStep(policy, remediation), id: node.eventID(at: now),
            deployment: node.deployment, at: now)
        let recorded: PolicySwitchStore.Record?
        do {
            recorded = try node.database.transaction { transaction throws(DatabaseError) in
                if try isAnotherText(policy, transaction) { return nil }
                let record = PolicySwitchStore.Record(
                    number: try PolicySwitchStore.lastNumber(transaction) + 1, at: now,
                    actor: actor, policy: policy.name, version: policy.version,
                    stage: remediation.stage, rules: remediation.rules.map(\.rawValue),
                    blockAfter: remediation.blockAfter, content: content)
                try PolicySwitchStore.append(record, transaction)
                try node.enqueue(event, transaction)
                try node.audit(
                    action: "policy.\(remediation.stage.rawValue)",
                    of: "\(policy.name)@\(policy.version)", by: actor, reason: reason, at: now,
                    transaction)
                return record
            }
        } catch {
            throw StartError(error, path: "the database")
        }
        guard let recorded else {
            throw .configuration(
                "policy \(policy.name): version \(policy.version) was recorded with other rules; "
                    + "give what has changed another version")
        }
        return recorded
    }

    /// Whether this name and version were in use for other rules: verdicts name a version, and must go
    /// on meaning what they meant.
    private func isAnotherText(
        _ policy: PasswordPolicy, _ transaction: borrowing Transaction
    ) throws(DatabaseError) -> Bool {
        let before = try PolicySwitchStore.content(
            of: policy.name, version: policy.version, transaction)
        for content in before {
            do {
                if try PasswordPolicy(json5: content) != policy { return true }
            } catch {
                return true
            }
        }
        return false
    }
}

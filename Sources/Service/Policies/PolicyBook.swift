import Accounts
package import Passwords
package import Storage
import Threads

/// The policies of this node: the configured one, and what the recorded switches made of it.
///
/// There is no reload of the configuration: what changes while the service runs is a switch, which
/// stands in the database, so that every node sees it with its next sign-in.
package final class PolicyBook: Sendable {
    private let configured: PasswordPolicy
    private let restriction: AccessRestriction?
    private let log: Log
    private let cached: Guarded<PoliciesInForce>

    /// - Parameter restriction: `nil` where throttling is off.
    init(configured: PasswordPolicy, restriction: AccessRestriction?, log: Log) {
        self.configured = configured
        self.restriction = restriction
        self.log = log
        cached = Guarded(PoliciesInForce(policy: configured))
    }

    /// As they were when somebody last looked.
    package var last: PoliciesInForce { cached.withLock { $0 } }

    /// As the database says now. A switch that this node must not follow (a case 2 policy where
    /// throttling is off) leaves it with what it had, and is logged.
    package func current(
        _ reading: borrowing some Reading & ~Copyable
    ) throws(DatabaseError) -> PoliciesInForce {
        let known = last
        guard try PolicySwitchStore.lastNumber(reading) != known.step else { return known }
        do throws(StartError) {
            return try loaded(reading)
        } catch {
            log.error("a policy switch is not followed", .reason(error.text))
            return known
        }
    }

    /// - Throws: when a recorded policy must not be in force here.
    func loaded(
        _ reading: borrowing some Reading & ~Copyable
    ) throws(StartError) -> PoliciesInForce {
        let steps: (latest: PolicySwitchStore.Record?, standing: PolicySwitchStore.Record?)
        do {
            steps = try PolicySwitchStore.current(reading)
        } catch {
            throw StartError(error, path: "the database")
        }
        var policy = configured
        var remediation: Remediation?
        if let standing = steps.standing, standing.stage.isInForce {
            policy = try read(standing)
            try PolicyLibrary.check(policy, restriction: restriction)
            remediation = Remediation(
                standing.stage, rules: standing.rules.compactMap(PasswordViolation.init),
                blockAfter: standing.blockAfter)
        }
        var candidate: PasswordPolicy?
        if let latest = steps.latest, latest.stage == .monitor { candidate = try read(latest) }
        let now = PoliciesInForce(
            policy: policy, remediation: remediation, candidate: candidate,
            step: steps.latest?.number ?? 0)
        cached.withLock { $0 = now }
        return now
    }

    private func read(_ step: PolicySwitchStore.Record) throws(StartError) -> PasswordPolicy {
        do {
            return try PasswordPolicy(json5: step.content)
        } catch {
            throw .refused("the recorded policy \(step.policy) cannot be read: \(error.text)")
        }
    }
}

extension Node {
    /// What new passwords must follow.
    package var policy: PasswordPolicy { policies.last.policy }

    /// Looks whether a switch was recorded since.
    func refreshPolicies() throws(Problem) {
        _ = try withProblems { () throws(DatabaseError) in
            try database.read { reader throws(DatabaseError) in try policies.current(reader) }
        }
    }
}

package import Passwords

extension PolicyLibrary {
    /// Judges policies in the surroundings that a configuration gives.
    ///
    /// - Parameter references: names or files; none means all that ship and the configured one.
    package static func audits(
        of references: [String], in configuration: Configuration
    ) throws(StartError) -> [PolicyAudit] {
        var wanted = references
        if wanted.isEmpty {
            wanted = shipped.map(\.name)
            if !wanted.contains(configuration.policy) { wanted.append(configuration.policy) }
        }
        let surroundings = PolicyAudit.Surroundings(
            restriction: configuration.accessRestriction,
            blocklistCount: Blocklist.builtIn.count, hasCorpus: false)
        var audits: [PolicyAudit] = []
        for reference in wanted {
            audits.append(PolicyAudit(of: try unjudged(reference), in: surroundings))
        }
        return audits
    }
}

extension PolicyAudit {
    package var json: JSONValue {
        let rows = requirements.map { requirement -> JSONValue in
            [
                "standard": .string(requirement.standard.rawValue),
                "id": .string(requirement.id), "asks": .string(requirement.asks),
                "verdict": .string(requirement.verdict.rawValue),
                "reason": .string(requirement.reason),
                "source": .string(requirement.standard.source),
            ]
        }
        return [
            "policy": .string(policy.name), "version": .integer(Int64(policy.version)),
            "title": .string(policy.title), "lawful": .boolean(isLawful),
            "cnil_case": .integer(Int64(policy.cnilCase.rawValue)),
            "cnil_case_reached": policy.cnilCaseReached.map { .integer(Int64($0.rawValue)) }
                ?? .null,
            "requirements": .array(rows),
        ]
    }
}

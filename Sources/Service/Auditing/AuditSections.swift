package import Accounts

/// The numbers of a report in the order in which every output shows them. Table, CSV and HTML are
/// written from these; JSON is the report itself.
package struct AuditSection: Equatable, Sendable {
    /// A word for programs: `by_application`.
    package let id: String
    package let title: String
    package let columns: [String]
    package let rows: [Row]

    package struct Row: Equatable, Sendable {
        /// A word for programs.
        package let key: String
        package let label: String
        package let values: [Int]
    }
}

extension AuditReport {
    package var sections: [AuditSection] {
        [overview, unknowns, broken] + [candidateSection].compactMap(\.self)
            + [
                grouped("by_application", "By application", applications),
                grouped("by_registration", "By month of registration", registered),
                grouped("by_verdict", "By month of the last verdict", judged),
                AuditSection(
                    id: "unknown_since", title: "Unknown since", columns: ["accounts"],
                    rows: unknownSince.map {
                        .init(key: $0.key, label: $0.name, values: [$0.counts.accounts])
                    }),
            ]
    }

    private var overview: AuditSection {
        let labels = [
            "accounts": "Accounts that are not closed", "compliant": "comply with the policy",
            "non_compliant": "break a rule of it", "unknown": "unknown under this version",
            "below_cost": "hash below today's cost",
            "breached": "password in a corpus of breached ones",
            "unused": "not used for \(unusedAfterDays) days",
        ]
        return AuditSection(
            id: "overview", title: "Overview", columns: ["accounts"],
            rows: accounts.named.map {
                .init(key: $0.name, label: labels[$0.name] ?? $0.name, values: [$0.value])
            } + [.init(key: "must_change", label: "must change it", values: [mustChange])])
    }

    private var unknowns: AuditSection {
        let rows = [
            ("without_verdict", "no verdict yet", withoutVerdict),
            ("judged_by_another", "judged by another policy or version", judgedByAnother),
            ("unreadable", "a verdict this service did not write", unreadable),
            ("corpus_unknown", "not held against a corpus", corpusUnknown),
        ]
        return AuditSection(
            id: "unknown", title: "Why unknown", columns: ["accounts"],
            rows: rows.map { .init(key: $0.0, label: $0.1, values: [$0.2]) })
    }

    private var broken: AuditSection {
        AuditSection(
            id: "rules", title: "Broken rules", columns: ["accounts"],
            rows: rules.map { .init(key: $0.code, label: $0.code, values: [$0.accounts]) })
    }

    private var candidateSection: AuditSection? {
        guard let candidate, let counts = candidateCounts else { return nil }
        let rows =
            [
                ("compliant", "would comply", counts.compliant),
                ("non_compliant", "would break a rule", counts.nonCompliant),
                ("newly_breaking", "of these, comply today", counts.newlyBreaking),
                ("unknown", "not judged by it yet", counts.unknown),
            ]
            + candidateRules.map { ($0.code, $0.code, $0.accounts) }
        return AuditSection(
            id: "candidate",
            title: "What enforcing \(candidate.name) version \(candidate.version) would do",
            columns: ["accounts"],
            rows: rows.map { .init(key: $0.0, label: $0.1, values: [$0.2]) })
    }

    private func grouped(_ id: String, _ title: String, _ groups: [Group]) -> AuditSection {
        AuditSection(
            id: id, title: title, columns: Counts().named.map(\.name),
            rows: groups.map {
                .init(key: $0.key, label: $0.name, values: $0.counts.named.map(\.value))
            })
    }
}

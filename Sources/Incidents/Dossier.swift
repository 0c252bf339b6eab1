package import Accounts

/// What the CNIL's notification form asks of one incident, in French: answered by the service where it
/// knows, by a person where one decided, and open elsewhere. It can be shown at any time.
///
/// Source: GDPR art. 33(3) and (4); the CNIL's « notification de violation de données personnelles ».
package struct Dossier: Hashable, Sendable {
    package let incident: IncidentID
    package let madeAt: Timestamp
    package let sections: [Section]

    package struct Section: Hashable, Sendable {
        package let id: String
        package let title: String
        package let items: [Item]

        package init(id: String, title: String, items: [Item]) {
            self.id = id
            self.title = title
            self.items = items
        }
    }

    package struct Item: Hashable, Sendable {
        /// A word for programs.
        package let id: String
        package let label: String
        /// As it is shown; `nil` where somebody must still decide.
        package let value: String?
        package let from: Source

        package init(id: String, label: String, value: String?, from: Source) {
            self.id = id
            self.label = label
            self.value = value
            self.from = from
        }
    }

    package enum Source: String, Hashable, Sendable {
        case service, person
        /// A person must decide.
        case open
    }

    /// Saved versions are kept as they are.
    package enum Version: String, CaseIterable, Hashable, Sendable {
        case initial
        case complementary
    }

    /// What stands where nobody has decided yet.
    package static let toComplete = "à compléter"

    /// Fields that a person must still fill in, in the order of the form.
    package var missing: [String] {
        sections.flatMap(\.items).filter { $0.from == .open }.map(\.id)
    }

    package var isComplete: Bool { missing.isEmpty }

    /// What the service knows.
    package struct Facts: Sendable {
        package let incident: Incident
        package let findings: [IncidentFinding]
        /// Accounts that can be listed.
        package let affected: Int
        package let scope: AffectedScope
        /// Settings that are in force, in French.
        package let measures: [String]
        /// Empty where they are not configured.
        package let controller: String
        package let contact: String

        package init(
            incident: Incident, findings: [IncidentFinding], affected: Int, scope: AffectedScope,
            measures: [String], controller: String, contact: String
        ) {
            self.incident = incident
            self.findings = findings
            self.affected = affected
            self.scope = scope
            self.measures = measures
            self.controller = controller
            self.contact = contact
        }
    }

    /// As it was saved.
    package init(incident: IncidentID, madeAt: Timestamp, sections: [Section]) {
        self.incident = incident
        self.madeAt = madeAt
        self.sections = sections
    }

    /// - Parameter decided: what persons entered, as ``DossierField/value(parsing:)`` keeps it.
    package init(_ facts: Facts, decided: [DossierField: String], at now: Timestamp) {
        incident = facts.incident.id
        madeAt = now
        let form = DossierForm(facts: facts, decided: decided)
        sections = form.sections
    }

    /// `24/11/2026 à 14 h 47 min 20 s (UTC)`
    package static func french(_ time: Timestamp) -> String {
        let text = Array(time.rfc3339().utf8)
        let part = { (range: Range<Int>) in String(decoding: text[range], as: UTF8.self) }
        return "\(part(8..<10))/\(part(5..<7))/\(part(0..<4)) à \(part(11..<13)) h "
            + "\(part(14..<16)) min \(part(17..<19)) s (UTC)"
    }

    /// Groups of three digits with narrow no-break spaces, as French writes them.
    static func grouped(_ number: Int) -> String {
        let digits = Array(String(number))
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { text.append("\u{202F}") }
            text.append(digit)
        }
        return text
    }
}

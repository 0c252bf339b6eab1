/// What a policy is, requirement by requirement, in the eyes of four texts.
///
/// The CNIL's text decides whether a policy may be in force; the others inform. They contradict
/// one another: NIST and OWASP forbid composition rules, ANSSI asks for them and the CNIL builds its
/// examples on them. Where we follow one knowingly against another, the verdict says so.
package struct PolicyAudit: Equatable, Sendable {
    package enum Standard: String, CaseIterable, Sendable {
        case cnil = "CNIL 2022-100"
        case anssi = "ANSSI 2021"
        case nist = "NIST SP 800-63B-4"
        case asvs = "OWASP ASVS 5.0"

        /// Where the text is.
        package var source: String {
            switch self {
            case .cnil: "CNIL, délibération n° 2022-100 du 21 juillet 2022"
            case .anssi:
                "ANSSI, Recommandations relatives à l'authentification multifacteur et aux mots de "
                    + "passe, ANSSI-PG-078, version 2.0 du 8 octobre 2021"
            case .nist: "NIST SP 800-63B-4, final, August 2025"
            case .asvs: "OWASP ASVS 5.0.0, V6.2 Password Security"
            }
        }
    }

    package enum Verdict: String, Sendable {
        case met
        case notMet = "not_met"
        /// Not what the text asks, knowingly: another text that binds us asks the opposite.
        case deviationAccepted = "deviation_accepted"
        case notApplicable = "not_applicable"

        package var text: String {
            switch self {
            case .met: "met"
            case .notMet: "not met"
            case .deviationAccepted: "deviation accepted"
            case .notApplicable: "not applicable"
            }
        }
    }

    package struct Requirement: Equatable, Sendable {
        package let standard: Standard
        /// The text's own number where it has one, else the place in it.
        package let id: String
        /// What it asks, in a few words.
        package let asks: String
        package let verdict: Verdict
        package let reason: String
    }

    package let policy: PasswordPolicy
    package let requirements: [Requirement]

    /// - Parameter surroundings: what a service adds to the rules.
    package init(of policy: PasswordPolicy, in surroundings: Surroundings) {
        self.policy = policy
        let subject = Subject(policy: policy, surroundings: surroundings)
        requirements =
            subject.cnilRequirements + subject.anssiRequirements + subject.nistRequirements
            + subject.asvsRequirements
    }

    /// Whether the CNIL's text allows a service to run with this policy in these surroundings.
    package var isLawful: Bool {
        !requirements.contains { $0.standard == .cnil && $0.verdict == .notMet }
    }

    /// The parts of the service that the texts ask about and that are not in a policy file.
    package struct Surroundings: Equatable, Sendable {
        /// `nil` where throttling is off.
        package let restriction: AccessRestriction?
        /// Common bases that passwords are held against.
        package let blocklistCount: Int
        /// Whether passwords are held against a corpus of breached ones.
        package let hasCorpus: Bool

        package init(restriction: AccessRestriction?, blocklistCount: Int, hasCorpus: Bool) {
            self.restriction = restriction
            self.blocklistCount = blocklistCount
            self.hasCorpus = hasCorpus
        }
    }

    /// What is judged; the texts are extensions of it, each in a file of its own.
    struct Subject {
        let policy: PasswordPolicy
        let surroundings: Surroundings

        /// The classes and words that the rules ask for, as words; `nil` where length alone counts.
        var composition: String? {
            var parts: [String] = []
            if !policy.requiredClasses.isEmpty {
                parts.append("asks for " + policy.requiredClasses.names.joined(separator: ", "))
            }
            if policy.wordsMin > 0 { parts.append("asks for \(policy.wordsMin) words") }
            return parts.isEmpty ? nil : parts.joined(separator: " and ")
        }

        /// The answer of two texts to the same question.
        func compositionForbidden(_ standard: Standard, _ id: String, _ asks: String)
            -> Requirement
        {
            guard let composition else {
                return Requirement(
                    standard: standard, id: id, asks: asks, verdict: .met,
                    reason: "length alone counts")
            }
            return Requirement(
                standard: standard, id: id, asks: asks, verdict: .deviationAccepted,
                reason: "\(composition); the CNIL's examples are built on composition")
        }

        /// Shorter for the tables of the texts.
        func row(
            _ standard: Standard, _ id: String, _ asks: String, _ isMet: Bool, _ reason: String
        ) -> Requirement {
            Requirement(
                standard: standard, id: id, asks: asks, verdict: isMet ? .met : .notMet,
                reason: reason)
        }

        func notApplicable(
            _ standard: Standard, _ id: String, _ asks: String, _ reason: String
        ) -> Requirement {
            Requirement(
                standard: standard, id: id, asks: asks, verdict: .notApplicable, reason: reason)
        }
    }
}

/// What personal data is used for, as the company's privacy policy lists it (“Finalités des
/// traitements”), and one purpose beside it. The raw value is the API's and the database's.
package enum Purpose: String, CaseIterable, Hashable, Sendable {
    /// To provide the service.
    case provide = "P1"
    /// To solve problems.
    case solveProblems = "P2"
    /// To personalise and improve.
    case personalise = "P3"
    /// To measure how much the service is used.
    case measure = "P4"
    /// To inform about the company's own offers and its partners'.
    case inform = "P5"
    /// To prevent, detect and investigate misuse.
    case preventMisuse = "P6"
    /// To meet legal duties.
    case legalDuties = "P7"
    /// To be quoted in public: “autorisation de chaque acteur cité, avant publication”.
    case publication

    /// What the law calls the ground: Article 6(1) of the GDPR.
    package var basis: LegalBasis {
        switch self {
        case .provide: .contract
        case .solveProblems, .personalise, .measure, .inform, .publication: .consent
        case .preventMisuse: .legitimateInterest
        case .legalDuties: .legalObligation
        }
    }
}

/// Article 6(1) of the GDPR, as far as a purpose of ours rests on it.
package enum LegalBasis: String, CaseIterable, Hashable, Sendable {
    /// (a)
    case consent
    /// (b)
    case contract
    /// (c)
    case legalObligation = "legal_obligation"
    /// (f)
    case legitimateInterest = "legitimate_interest"
}

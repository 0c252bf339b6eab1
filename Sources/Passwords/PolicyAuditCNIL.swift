// CNIL, délibération n° 2022-100 du 21 juillet 2022 portant adoption d'une recommandation relative aux
// mots de passe et autres secrets partagés (it replaces n° 2017-012). The text has no numbered
// requirements; rows are named by the place.
extension PolicyAudit.Subject {
    var cnilRequirements: [PolicyAudit.Requirement] {
        [cnilStrength, cnilClaim, cnilRestriction, cnilDevice, cnilSpecials] + cnilLife
    }

    /// By composition and the text's own examples, never by computed bits.
    private var cnilStrength: PolicyAudit.Requirement {
        let asks = "as strong as one of the text's examples for a password"
        guard let example = policy.cnilExample, example.cnilCase != .heldDevice else {
            return row(
                .cnil, "strength", asks, false,
                "\(rules): less than every example of cases 1 and 2")
        }
        return row(
            .cnil, "strength", asks, true,
            "\(rules): case \(example.cnilCase.rawValue), at least “\(example.text)”")
    }

    private var cnilClaim: PolicyAudit.Requirement {
        let claimed = policy.cnilCase
        let asks = "no stricter case is claimed than the rules give"
        guard let reached = policy.cnilCaseReached else {
            return row(.cnil, "case", asks, false, "case \(claimed.rawValue) claimed, none reached")
        }
        return row(
            .cnil, "case", asks, reached.rawValue <= claimed.rawValue,
            "case \(claimed.rawValue) claimed, case \(reached.rawValue) reached")
    }

    /// The coupling that makes a short password lawful.
    private var cnilRestriction: PolicyAudit.Requirement {
        let asks = "access is restricted after failures"
        guard policy.requiresAccessRestriction else {
            return notApplicable(
                .cnil, "case 2", asks, "case 1 stands alone; what restricts access comes on top")
        }
        guard let restriction = surroundings.restriction else {
            return row(.cnil, "case 2", asks, false, "throttling is off")
        }
        return row(
            .cnil, "case 2", asks, restriction.meetsCNIL,
            restriction.evidence.map(\.text).joined(separator: "; "))
    }

    private var cnilDevice: PolicyAudit.Requirement {
        let asks = "a device the person holds, blocked after 3 failures"
        guard policy.cnilCase == .heldDevice else {
            return notApplicable(.cnil, "case 3", asks, "no such device is relied on")
        }
        return row(.cnil, "case 3", asks, false, "this service checks no device that is held")
    }

    private var cnilSpecials: PolicyAudit.Requirement {
        let asks = "at least 37 specials to choose from"
        guard policy.requiredClasses.contains(.special) else {
            return notApplicable(.cnil, "specials", asks, "no special character is asked for")
        }
        return row(
            .cnil, "specials", asks, true,
            "every punctuation mark and symbol of Unicode, and the space inside")
    }

    /// What the text asks about a password's life, which no policy file can change here.
    private var cnilLife: [PolicyAudit.Requirement] {
        [
            row(
                .cnil, "renewal", "no periodic change for ordinary users", true,
                "a policy has no expiry"),
            row(
                .cnil, "storage", "a specialised function with salt, never in clear", true,
                "Argon2id, 16 bytes of salt, and a pepper outside the database"),
        ]
    }

    private var rules: String {
        "at least \(policy.charactersMin) characters"
            + (composition.map { ", " + $0 } ?? ", of any classes")
    }
}

// ANSSI, Recommandations relatives à l'authentification multifacteur et aux mots de passe,
// ANSSI-PG-078, version 2.0 of 8 October 2021. R20 … R29 are for those who set a policy; R31 … R38 are
// for users and for the organisation, and are left out.
extension PolicyAudit.Subject {
    var anssiRequirements: [PolicyAudit.Requirement] {
        [
            row(
                .anssi, "R20", "a password policy is in place", true,
                "\(policy.name) version \(policy.version)"),
            anssiLength,
            row(
                .anssi, "R22", "no maximum length, or a limit of several hundred", true,
                "\(PasswordPolicy.scalarsMax) Unicode scalars"),
            anssiComplexity,
            row(
                .anssi, "R24", "by default no expiry for accounts that are not sensitive", true,
                "a policy has no expiry"),
            notApplicable(
                .anssi, "R25", "expiry for privileged accounts",
                "administrators here hold keys that end, not passwords"),
            row(
                .anssi, "R26", "compromised passwords are revoked at once", true,
                "a change can be forced for one account or for all that break a rule"),
            row(
                .anssi, "R27", "strength is checked when a password is set", true,
                "at registration, change and reset, against \(surroundings.blocklistCount) common "
                    + "bases and the person's own names"),
            row(.anssi, "R28", "a long random salt", true, "16 random bytes for each password"),
            row(.anssi, "R29", "a memory-hard derivation function", true, "Argon2id (RFC 9106)"),
        ]
    }

    /// The guide's table begins with 9 to 11 characters for the weakest of its levels, goes on with
    /// 12 to 14, and asks for 15 or more for the strongest.
    private var anssiLength: PolicyAudit.Requirement {
        let level =
            switch policy.charactersMin {
            case ..<9: "fewer than the 9 of its weakest level"
            case 9...11: "its level from weak to medium"
            case 12...14: "its level from medium to strong"
            default: "its level from strong to very strong"
            }
        return row(
            .anssi, "R21", "a minimum length that fits the level aimed at",
            policy.charactersMin >= 9, "\(policy.charactersMin) characters: \(level)")
    }

    private var anssiComplexity: PolicyAudit.Requirement {
        let asks = "rules on complexity, from a wide set of characters"
        if !policy.requiredClasses.isEmpty {
            return row(
                .anssi, "R23", asks, true,
                "\(composition ?? ""), out of all of Unicode that can be seen")
        }
        return PolicyAudit.Requirement(
            standard: .anssi, id: "R23", asks: asks, verdict: .deviationAccepted,
            reason: "\(composition ?? "length alone counts"); NIST and OWASP forbid classes")
    }
}

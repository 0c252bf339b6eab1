// OWASP ASVS 5.0.0, V6.2 Password Security, all twelve.
extension PolicyAudit.Subject {
    var asvsRequirements: [PolicyAudit.Requirement] {
        [
            row(
                .asvs, "6.2.1", "at least 8 characters, 15 recommended",
                policy.charactersMin >= 8, "\(policy.charactersMin) characters"),
            row(
                .asvs, "6.2.2", "users can change their password", true,
                "PUT /v1/account/password"),
            row(
                .asvs, "6.2.3", "a change asks for the current password", true,
                "current_password is verified and throttled"),
            asvsCommon,
            compositionForbidden(.asvs, "6.2.5", "no rule on composition"),
            notApplicable(
                .asvs, "6.2.6", "the field masks what is typed", "the application's form"),
            notApplicable(
                .asvs, "6.2.7", "paste and password managers are permitted",
                "the application's form"),
            PolicyAudit.Requirement(
                standard: .asvs, id: "6.2.8", asks: "verified exactly as received",
                verdict: .deviationAccepted,
                reason: "never cut and no case folded, but spelt in NFC with one kind of space, as "
                    + "NIST asks, so that two keyboards type one password"),
            row(
                .asvs, "6.2.9", "64 characters are permitted", true,
                "\(PasswordPolicy.scalarsMax) Unicode scalars"),
            row(.asvs, "6.2.10", "no periodic change", true, "a policy has no expiry"),
            row(
                .asvs, "6.2.11", "words of the context are refused", true,
                "the service's name, the address's local part, the display name"),
            row(
                .asvs, "6.2.12", "compared with breached passwords", surroundings.hasCorpus,
                surroundings.hasCorpus
                    ? "a corpus is configured" : "no corpus of breached passwords is configured"),
        ]
    }

    /// The 3000 most common that match the policy, or a corpus, which holds these.
    private var asvsCommon: PolicyAudit.Requirement {
        let count = surroundings.blocklistCount
        let isMet = surroundings.hasCorpus || count >= 3_000
        return row(
            .asvs, "6.2.4", "compared with the top 3000 that match the policy", isMet,
            "\(count) common bases, each with look-alikes and what stands around it"
                + (surroundings.hasCorpus
                    ? ", and a corpus" : isMet ? "" : "; a corpus of breached ones closes this"))
    }
}

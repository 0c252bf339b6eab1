// NIST SP 800-63B-4, final, August 2025: §3.1.1.2 (passwords), §3.2.2 (rate limiting). One row for each
// SHALL and SHOULD of these that concerns a verifier's rule.
extension PolicyAudit.Subject {
    var nistRequirements: [PolicyAudit.Requirement] {
        [nistLength] + nistCharacters + [
            compositionForbidden(.nist, "3.1.1.2 composition", "SHALL NOT: composition rules")
        ] + nistLife + [nistBlocklist, nistRate]
    }

    private var nistLength: PolicyAudit.Requirement {
        row(
            .nist, "3.1.1.2 length", "SHALL: 15 characters where it is the only factor",
            policy.charactersMin >= 15,
            "\(policy.charactersMin) characters as people count them, never more than code points")
    }

    private var nistCharacters: [PolicyAudit.Requirement] {
        [
            row(
                .nist, "3.1.1.2 maximum", "SHOULD: 64 characters or more are permitted", true,
                "\(PasswordPolicy.scalarsMax) Unicode scalars"),
            row(
                .nist, "3.1.1.2 ASCII", "SHOULD: all printing ASCII and the space", true,
                "all are accepted"),
            row(
                .nist, "3.1.1.2 Unicode", "SHOULD: Unicode, normalised", true,
                "all but controls and what is invisible; NFC"),
            row(
                .nist, "3.1.1.2 whole", "SHALL: the whole password is verified", true,
                "nothing is cut"),
        ]
    }

    private var nistLife: [PolicyAudit.Requirement] {
        [
            row(
                .nist, "3.1.1.2 renewal", "SHALL NOT: periodic change", true,
                "a policy has no expiry"),
            row(
                .nist, "3.1.1.2 compromise", "SHALL: a change on evidence of compromise", true,
                "a change can be forced for one account or for all that break a rule"),
            row(
                .nist, "3.1.1.2 hints", "SHALL NOT: hints and security questions", true,
                "there are none"),
            row(
                .nist, "3.1.1.2 guidance", "SHALL: guidance towards a stronger password", true,
                "every refusal names each rule that is broken, with its numbers"),
            row(
                .nist, "3.1.1.2 storage", "SHALL: salted and hashed; SHOULD: keyed", true,
                "Argon2id with 16 bytes of salt and a pepper"),
        ]
    }

    private var nistBlocklist: PolicyAudit.Requirement {
        row(
            .nist, "3.1.1.2 blocklist", "SHALL: compared whole with common and breached ones",
            surroundings.blocklistCount > 0,
            "\(surroundings.blocklistCount) common bases and the person's own names"
                + (surroundings.hasCorpus ? ", and a corpus of breached ones" : "; no corpus"))
    }

    /// Ours is a daily budget without an end: an account that nobody can open any more because
    /// strangers guessed at it is an attack too.
    private var nistRate: PolicyAudit.Requirement {
        let asks = "SHALL: at most 100 failures in a row on one account"
        guard let restriction = surroundings.restriction else {
            return row(.nist, "3.2.2 rate", asks, false, "throttling is off")
        }
        return PolicyAudit.Requirement(
            standard: .nist, id: "3.2.2 rate", asks: asks, verdict: .deviationAccepted,
            reason: "\(restriction.failuresPerDay) failures in 24 h, without an end: the CNIL asks "
                + "for this, and a block for good would let strangers lock owners out")
    }
}

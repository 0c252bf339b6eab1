package import Secrets

/// What was done about a purpose. The raw value is the API's and the database's.
package enum ConsentAct: String, CaseIterable, Hashable, Sendable {
    case given
    case withdrawn
}

/// Where it was done.
package enum ConsentChannel: String, CaseIterable, Hashable, Sendable {
    case site
    case app
    /// A form or a letter; it needs evidence, because nobody here saw it done.
    case paper
}

/// What a consent was given to: the words that were shown, and the policy that they stand in.
package struct ConsentPin: Hashable, Sendable {
    package let policyVersion: PolicyVersion
    /// SHA-256 of the words as they were shown.
    package let textDigest: Digest
    package let locale: LanguageTag

    package init(policyVersion: PolicyVersion, textDigest: Digest, locale: LanguageTag) {
        self.policyVersion = policyVersion
        self.textDigest = textDigest
        self.locale = locale
    }
}

/// One act in a history that only grows.
package struct ConsentRecord: Hashable, Sendable {
    package let id: String
    package let purpose: Purpose
    package let act: ConsentAct
    /// When the person did it: a form is signed before it is typed in.
    package let effectiveAt: Timestamp
    package let recordedAt: Timestamp
    /// `nil` for a withdrawal, which needs no words.
    package let pin: ConsentPin?
    package let channel: ConsentChannel
    /// Where the proof is: the number of a file, never its content.
    package let evidence: Remark?
    /// The account itself, an application's or an administrator's id, or `cli:<uid>`.
    package let actor: String

    package init(
        id: String, purpose: Purpose, act: ConsentAct, effectiveAt: Timestamp,
        recordedAt: Timestamp, pin: ConsentPin?, channel: ConsentChannel, evidence: Remark?,
        actor: String
    ) {
        self.id = id
        self.purpose = purpose
        self.act = act
        self.effectiveAt = effectiveAt
        self.recordedAt = recordedAt
        self.pin = pin
        self.channel = channel
        self.evidence = evidence
        self.actor = actor
    }
}

/// The answer to an application's only question: may I?
package struct Permission: Hashable, Sendable {
    package let purpose: Purpose
    package let isPermitted: Bool
    package let reason: Reason
    /// The act that decides, where one does.
    package let decidedBy: ConsentRecord?

    package enum Reason: String, CaseIterable, Sendable {
        /// The purpose rests on something else, and no consent is asked for it.
        case notBasedOnConsent = "not_based_on_consent"
        case given
        case withdrawn
        /// Nobody said anything: unknown is no.
        case neverGiven = "never_given"
        /// There is no such account, or it is closed.
        case unknownAccount = "unknown_account"
    }

    /// - Parameter latest: the act that counts: the latest, and of two at the same time the withdrawal.
    package init(_ purpose: Purpose, latest: ConsentRecord?) {
        self.purpose = purpose
        guard purpose.basis == .consent else {
            (isPermitted, reason, decidedBy) = (true, .notBasedOnConsent, nil)
            return
        }
        decidedBy = latest
        switch latest?.act {
        case .given?: (isPermitted, reason) = (true, .given)
        case .withdrawn?: (isPermitted, reason) = (false, .withdrawn)
        case nil: (isPermitted, reason) = (false, .neverGiven)
        }
    }

    /// Nothing may be done with data of somebody who is not there, whatever the purpose.
    package init(unknownAccountFor purpose: Purpose) {
        self.purpose = purpose
        (isPermitted, reason, decidedBy) = (false, .unknownAccount, nil)
    }
}

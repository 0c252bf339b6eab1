package import Accounts
import Secrets

package enum FindingKind: IDKind { package static let prefix = "fnd_" }
package enum IncidentKind: IDKind { package static let prefix = "inc_" }

package typealias FindingID = OpaqueID<FindingKind>
package typealias IncidentID = OpaqueID<IncidentKind>

/// What an event is about, and what its order is kept by. Has no case for free text, so no address
/// of a person fits in.
package enum Subject: Hashable, Sendable {
    case account(AccountID)
    /// A whole address or a network.
    case source(SourcePrefix)
    /// One password tried on many accounts; which one is not said.
    case passwordTag
    /// A password policy, by its name.
    case policy(PolicyStep)

    /// `account/acc_…`, `source/203.0.113.0/24`, `password_tag`, `policy/cnil-8x4`.
    package var text: String {
        switch self {
        case .account(let id): "account/" + id.text
        case .source(let prefix): "source/" + prefix.text
        case .passwordTag: "password_tag"
        case .policy(let step): "policy/" + step.policy
        }
    }
}

/// What a detector saw: a suspicion that a person looks at. A later finding with the same `uid`
/// replaces the earlier one.
package struct Finding: Hashable, Sendable {
    package let uid: FindingID
    /// One of the `loquet.breach.…` types.
    package let type: EventType
    package let severity: Severity
    package let subject: Subject
    /// What the detector counts.
    package let counted: Counted
    /// Sign-ins that succeeded under suspicion.
    package let succeeded: Int
    /// The span in which so much was seen.
    package let window: Duration
    /// The first event that counted.
    package let startTime: Timestamp
    /// The event that made this finding.
    package let lastTime: Timestamp
    /// Where the last event came from.
    package let source: SourceAddress?
    /// Whether a finding with this `uid` went before.
    package let isUpdate: Bool

    package enum Counted: Hashable, Sendable {
        case distinctPasswords(Int)
        case distinctAccounts(Int)
        case attempts(Int)
    }

    package init(
        uid: FindingID, type: EventType, severity: Severity, subject: Subject, counted: Counted,
        succeeded: Int, window: Duration, startTime: Timestamp, lastTime: Timestamp,
        source: SourceAddress?, isUpdate: Bool
    ) {
        self.uid = uid
        self.type = type
        self.severity = severity
        self.subject = subject
        self.counted = counted
        self.succeeded = succeeded
        self.window = window
        self.startTime = startTime
        self.lastTime = lastTime
        self.source = source
        self.isUpdate = isUpdate
    }

    /// An id that every node computes alike from the same log: no two need to agree on it first.
    package static func uid(
        _ type: EventType, _ subject: Subject, startTime: Timestamp
    ) -> FindingID {
        let name = "\(type.rawValue)\n\(subject.text)\n\(startTime.microseconds)"
        return FindingID(bytes: Array(Digest.sha256(of: Array(name.utf8)).bytes[..<16]))
    }

    /// `brute_force`, `credential_stuffing`, …
    package var detector: String { type.word }

    package var count: Int {
        switch counted {
        case .distinctPasswords(let count), .distinctAccounts(let count), .attempts(let count):
            count
        }
    }

    /// `14 passwords tried on account/acc_… in 15 min; none succeeded`
    package var message: String {
        let what =
            switch counted {
            case .distinctPasswords: "passwords"
            case .distinctAccounts: "accounts"
            case .attempts: "attempts"
            }
        let place =
            switch subject {
            case .account: "on " + subject.text
            case .source(let prefix): "from " + prefix.text
            case .passwordTag: "with one password"
            // No detector makes one.
            case .policy: "under " + subject.text
            }
        let span =
            window.seconds % 3_600 == 0
            ? "\(window.seconds / 3_600) h" : "\(window.seconds / 60) min"
        let success = succeeded == 0 ? "none" : String(succeeded)
        return "\(count) \(what) tried \(place) in \(span); \(success) succeeded"
    }
}

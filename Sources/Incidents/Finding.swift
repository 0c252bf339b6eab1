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
    case administrator(AdministratorID)
    case auditLog
    case incident(IncidentID)
    /// A person's request about their data.
    case request(RightsRequestID)

    /// Where events are delivered to.
    case sink(Sink)

    /// `account/acc_…`, `source/203.0.113.0/24`, `password_tag`, `policy/cnil-8x4`,
    /// `administrator/adm_…`, `audit_log`, `incident/inc_…`, `request/req_…`,
    /// `sink/webhook`.
    package var text: String {
        switch self {
        case .account(let id): "account/" + id.text
        case .source(let prefix): "source/" + prefix.text
        case .passwordTag: "password_tag"
        case .policy(let step): "policy/" + step.policy
        case .administrator(let id): "administrator/" + id.text
        case .auditLog: "audit_log"
        case .sink(let sink): "sink/" + sink.rawValue
        case .incident(let id): "incident/" + id.text
        case .request(let id): "request/" + id.text
        }
    }

    /// What an incident is about: every finding about it, whichever detector made it, joins one
    /// incident. A source stands for its network (IPv4 /24, IPv6 /48), because who has one address
    /// of it can have the next.
    package var thing: String {
        guard case .source(let prefix) = self, prefix.length >= prefix.network.wide.length else {
            return text
        }
        return "source/" + prefix.network.wide.text
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
    /// Of the accounts counted, how many do not exist; `nil` where nobody counted.
    package let unknown: Int?
    /// From how many narrow sources it came; `nil` where nobody counted.
    package let sources: Int?

    package enum Counted: Hashable, Sendable {
        case distinctPasswords(Int)
        case distinctAccounts(Int)
        case attempts(Int)
        /// Into a decoy.
        case signIns(Int)
        /// Whose data was read.
        case people(Int)

        package var count: Int {
            switch self {
            case .distinctPasswords(let count), .distinctAccounts(let count), .attempts(let count),
                .signIns(let count), .people(let count):
                count
            }
        }
    }

    package init(
        uid: FindingID, type: EventType, severity: Severity, subject: Subject, counted: Counted,
        succeeded: Int, window: Duration, startTime: Timestamp, lastTime: Timestamp,
        source: SourceAddress?, isUpdate: Bool, unknown: Int? = nil, sources: Int? = nil
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
        self.unknown = unknown
        self.sources = sources
    }

    init(
        _ flag: Flag, _ type: EventType, severity: Severity, subject: Subject, counted: Counted,
        unknown: Int? = nil, sources: Int? = nil, source: SourceAddress?, at now: Timestamp,
        isUpdate: Bool
    ) {
        self.init(
            uid: flag.uid, type: type, severity: severity, subject: subject, counted: counted,
            succeeded: flag.succeeded, window: flag.window, startTime: flag.startTime,
            lastTime: now, source: source, isUpdate: isUpdate, unknown: unknown, sources: sources)
    }

    /// An id that every node computes alike from the same log: no two need to agree on it first.
    package static func uid(
        _ type: EventType, _ subject: Subject, startTime: Timestamp
    ) -> FindingID {
        let name = "\(type.rawValue)\n\(subject.text)\n\(startTime.microseconds)"
        return FindingID(bytes: Array(Digest.sha256(of: Array(name.utf8)).bytes[..<16]))
    }

    /// What findings about one thing have in common: those that come within ``window``, or before the
    /// first one's flag ended, belong to one incident.
    package var key: String { "\(detector) \(subject.text)" }

    /// How long after `lastTime` another finding with this key is about the same.
    package static let lifetime = Flag.lifetime.duration

    /// A suspicion of a breach, which starts the clock (``BreachClock``).
    package var isSuspectedBreach: Bool { severity == .critical }

    /// So near to a proof that nobody must confirm it.
    package var isAware: Bool { type.row.isNearProof }

    /// `brute_force`, `credential_stuffing`, …
    package var detector: String { type.word }

    package var count: Int { counted.count }

    /// `14 passwords tried on account/acc_… in 15 min; none succeeded`
    package var message: String {
        switch type {
        case .leakedPassword:
            severity == .low
                ? "\(subject.text) was signed in to with a leaked password"
                : "\(count) accounts signed in to with leaked passwords in \(span)"
        case .canary: "the decoy \(subject.text) was signed in to, \(count) times so far"
        case .sessionReuse: "a rotated session token of \(subject.text) came back"
        case .auditTampering: "the audit log does not match its chain or its checkpoints"
        case .massExport: "\(subject.text) read the data of \(count) people in \(span)"
        default: "\(tried) in \(span); \(succeeded == 0 ? "none" : String(succeeded)) succeeded"
        }
    }

    private var tried: String {
        let what =
            switch counted {
            case .distinctPasswords: "passwords"
            case .distinctAccounts: "accounts"
            default: "attempts"
            }
        let place =
            switch subject {
            case .source(.everywhere): "from \(sources ?? 0) sources"
            case .source(let prefix): "from " + prefix.text
            case .passwordTag: "with one password"
            default: "on " + subject.text
            }
        return "\(count) \(what) tried \(place)"
    }

    private var span: String {
        window.seconds % 3_600 == 0
            ? "\(window.seconds / 3_600) h" : "\(window.seconds / 60) min"
    }
}

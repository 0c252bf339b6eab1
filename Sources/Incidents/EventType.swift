/// Every type of event, present and planned, and what it is called in OCSF 1.8.0 and MITRE ATT&CK.
///
/// | class | what for |
/// |---|---|
/// | 2004 Detection Finding | detections and incidents; not 2005, which demands an assignee |
/// | 3001 Account Change | the life of an account |
/// | 3004 Entity Management | other records: rights requests, policies |
/// | 6008 Application Error | what could not be delivered |
///
/// A type is never renamed; what changes its meaning gets a new version at its end.
package enum EventType: String, CaseIterable, Hashable, Sendable {
    case accountRegistered = "loquet.account.registered.v1"
    case accountPasswordChanged = "loquet.account.password_changed.v1"
    case accountSuspended = "loquet.account.suspended.v1"
    case accountReinstated = "loquet.account.reinstated.v1"
    case accountClosed = "loquet.account.closed.v1"
    case accountErased = "loquet.account.erased.v1"
    case accountReturned = "loquet.account.returned.v1"

    case bruteForce = "loquet.breach.brute_force.v1"
    case passwordSpraying = "loquet.breach.password_spraying.v1"
    case credentialStuffing = "loquet.breach.credential_stuffing.v1"
    case distributedGuessing = "loquet.breach.distributed_guessing.v1"
    case leakedPassword = "loquet.breach.leaked_password.v1"
    case canary = "loquet.breach.canary.v1"
    case honeyword = "loquet.breach.honeyword.v1"
    case sessionReuse = "loquet.breach.session_reuse.v1"
    case auditTampering = "loquet.breach.audit_tampering.v1"
    case massExport = "loquet.breach.mass_export.v1"

    case incidentOpened = "loquet.incident.opened.v1"
    case incidentUpdated = "loquet.incident.updated.v1"
    case incidentClosed = "loquet.incident.closed.v1"
    case deadlineApproaching = "loquet.incident.deadline_approaching.v1"
    case deadlineMissed = "loquet.incident.deadline_missed.v1"

    case requestDue = "loquet.request.due.v1"
    case requestOverdue = "loquet.request.overdue.v1"
    case policyChanged = "loquet.policy.changed.v1"
    case noticeDue = "loquet.notice.due.v1"
    case noticeUndeliverable = "loquet.notice.undeliverable.v1"
    case deliveryDead = "loquet.delivery.dead.v1"

    package var row: EventRow { EventRow.of[self.index] }

    /// The last word but the version: what a detector is called.
    package var word: String {
        String(rawValue.split(separator: ".").dropLast().last ?? "")
    }

    // `allCases` and the table are in one order, which a test holds them to.
    private var index: Int { Self.indexes[self] ?? 0 }
    private static let indexes = Dictionary(
        uniqueKeysWithValues: zip(allCases, allCases.indices))
}

/// One line of the table.
package struct EventRow: Hashable, Sendable {
    package let type: EventType
    /// OCSF `class_uid`; its first digit is the category.
    package let classUID: Int64
    /// OCSF `activity_id` of the first event about a thing.
    package let activity: Int64
    /// Unless a finding says otherwise.
    package let severity: Severity
    package let title: String
    package let attack: AttackTechnique?

    package var categoryUID: Int64 { classUID / 1_000 }

    /// Near-proof of a breach: the clock starts at once, without a person confirming it.
    package var isNearProof: Bool {
        [.canary, .honeyword, .auditTampering].contains(type)
    }

    private init(
        _ type: EventType, _ classUID: Int64, _ activity: Int64, _ severity: Severity,
        _ title: String, _ attack: AttackTechnique? = nil
    ) {
        self.type = type
        self.classUID = classUID
        self.activity = activity
        self.severity = severity
        self.title = title
        self.attack = attack
    }

    // Account Change: 1 create, 2 enable, 3 password change, 5 disable, 6 delete.
    // Detection Finding: 1 create, 2 update, 3 close. Entity Management: 1 create, 3 update.
    // Application Error: 1 general error.
    package static let of: [EventRow] = [
        EventRow(.accountRegistered, 3001, 1, .low, "Account registered"),
        EventRow(.accountPasswordChanged, 3001, 3, .low, "Password changed"),
        EventRow(.accountSuspended, 3001, 5, .low, "Account suspended"),
        EventRow(.accountReinstated, 3001, 2, .low, "Account reinstated"),
        EventRow(.accountClosed, 3001, 5, .low, "Account closed"),
        EventRow(.accountErased, 3001, 6, .low, "Account erased"),
        EventRow(.accountReturned, 3001, 2, .low, "Account returned"),

        EventRow(.bruteForce, 2004, 1, .medium, "Brute force", .t("TA0006", "T1110", 1)),
        EventRow(.passwordSpraying, 2004, 1, .high, "Password spraying", .t("TA0006", "T1110", 3)),
        EventRow(
            .credentialStuffing, 2004, 1, .high, "Credential stuffing", .t("TA0006", "T1110", 4)),
        EventRow(
            .distributedGuessing, 2004, 1, .medium, "Distributed guessing", .t("TA0006", "T1110")),
        EventRow(.leakedPassword, 2004, 1, .low, "Leaked password", .t("TA0001", "T1078")),
        EventRow(.canary, 2004, 1, .critical, "Canary sign-in", .t("TA0001", "T1078")),
        EventRow(.honeyword, 2004, 1, .critical, "Honeyword sign-in", .t("TA0006", "T1110", 2)),
        EventRow(.sessionReuse, 2004, 1, .high, "Session reuse", .t("TA0008", "T1550", 4)),
        EventRow(.auditTampering, 2004, 1, .critical, "Audit tampering", .t("TA0005", "T1070")),
        EventRow(.massExport, 2004, 1, .high, "Mass export", .t("TA0009", "T1213")),

        EventRow(.incidentOpened, 2004, 1, .medium, "Incident opened"),
        EventRow(.incidentUpdated, 2004, 2, .medium, "Incident updated"),
        EventRow(.incidentClosed, 2004, 3, .low, "Incident closed"),
        EventRow(.deadlineApproaching, 2004, 2, .high, "Notification deadline approaching"),
        EventRow(.deadlineMissed, 2004, 2, .critical, "Notification deadline missed"),

        EventRow(.requestDue, 3004, 3, .low, "Rights request due"),
        EventRow(.requestOverdue, 3004, 3, .medium, "Rights request overdue"),
        EventRow(.policyChanged, 3004, 3, .low, "Password policy changed"),
        EventRow(.noticeDue, 3004, 1, .low, "Notice due"),
        EventRow(.noticeUndeliverable, 6008, 1, .medium, "Notice undeliverable"),
        EventRow(.deliveryDead, 6008, 1, .medium, "Delivery dead"),
    ]
}

/// A tactic, a technique and perhaps a sub-technique of MITRE ATT&CK for Enterprise.
package struct AttackTechnique: Hashable, Sendable {
    package let tactic: String
    package let technique: String
    /// `T1110.004`.
    package let subTechnique: String?

    fileprivate static func t(
        _ tactic: String, _ technique: String, _ sub: Int? = nil
    ) -> AttackTechnique {
        AttackTechnique(
            tactic: tactic, technique: technique, subTechnique: sub.map { "\(technique).00\($0)" })
    }
}

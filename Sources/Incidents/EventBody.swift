import Accounts

extension Event {
    /// The structured JSON of the envelope, in UTF-8; the same event and number give the same
    /// bytes.
    ///
    /// - Parameter sequence: 1 … 10^18 - 1, given out by the database when the event is enqueued.
    package func body(sequence: Int64) -> [UInt8] {
        let digits = String(sequence)
        precondition(sequence > 0 && digits.utf8.count <= 18, "a sequence has 1 to 18 digits")
        // Padded, so that sorting the texts sorts the numbers.
        let padded = String(repeating: "0", count: 18 - digits.utf8.count) + digits
        var members: [(String, JSON)] = [
            ("specversion", .string("1.0")),
            ("id", .string(id.text)),
            ("source", .string(deployment.uri)),
            ("type", .string(type.rawValue)),
            ("subject", .string(subject.text)),
            ("time", .string(time.rfc3339(.milliseconds))),
            ("datacontenttype", .string("application/json")),
            ("severitynumber", .int(severity.number)),
            ("sequence", .string(padded)),
            ("partitionkey", .string(partitionKey)),
        ]
        if let incident { members.append(("correlationid", .string(incident.text))) }
        members.append(("data", data))
        return JSON.object(members).bytes
    }

    private var data: JSON {
        switch content {
        case .account(let account, let reason, let source):
            accountData(account, reason, source)
        case .finding(let finding, let clock):
            findingData(finding, clock)
        case .policy(let step): policyData(step)
        case .deadDeliveries(let sink, let count):
            deadData(sink, count)
        case .request(let request, let reminder): requestData(request, reminder)
        case .incident(let incident, let warning, let findings):
            incidentData(incident, warning, findings: findings)
        }
    }

    /// What every OCSF class asks for.
    func classification(activity: Int64) -> [(String, JSON)] {
        let row = type.row
        return [
            ("activity_id", .int(activity)),
            ("category_uid", .int(row.categoryUID)),
            ("class_uid", .int(row.classUID)),
            ("type_uid", .int(row.classUID * 100 + activity)),
            ("severity_id", .int(severity.ocsf)),
            ("time", .int(time.milliseconds)),
        ]
    }

    func metadata(profiles: [String]) -> JSON {
        .object([
            ("version", .string("1.8.0")),
            ("uid", .string(id.text)),
            ("profiles", .array(profiles.map { .string($0) })),
            (
                "product",
                .object([("name", .string("loquet")), ("vendor_name", .string("loquet"))])
            ),
        ])
    }

    private func accountData(
        _ account: AccountID, _ reason: ClosureReason?, _ source: SourceAddress?
    ) -> JSON {
        var members = classification(activity: type.row.activity)
        members.append(("status_id", .int(1)))
        if let reason { members.append(("status_detail", .string(reason.rawValue))) }
        members += [
            ("message", .string(type.row.title)),
            ("metadata", metadata(profiles: [])),
            ("user", .object([("uid", .string(account.text))])),
        ]
        if let source {
            members.append(("src_endpoint", .object([("ip", .string(source.text))])))
        }
        return .object(members)
    }

    private func policyData(_ step: PolicyStep) -> JSON {
        var members = classification(activity: type.row.activity)
        var stage: [(String, JSON)] = [("stage", .string(step.stage.rawValue))]
        if let date = step.blockAfter { stage.append(("block_after", .string(date.rfc3339()))) }
        members += [
            ("status_id", .int(1)),
            ("message", .string(type.row.title)),
            ("metadata", metadata(profiles: [])),
            (
                "entity",
                .object([
                    ("type", .string("Password Policy")), ("name", .string(step.policy)),
                    ("version", .string(String(step.version))),
                ])
            ),
            ("unmapped", .object([("remediation", .object(stage))])),
        ]
        return .object(members)
    }

    private func deadData(_ sink: Sink, _ count: Int) -> JSON {
        let what = count == 1 ? "1 delivery" : "\(count) deliveries"
        return .object(
            classification(activity: type.row.activity) + [
                ("count", .int(Int64(count))),
                // 2: failure.
                ("status_id", .int(2)),
                ("message", .string("\(what) to \(sink.rawValue) became dead letters")),
                ("metadata", metadata(profiles: [])),
                ("unmapped", .object([("sink", .string(sink.rawValue))])),
            ])
    }

    private func findingData(_ finding: Finding, _ clock: BreachClock?) -> JSON {
        // A Detection Finding is created (1) once and then updated (2).
        var members = classification(activity: finding.isUpdate ? 2 : 1)
        members += [
            ("start_time", .int(finding.startTime.milliseconds)),
            ("count", .int(Int64(finding.count))),
            ("is_alert", .bool(true)),
            // 3 high, 2 medium: a success under suspicion is the stronger sign.
            ("confidence_id", .int(finding.severity == .critical ? 3 : 2)),
            ("status_id", .int(1)),
            ("is_suspected_breach", .bool(finding.severity == .critical)),
            ("message", .string(finding.message)),
            ("metadata", metadata(profiles: ["incident"])),
            ("finding_info", findingInfo(finding)),
            ("evidences", .array([evidence(finding)])),
        ]
        if let clock {
            members.append(("unmapped", .object([("breach_clock", clockTimes(clock))])))
        }
        return .object(members)
    }

    private func findingInfo(_ finding: Finding) -> JSON {
        var members: [(String, JSON)] = [
            ("uid", .string(finding.uid.text)),
            ("title", .string(type.row.title)),
            (
                "analytic",
                .object([
                    ("uid", .string(finding.detector)),
                    // 1: a rule.
                    ("type_id", .int(1)),
                    ("version", .string("1")),
                ])
            ),
        ]
        if let attack = type.row.attack {
            members.append(("attacks", .array([attackObject(attack)])))
        }
        return .object(members)
    }

    private func attackObject(_ attack: AttackTechnique) -> JSON {
        var members: [(String, JSON)] = [
            ("tactic", .object([("uid", .string(attack.tactic))])),
            ("technique", .object([("uid", .string(attack.technique))])),
        ]
        if let sub = attack.subTechnique {
            members.append(("sub_technique", .object([("uid", .string(sub))])))
        }
        return .object(members)
    }

    private func evidence(_ finding: Finding) -> JSON {
        let counted =
            switch finding.counted {
            case .distinctPasswords: "distinct_passwords"
            case .distinctAccounts: "distinct_accounts"
            case .attempts: "attempts"
            case .signIns: "sign_ins"
            case .people: "people"
            }
        var members: [(String, JSON)] = []
        if let source = finding.source {
            members.append(("src_endpoint", .object([("ip", .string(source.text))])))
        }
        var data: [(String, JSON)] = [(counted, .int(Int64(finding.count)))]
        if let unknown = finding.unknown { data.append(("unknown", .int(Int64(unknown)))) }
        if let sources = finding.sources { data.append(("sources", .int(Int64(sources)))) }
        data += [
            ("succeeded", .int(Int64(finding.succeeded))),
            ("window_s", .int(finding.window.seconds)),
        ]
        members.append(("data", .object(data)))
        return .object(members)
    }

    func clockTimes(_ clock: BreachClock) -> JSON {
        let text = { (time: Timestamp?) -> JSON in time.map { .string($0.rfc3339()) } ?? .null }
        return .object([
            ("suspected_at", text(clock.suspectedAt)),
            ("aware_at", text(clock.awareAt)),
            ("notify_by", text(clock.notifyBy)),
        ])
    }
}

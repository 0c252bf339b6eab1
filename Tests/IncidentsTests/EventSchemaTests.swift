import Accounts
import Foundation
import Incidents
import Testing

private let deployment = Deployment(uri: "https://auth.example.com")!  // a literal URI
private let id = EventID(at: start, random: [UInt8](repeating: 1, count: 10))

/// Every kind of event there is of a type. Whoever adds a type or a way to make one adds it here; a type
/// that nothing can send yet has none.
private func samples(of type: EventType) -> [Event] {
    switch type {
    case .accountRegistered: account(.registered)
    case .accountPasswordChanged: account(.passwordChanged)
    case .accountSuspended: account(.suspended)
    case .accountReinstated: account(.reinstated)
    case .accountClosed: ClosureReason.allCases.flatMap { account(.closed($0)) }
    case .accountErased: account(.erased)
    case .accountReturned: account(.returned)
    case .bruteForce, .passwordSpraying, .credentialStuffing, .distributedGuessing,
        .leakedPassword, .canary, .honeyword, .sessionReuse, .auditTampering, .massExport:
        findings(type)
    case .deliveryDead:
        Sink.allCases.map {
            Event(deadIn: $0, count: 3, id: id, deployment: deployment, at: start)
        }
    case .requestDue, .requestOverdue:
        RightsReminder.allCases.filter { $0.type == type }.map {
            Event($0, of: request(), id: id, deployment: deployment, at: start)
        }
    case .incidentOpened, .incidentUpdated, .incidentClosed, .deadlineApproaching,
        .deadlineMissed, .policyChanged, .noticeUndeliverable:
        []
    }
}

private func request() -> RightsRequest {
    RightsRequest(
        id: RightsRequestID(bytes: [UInt8](repeating: 2, count: 16)), account: account(5),
        right: .access, channel: .post, recordedAt: start, contact: Remark("ada@example.com"),
        detail: Remark("what do you know of me"), identity: .unchecked,
        clock: RightsClock(receivedAt: start))
}

private func account(_ change: AccountChange) -> [Event] {
    [home, nil].map {
        Event(change, of: account(5), from: $0, id: id, deployment: deployment, at: start)
    }
}

private func findings(_ type: EventType) -> [Event] {
    let subjects: [Subject] = [
        .account(account(7)), .source(home.narrow), .source(home.wide), .passwordTag,
    ]
    let counts: [Finding.Counted] = [
        .distinctPasswords(14), .distinctAccounts(391), .attempts(5),
    ]
    var events: [Event] = []
    for subject in subjects {
        for (counted, severity) in zip(counts, [Severity.low, .high, .critical]) {
            for isUpdate in [false, true] {
                let finding = Finding(
                    uid: Finding.uid(type, subject, startTime: start), type: type,
                    severity: severity, subject: subject, counted: counted, succeeded: 3,
                    window: .minutes(10), startTime: start, lastTime: start + .seconds(5),
                    source: isUpdate ? nil : home, isUpdate: isUpdate)
                events.append(
                    Event(
                        finding, incident: IncidentID(bytes: [UInt8](repeating: 0, count: 16)),
                        clock: isUpdate ? nil : BreachClock(startedBy: finding), id: id,
                        deployment: deployment, at: start))
            }
        }
    }
    return events
}

/// What CloudEvents 1.0's JSON schema says of the attributes it knows: required ones, and the form of
/// each. Others are extensions.
private enum CloudEvents {
    static let required = ["id", "source", "specversion", "type"]
    static let texts = [
        "id", "source", "specversion", "type", "datacontenttype", "dataschema", "subject", "time",
    ]
    /// URI-references, RFC 3986 §4.1.
    static let references = ["source", "dataschema"]
}

/// What OCSF 1.8.0 calls required, without profiles that we do not use, and where at least one of
/// several attributes is asked for.
private enum OCSF {
    static let everyClass = [
        "activity_id", "category_uid", "class_uid", "metadata", "severity_id", "time", "type_uid",
    ]
    static let ofClass: [Int: [String]] = [
        2_004: ["finding_info"], 3_001: ["user"], 3_004: ["entity"], 6_008: [],
    ]
    static let activities: [Int: Set<Int>] = [
        2_004: [1, 2, 3], 3_001: Set(1...12), 3_004: Set(1...13), 6_008: [1, 2],
    ]
    static let ofObject: [String: [String]] = [
        "metadata": ["product", "version"], "finding_info": ["uid"], "analytic": ["type_id"],
    ]
    static let oneOf: [String: [String]] = [
        "product": ["name", "uid"], "user": ["account", "name", "uid"],
        "entity": ["name", "uid", "device", "group", "org", "policy", "user"],
        "analytic": ["name", "uid"], "attacks": ["tactic", "technique", "sub_technique"],
        "tactic": ["name", "uid"], "technique": ["name", "uid"], "sub_technique": ["name", "uid"],
        "src_endpoint": ["ip", "uid", "name", "hostname"],
        "evidences": ["data", "src_endpoint", "user"],
    ]
}

@Suite struct `Every event that can be sent` {
    private func body(_ event: Event) throws -> [String: Any] {
        let value = try JSONSerialization.jsonObject(with: Data(event.body(sequence: 7)))
        return try #require(value as? [String: Any])
    }

    @Test(arguments: EventType.allCases)
    func `is a CloudEvent`(type: EventType) throws {
        for event in samples(of: type) {
            let body = try body(event)
            for name in CloudEvents.required { #expect(body[name] != nil, "\(name)") }
            for (name, value) in body where CloudEvents.texts.contains(name) {
                let text = try #require(value as? String, "\(name)")
                #expect(!text.isEmpty, "\(name)")
                if CloudEvents.references.contains(name) { #expect(URL(string: text) != nil) }
            }
            #expect(body["specversion"] as? String == "1.0")
            #expect(body["type"] as? String == type.rawValue)
            let time = try #require(body["time"] as? String)
            #expect(Timestamp(rfc3339: time) == start)
            #expect(body["data_base64"] == nil)
            for (name, value) in body {
                let isPlain = name.utf8.allSatisfy {
                    (0x61...0x7A).contains($0) || (0x30...0x39).contains($0)
                }
                #expect((1...20).contains(name.utf8.count) && isPlain, "\(name)")
                // An extension is a text, a whole number or a boolean.
                #expect(name == "data" || value is String || value is Int, "\(name)")
            }
        }
    }

    @Test(arguments: EventType.allCases)
    func `has what OCSF requires of its class`(type: EventType) throws {
        for event in samples(of: type) {
            let data = try #require(try body(event)["data"] as? [String: Any])
            let classUID = try #require(data["class_uid"] as? Int)
            let activity = try #require(data["activity_id"] as? Int)
            let own = try #require(OCSF.ofClass[classUID])
            for name in OCSF.everyClass + own { #expect(data[name] != nil, "\(name)") }
            #expect(OCSF.activities[classUID]?.contains(activity) == true)
            #expect(data["category_uid"] as? Int == classUID / 1_000)
            #expect(data["type_uid"] as? Int == classUID * 100 + activity)
            #expect(data["time"] as? Int64 == start.milliseconds)
            #expect((1...6).contains(data["severity_id"] as? Int ?? 0))
            #expect((data["metadata"] as? [String: Any])?["version"] as? String == "1.8.0")
            try checkObjects(in: data)
        }
    }

    private func checkObjects(in object: [String: Any]) throws {
        for (name, value) in object {
            // What is unmapped, and the data of an evidence, is ours to shape.
            if ["unmapped", "data"].contains(name) { continue }
            let inner = (value as? [[String: Any]]) ?? (value as? [String: Any]).map { [$0] } ?? []
            for one in inner {
                for wanted in OCSF.ofObject[name] ?? [] {
                    #expect(one[wanted] != nil, "\(name).\(wanted)")
                }
                if let choice = OCSF.oneOf[name] {
                    #expect(choice.contains { one[$0] != nil }, "\(name)")
                }
                try checkObjects(in: one)
            }
        }
    }

    @Test(arguments: EventType.allCases)
    func `holds no address of a person, no hash and no token`(type: EventType) {
        for event in samples(of: type) {
            let text = String(decoding: event.body(sequence: 7), as: UTF8.self)
            for forbidden in ["@", "$argon2", "lqa_", "lqk_", "lqs_", "lqd_", "whsk_"] {
                #expect(!text.contains(forbidden), "\(type): \(forbidden)")
            }
        }
    }

    @Test func `counts what died in a sink`() throws {
        let one = Event(deadIn: .webhook, count: 1, id: id, deployment: deployment, at: start)
        let body = try body(one)
        let data = try #require(body["data"] as? [String: Any])
        #expect(body["subject"] as? String == "sink/webhook")
        #expect(data["message"] as? String == "1 delivery to webhook became dead letters")
        #expect(data["count"] as? Int == 1)
        #expect((data["unmapped"] as? [String: String]) == ["sink": "webhook"])
    }
}

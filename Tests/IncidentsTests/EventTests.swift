import Accounts
import Foundation
import Incidents
import Testing

private let deployment = Deployment(uri: "https://auth.example.com")!  // a literal URI
private let id = EventID(at: start, random: [UInt8](repeating: 1, count: 10))

private func finding(
    _ type: EventType = .bruteForce, severity: Severity = .critical, isUpdate: Bool = false
) -> Finding {
    let subject = Subject.source(home.wide)
    return Finding(
        uid: Finding.uid(type, subject, startTime: start), type: type, severity: severity,
        subject: subject, counted: .distinctAccounts(391), succeeded: 3, window: .minutes(10),
        startTime: start, lastTime: start + .seconds(5), source: home, isUpdate: isUpdate)
}

private func parsed(_ event: Event) throws -> [String: Any] {
    let object = try JSONSerialization.jsonObject(with: Data(event.body(sequence: 184_467)))
    return try #require(object as? [String: Any])
}

@Suite struct `An event` {
    @Test func `is these bytes for a finding`() throws {
        let incident = IncidentID(bytes: [UInt8](repeating: 0, count: 16))
        let found = finding(.credentialStuffing)
        let event = Event(
            found, incident: incident, clock: BreachClock(startedBy: found), id: id,
            deployment: deployment, at: start + .milliseconds(7))
        let expected = """
            {"specversion":"1.0","id":"\(id.text)","source":"https://auth.example.com",\
            "type":"loquet.breach.credential_stuffing.v1","subject":"source/203.0.113.0/24",\
            "time":"2027-01-15T08:00:00.007Z","datacontenttype":"application/json",\
            "severitynumber":21,"sequence":"000000000000184467",\
            "partitionkey":"source/203.0.113.0/24","correlationid":"\(incident.text)",\
            "data":{"activity_id":1,"category_uid":2,"class_uid":2004,"type_uid":200401,\
            "severity_id":5,"time":1800000000007,"start_time":1800000000000,"count":391,\
            "is_alert":true,"confidence_id":3,"status_id":1,"is_suspected_breach":true,\
            "message":"391 accounts tried from 203.0.113.0/24 in 10 min; 3 succeeded",\
            "metadata":{"version":"1.8.0","uid":"\(id.text)","profiles":["incident"],\
            "product":{"name":"loquet","vendor_name":"loquet"}},\
            "finding_info":{"uid":"\(found.uid.text)","title":"Credential stuffing",\
            "analytic":{"uid":"credential_stuffing","type_id":1,"version":"1"},\
            "attacks":[{"tactic":{"uid":"TA0006"},"technique":{"uid":"T1110"},\
            "sub_technique":{"uid":"T1110.004"}}]},\
            "evidences":[{"src_endpoint":{"ip":"203.0.113.7"},"data":{"distinct_accounts":391,\
            "succeeded":3,"window_s":600}}],"unmapped":{"breach_clock":{\
            "suspected_at":"2027-01-15T08:00:05Z","aware_at":null,\
            "notify_by":"2027-01-18T08:00:05Z"}}}}
            """
        #expect(String(decoding: event.body(sequence: 184_467), as: UTF8.self) == expected)
    }

    @Test func `about a finding again is an update`() throws {
        let event = Event(
            finding(severity: .medium, isUpdate: true), incident: nil, clock: nil, id: id,
            deployment: deployment, at: start)
        let body = try parsed(event)
        let data = try #require(body["data"] as? [String: Any])
        #expect(data["activity_id"] as? Int == 2)
        #expect(data["type_uid"] as? Int == 200_402)
        #expect(data["is_suspected_breach"] as? Bool == false)
        #expect(data["unmapped"] == nil)
        #expect(body["correlationid"] == nil)
        #expect(body["severitynumber"] as? Int == 13)
    }

    @Test(
        arguments: [
            (.registered, 1), (.passwordChanged, 3), (.suspended, 5), (.reinstated, 2),
            (.closed(.misuse), 5), (.erased, 6), (.returned, 2),
        ] as [(AccountChange, Int)])
    func `about an account names its id and nothing else of it`(
        change: AccountChange, activity: Int
    ) throws {
        let event = Event(
            change, of: account(5), from: home, id: id, deployment: deployment, at: start)
        let data = try #require(try parsed(event)["data"] as? [String: Any])
        #expect(data["class_uid"] as? Int == 3_001)
        #expect(data["activity_id"] as? Int == activity)
        #expect(data["user"] as? [String: String] == ["uid": account(5).text])
        #expect(data["src_endpoint"] as? [String: String] == ["ip": "203.0.113.7"])
        #expect(event.subject.text == "account/" + account(5).text)
        let reason = change == .closed(.misuse) ? "misuse" : nil
        #expect(data["status_detail"] as? String == reason)
        #expect(!event.body(sequence: 1).contains(UInt8(ascii: "@")))
    }

    /// Every type that is sent now. What CloudEvents 1.0 and OCSF 1.8.0 call required is there.
    @Test func `has what both standards require`() throws {
        let changes: [AccountChange] =
            [.registered, .passwordChanged, .suspended, .reinstated, .erased, .returned]
            + ClosureReason.allCases.map { .closed($0) }
        let breaches = EventType.allCases.filter { $0.rawValue.hasPrefix("loquet.breach.") }
        let events =
            changes.map { Event($0, of: account(1), id: id, deployment: deployment, at: start) }
            + breaches.flatMap { type in
                Severity.allCases.map {
                    Event(
                        finding(type, severity: $0), incident: nil, clock: nil, id: id,
                        deployment: deployment, at: start)
                }
            }
            + NoticeKind.allCases.flatMap { kind in
                [NoticeStep.due, .undeliverable].map {
                    Event($0, kind, of: account(1), id: id, deployment: deployment, at: start)
                }
            }
        for event in events {
            let body = try parsed(event)
            for name in ["specversion", "id", "source", "type"] {
                #expect((body[name] as? String)?.isEmpty == false, "\(name)")
            }
            for name in body.keys {
                #expect(name.utf8.count <= 20)
                #expect(name.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber) })
            }
            #expect(body["partitionkey"] as? String == body["subject"] as? String)
            let data = try #require(body["data"] as? [String: Any])
            try checkClass(data, event.type)
        }
    }

    private func checkClass(_ data: [String: Any], _ type: EventType) throws {
        let classUID = try #require(data["class_uid"] as? Int)
        let activity = try #require(data["activity_id"] as? Int)
        #expect(classUID == Int(type.row.classUID))
        #expect(data["category_uid"] as? Int == classUID / 1_000)
        #expect(data["type_uid"] as? Int == classUID * 100 + activity)
        #expect((2...5).contains(data["severity_id"] as? Int ?? 0))
        #expect((data["time"] as? Int ?? 0) > 1_700_000_000_000)
        let metadata = try #require(data["metadata"] as? [String: Any])
        #expect(metadata["version"] as? String == "1.8.0")
        let product = try #require(metadata["product"] as? [String: String])
        #expect(product["name"] == "loquet" && product["vendor_name"] == "loquet")
        switch classUID {
        case 3_001:
            #expect((data["user"] as? [String: String])?["uid"] != nil)
        case 2_004:
            let info = try #require(data["finding_info"] as? [String: Any])
            #expect(info["uid"] as? String != nil && info["title"] as? String != nil)
            #expect((info["analytic"] as? [String: Any])?["type_id"] as? Int == 1)
            #expect(metadata["profiles"] as? [String] == ["incident"])
        case 3_004:
            let entity = try #require(data["entity"] as? [String: String])
            #expect(entity["type"] != nil && entity["name"] != nil)
        case 6_008: #expect(data["status_id"] as? Int == 2)
        default: Issue.record("no event of class \(classUID) is sent yet")
        }
    }

    @Test func `pads its sequence so that texts sort as numbers`() throws {
        let event = Event(.erased, of: account(1), id: id, deployment: deployment, at: start)
        let texts = try [1, 10, 999_999_999_999_999_999].map { (sequence: Int64) in
            let body = try JSONSerialization.jsonObject(with: Data(event.body(sequence: sequence)))
            return try #require((body as? [String: Any])?["sequence"] as? String)
        }
        #expect(texts == texts.sorted() && texts.allSatisfy { $0.count == 18 })
    }
}

@Suite struct `A deployment` {
    @Test(arguments: [
        "https://auth.example.com", "http://localhost:8080", "https://[::1]:8443/a",
        "urn:loquet:eu",
    ]) func `is named by an absolute URI`(uri: String) {
        #expect(Deployment(uri: uri)?.uri == uri)
    }

    @Test(arguments: [
        "", "auth.example.com", "//auth.example.com", "https://", "https:", "1https://a",
        "https://jan@example.com", "https://a b", "https://a?b", "https://a#b", "https://é",
        "https://a\"b", "https://a\\b", "https://a\n", ":a",
        "https://" + String(repeating: "a", count: 248),
    ]) func `is named by nothing else`(uri: String) {
        #expect(Deployment(uri: uri) == nil)
    }
}

@Suite struct `The table of event types` {
    @Test func `has one row for each type, in the order of the cases`() {
        #expect(EventRow.of.map(\.type) == EventType.allCases)
        for type in EventType.allCases { #expect(type.row.type == type) }
        #expect(EventType.credentialStuffing.word == "credential_stuffing")
    }

    @Test func `uses OCSF classes and activities that exist`() {
        let activities: [Int64: ClosedRange<Int64>] = [
            2004: 1...3, 3001: 1...11, 3004: 1...4, 6008: 1...2,
        ]
        for row in EventRow.of {
            #expect(activities[row.classUID]?.contains(row.activity) == true, "\(row.type)")
        }
    }

    @Test func `numbers severities as both scales do`() {
        #expect(Severity.allCases.map(\.ocsf) == [2, 3, 4, 5])
        #expect(Severity.allCases.map(\.number) == [9, 13, 17, 21])
    }

    @Test func `calls three signs near-proof`() {
        let types = EventRow.of.filter(\.isNearProof).map(\.type)
        #expect(types == [.canary, .honeyword, .auditTampering])
    }
}

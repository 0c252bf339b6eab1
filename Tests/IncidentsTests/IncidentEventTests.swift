import Accounts
import Foundation
import Incidents
import Testing

private let deployment = Deployment(uri: "https://auth.example.com")!  // a literal URI
private let eventID = EventID(at: start, random: [UInt8](repeating: 1, count: 10))

@Suite struct `An event about an incident` {
    private func event(
        _ type: EventType, _ incident: Incident, _ warning: DeadlineWarning? = nil
    ) -> Event {
        Event(
            type, of: incident, warning: warning, findings: 2, id: eventID, deployment: deployment,
            at: start)
    }

    private func parsed(_ event: Event) throws -> (body: [String: Any], data: [String: Any]) {
        let object = try JSONSerialization.jsonObject(with: Data(event.body(sequence: 7)))
        let body = try #require(object as? [String: Any])
        return (body, try #require(body["data"] as? [String: Any]))
    }

    @Test(
        arguments: [
            (.incidentOpened, nil, 1, 21), (.incidentUpdated, nil, 2, 21),
            (.incidentClosed, nil, 3, 9), (.deadlineApproaching, .hours24, 2, 17),
            (.deadlineMissed, .missed, 2, 21),
        ] as [(EventType, DeadlineWarning?, Int, Int)])
    func `has what both standards require, and the incident's id`(
        type: EventType, warning: DeadlineWarning?, activity: Int, severity: Int
    ) throws {
        let incident = try opened()
        let (body, data) = try parsed(event(type, incident, warning))
        #expect(body["type"] as? String == type.rawValue)
        #expect(body["correlationid"] as? String == incident.id.text)
        #expect(body["subject"] as? String == "incident/\(incident.id.text)")
        #expect(body["partitionkey"] as? String == body["subject"] as? String)
        #expect(body["severitynumber"] as? Int == severity)
        #expect(data["class_uid"] as? Int == 2_004)
        #expect(data["type_uid"] as? Int == 200_400 + activity)
        #expect(data["activity_id"] as? Int == activity)
        #expect(data["category_uid"] as? Int == 2)
        #expect(data["status_id"] as? Int == 1)
        #expect(data["is_suspected_breach"] as? Bool == true)
        let info = try #require(data["finding_info"] as? [String: Any])
        #expect(info["uid"] as? String == incident.id.text && info["title"] as? String != nil)
        let more = try #require(data["unmapped"] as? [String: Any])
        let clock = try #require(more["breach_clock"] as? [String: Any])
        #expect(clock["notify_by"] as? String == "2027-01-18T08:00:00Z")
        let facts = try #require(more["incident"] as? [String: Any])
        #expect(facts["hours_left"] as? Int == (warning == .hours24 ? 24 : nil))
        #expect(facts["about"] as? String == "password_tag")
    }

    @Test func `never holds what people wrote`() throws {
        var incident = try Incident(
            reported: "ada@example.com wrote", processor: "Secret SA", since: start,
            id: IncidentID(bytes: [UInt8](repeating: 3, count: 16)), limit: .gdpr,
            start: .suspicion, at: start)
        try incident.take(.confirmed(awareAt: start), because: "ada@example.com", at: start)
        try incident.take(.waived(.people), because: "ada@example.com", at: start)
        try incident.take(.told(.authority, at: start), because: "", at: start)
        let (_, data) = try parsed(event(.incidentUpdated, incident))
        #expect(data["status_id"] as? Int == 2)
        let text = String(
            decoding: event(.incidentUpdated, incident).body(sequence: 1), as: UTF8.self)
        #expect(!text.contains("@") && !text.contains("Secret") && !text.contains("wrote"))
        #expect(text.contains("people_waived_at") && text.contains("authority_notified_at"))
    }
}

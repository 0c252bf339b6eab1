import Accounts

extension Event {
    /// What the incident is about, where it stands, and the clock. Texts of people stay out.
    func incidentData(
        _ incident: Incident, _ warning: DeadlineWarning?, findings: Int
    ) -> JSON {
        var members = classification(activity: type.row.activity)
        members += [
            ("start_time", .int(incident.firstAt.milliseconds)),
            ("end_time", .int(incident.lastAt.milliseconds)),
            ("count", .int(Int64(findings))),
            ("is_alert", .bool(type != .incidentClosed)),
            ("status_id", .int(incident.state.ocsf)),
            ("is_suspected_breach", .bool(incident.clock.runsSince != nil)),
            ("message", .string(message(incident, warning))),
            ("metadata", metadata(profiles: ["incident"])),
            (
                "finding_info",
                .object([
                    ("uid", .string(incident.id.text)), ("title", .string(type.row.title)),
                    (
                        "analytic",
                        .object([
                            ("uid", .string("incidents")), ("type_id", .int(1)),
                            ("version", .string("1")),
                        ])
                    ),
                ])
            ),
        ]
        var facts: [(String, JSON)] = [
            ("state", .string(incident.state.rawValue)),
            ("origin", .string(incident.origin.rawValue)),
        ]
        if !incident.thing.isEmpty { facts.append(("about", .string(incident.thing))) }
        if let warning, warning != .missed { facts.append(("hours_left", .int(warning.hoursLeft))) }
        for audience in IncidentAudience.allCases {
            guard let duty = incident.duties[audience] else { continue }
            let word = duty.toldAt == nil ? "waived_at" : "notified_at"
            facts.append(("\(audience.rawValue)_\(word)", .string(duty.at.rfc3339())))
        }
        members.append(
            (
                "unmapped",
                .object([
                    ("incident", .object(facts)), ("breach_clock", clockTimes(incident.clock)),
                ])
            ))
        return .object(members)
    }

    private func message(_ incident: Incident, _ warning: DeadlineWarning?) -> String {
        let about = incident.thing.isEmpty ? "reported by hand" : "about " + incident.thing
        let open = IncidentAudience.allCases.filter { incident.duties[$0] == nil }
        let waiting = open.map { $0 == .authority ? "the authority" : "the people concerned" }
            .joined(separator: " and ")
        return switch warning {
        case nil: "incident \(about): \(incident.state.rawValue)"
        case .missed: "the time to tell \(waiting) of an incident \(about) is over"
        case .some(let warning):
            "at most \(warning.hoursLeft) h left to tell \(waiting) of an incident \(about)"
        }
    }
}

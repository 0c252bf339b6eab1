package import Accounts
import Incidents
import Storage

extension IncidentStore.Record {
    /// As the admin API and `--json` show it.
    package func json(at now: Timestamp) -> JSONValue {
        let clock = incident.clock
        var members: [JSONValue.Member] = [
            .init(name: "id", value: .string(incident.id.text)),
            .init(name: "state", value: .string(incident.state.rawValue)),
            .init(name: "severity", value: .string(incident.severity.rawValue)),
            .init(name: "origin", value: .string(incident.origin.rawValue)),
            .init(name: "about", value: .string(incident.thing)),
            .init(name: "findings", value: .integer(findings)),
            .init(name: "opened_at", value: time(incident.openedAt)),
            .init(name: "first_seen_at", value: time(incident.firstAt)),
            .init(name: "last_seen_at", value: time(incident.lastAt)),
            .init(name: "suspected_at", value: time(clock.suspectedAt)),
            .init(name: "aware_at", value: time(clock.awareAt)),
            .init(name: "processor_notified_at", value: time(clock.processorNotifiedAt)),
            .init(name: "notify_by", value: time(clock.notifyBy)),
            .init(
                name: "remaining_seconds",
                value: incident.deadline.map { .integer(($0 - now).seconds) } ?? .null),
        ]
        for audience in IncidentAudience.allCases {
            let duty = incident.duties[audience]
            let name = audience.rawValue
            members += [
                .init(name: name + "_notified_at", value: time(duty?.toldAt)),
                .init(name: name + "_waived_at", value: time(duty?.waivedAt)),
                .init(name: name + "_reason", value: .string(duty?.reason ?? "")),
            ]
        }
        members += [
            .init(name: "dismissed_because", value: .string(incident.dismissedBecause)),
            .init(name: "closed_at", value: time(incident.closedAt)),
            .init(name: "processor", value: .string(incident.processor)),
            .init(name: "summary", value: .string(incident.summary)),
        ]
        return .object(members)
    }
}

extension IncidentBook.File {
    /// The incident with its evidence and timeline.
    package func json(at now: Timestamp) -> JSONValue {
        guard case .object(let members) = record.json(at: now) else { return .null }
        return .object(
            members + [
                .init(name: "evidence", value: .array(findings.map(Self.json))),
                .init(
                    name: "timeline",
                    value: .array(
                        timeline.map { entry in
                            [
                                "number": .integer(entry.number), "at": time(entry.at),
                                "actor": .string(entry.actor), "action": .string(entry.action),
                                "text": .string(entry.text),
                            ]
                        })),
            ])
    }

    private static func json(_ finding: IncidentFinding) -> JSONValue {
        [
            "uid": .string(finding.uid.text), "type": .string(finding.type.rawValue),
            "severity": .string(finding.severity.rawValue), "subject": .string(finding.subject),
            "count": .integer(Int64(finding.count)),
            "succeeded": .integer(Int64(finding.succeeded)),
            "window_s": .integer(finding.window.seconds), "start_time": time(finding.startTime),
            "last_time": time(finding.lastTime),
            "source": finding.source.map { .string($0.text) } ?? .null,
            "message": .string(finding.message),
        ]
    }
}

extension IncidentFileStore.DossierVersion {
    package var json: JSONValue {
        [
            "version": .integer(number), "kind": .string(kind.rawValue), "saved_at": time(at),
            "saved_by": .string(actor),
        ]
    }
}

extension IncidentBook.AffectedPage {
    package var json: JSONValue {
        [
            "count": .integer(Int64(count)),
            "everybody": .boolean(scope.isEverybody), "open_ended": .boolean(scope.isOpenEnded),
            "accounts": .array(accounts.map { .string($0.text) }),
            "next": next.map { .string($0.text) } ?? .null,
        ]
    }
}

private func time(_ time: Timestamp?) -> JSONValue {
    time.map { .string($0.rfc3339()) } ?? .null
}
